import type { alertWhy } from '@watchfloor/contracts/alerts'
import type { EventView } from '@watchfloor/contracts/events'
import { type EventId, type Evidence, Refusal } from '@watchfloor/contracts/kernel'
import type { QueryNode } from '@watchfloor/engines/query'
import type { z } from 'zod'
import type { EventSearch } from '../events/index.ts'
import type { Rules } from '../rules/index.ts'
import type { Alerts } from './service.ts'

/** Ten minutes to either side of a detection. */
const aroundMs = 600_000

/** Entities by which related events are found, the first that the alert has. */
const relatedBy = ['host.name', 'user.name', 'source.ip', 'destination.ip', 'file.hash.sha256'] as const

/** What stands behind an alert: why an event fired, and what happened around it. */
export class EventContext {
  readonly #alerts: Alerts
  readonly #events: EventSearch
  readonly #rules: Rules

  constructor(alerts: Alerts, events: EventSearch, rules: Rules) {
    this.#alerts = alerts
    this.#events = events
    this.#rules = rules
  }

  /** @error NOT_FOUND when the alert has no such event · GONE when the event is past its retention */
  async why(alertId: string, eventId: string): Promise<z.input<typeof alertWhy>> {
    const detection = await this.#alerts.detection(alertId, eventId)
    if (detection.evidence)
      return {
        eventId: eventId as EventId,
        stillMatches: true,
        hits: hitsOf(detection.evidence),
        condition: detection.evidence.type === 'yara' ? detection.evidence.rule : detection.ruleTitle,
        evidence: detection.evidence,
      }
    const event = await this.#events.normalised(eventId)
    if (!event)
      throw new Refusal('GONE', `event ${eventId} is past its retention`, {
        remedy: 'Keep events longer under Detection → Sources.',
      })
    const explained = await this.#rules.explain(detection.ruleId, detection.ruleVersion, event)
    return { eventId: eventId as EventId, ...explained, evidence: null }
  }

  async around(
    alertId: string,
    wanted: { eventId?: string; before: number; after: number },
  ): Promise<{ items: EventView[]; entity: string | null }> {
    const alert = await this.#alerts.get(alertId)
    const middle = alert.detections.find((one) => one.eventId === wanted.eventId) ?? alert.detections[0]
    const field = relatedBy.find((name) => alert.entities[name])
    const value = field && alert.entities[field]
    if (!middle || !field || !value) return { items: [], entity: null }
    const where: QueryNode = { kind: 'field', field, test: { kind: 'equals', value } }
    const timeMs = Date.parse(middle.time)
    const [before, after] = await Promise.all([
      this.#events.page({
        where,
        fromMs: timeMs - aroundMs,
        toMs: timeMs,
        order: 'newest',
        limit: Math.max(1, wanted.before),
      }),
      this.#events.page({ where, fromMs: timeMs, toMs: timeMs + aroundMs, order: 'oldest', limit: wanted.after + 1 }),
    ])
    return { items: [...before.reverse(), ...after], entity: `${field}:${value}` }
  }
}

type Hit = z.input<typeof alertWhy>['hits'][number]

/** An evidence in the words of predicates, so that every detection says why in one form. */
function hitsOf(evidence: Evidence): Hit[] {
  switch (evidence.type) {
    case 'indicator':
      return [
        {
          field: evidence.field,
          value: evidence.value,
          predicate: `${evidence.indicatorType} ${evidence.indicator} is listed by ${evidence.sources.map(({ name }) => name).join(', ')}`,
          selection: 'indicator',
        },
      ]
    case 'correlation':
      return [
        ...Object.entries(evidence.group).map(([field, value]) => ({
          field,
          value,
          predicate: `${field} is the same in all of them`,
          selection: 'group',
        })),
        ...evidence.rules.map(({ title, count }) => ({
          field: null,
          value: `${count}`,
          predicate: `matches of "${title}"`,
          selection: 'rule',
        })),
      ]
    case 'pattern':
      return evidence.matched.map(({ path, value }) => ({ field: path, value, predicate: path, selection: 'pattern' }))
    case 'yara':
      return evidence.strings.map(({ identifier, offset, preview }) => ({
        field: identifier,
        value: preview,
        predicate: `${identifier} at byte ${offset}`,
        selection: 'strings',
      }))
    case 'hunt':
      return evidence.matched.map((one) => ({ ...one, selection: 'hunt' }))
  }
}
