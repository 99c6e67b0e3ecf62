import type { Alert, AlertFilter, AlertStatus, AlertUpdate } from '@watchfloor/contracts/alerts'
import { listOf, textOf, type UrlState } from '../../app/url-state.ts'
import { rangeFromUrl, type TimeRange } from '../../ui/time-range.ts'

type AbsoluteRange = Extract<TimeRange, { kind: 'absolute' }>

/** Written out with the compiler watching that none is missing; the contracts' validators stay out of the bundle. */
const statusOrder: Record<AlertStatus, number> = { new: 0, acknowledged: 1, 'in-progress': 2, closed: 3 }
export const alertStatuses = (Object.keys(statusOrder) as AlertStatus[]).sort((a, b) => statusOrder[a] - statusOrder[b])
export const openStatuses = alertStatuses.filter((status) => status !== 'closed')

export const alertSorts = ['newest', 'oldest', 'severity', 'count'] as const
export type AlertSort = (typeof alertSorts)[number]

/**
 * What the URL asks for. Without `status` the open ones are meant, since that is the work; `status=all` lifts it.
 * Times count only when somebody chose a range: an open alert does not go away by growing old.
 */
export function filterFromUrl(url: UrlState, time: { from: string; to: string } | null): AlertFilter {
  const status = url.status === 'all' ? undefined : textOf(listOf(url.status ?? openStatuses.join(',')))
  const firstSeen = firstSeenFromUrl(url)
  const filter: Record<string, string | undefined> = {
    status,
    severity: url.severity,
    assignee: url.assignee,
    ruleId: url.rule,
    text: url.q,
    entity: url.entity,
    technique: url.technique,
    kind: url.kind,
    from: time?.from,
    to: time?.to,
    ...(firstSeen && {
      firstSeenFrom: new Date(firstSeen.fromMs).toISOString(),
      firstSeenTo: new Date(firstSeen.toMs).toISOString(),
    }),
  }
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined))
}

/** The stretch of time in which alerts were raised, as a bar of the overview opens it; null without one that can be read. */
export function firstSeenFromUrl(url: UrlState): AbsoluteRange | null {
  const range = rangeFromUrl({ from: url.firstSeenFrom, to: url.firstSeenTo }, 'all')
  return range.kind === 'absolute' ? range : null
}

export const sortFromUrl = (url: UrlState): AlertSort => alertSorts.find((sort) => sort === url.sort) ?? 'newest'

const has = (list: string | undefined, value: string): boolean => list === undefined || list.split(',').includes(value)

/** Whether a live alert belongs into a filtered list, as far as one can tell from the alert alone. */
export function matchesFilter(alert: Alert, filter: AlertFilter, meId: string): boolean {
  const who = alert.assignee?.id ?? 'nobody'
  const wanted = filter.assignee === 'me' ? meId : filter.assignee
  const words = filter.text?.toLowerCase()
  return (
    has(filter.status, alert.status) &&
    has(filter.severity, alert.severity) &&
    has(filter.kind, alert.kind) &&
    (wanted === undefined || wanted === who) &&
    (filter.ruleId === undefined || filter.ruleId === alert.ruleId) &&
    (filter.technique === undefined || alert.techniques.includes(filter.technique)) &&
    (filter.entity === undefined || Object.values(alert.entities).includes(filter.entity)) &&
    (words === undefined ||
      `${alert.title} ${alert.ruleTitle} ${Object.values(alert.entities).join(' ')}`.toLowerCase().includes(words)) &&
    (filter.from === undefined || alert.lastSeenAt >= filter.from) &&
    (filter.firstSeenFrom === undefined || alert.firstSeenAt >= filter.firstSeenFrom) &&
    (filter.firstSeenTo === undefined || alert.firstSeenAt < filter.firstSeenTo)
  )
}

export interface Person {
  readonly id: string
  readonly name: string
}

/** The alert as it will be when the server agrees; used to show a change at once. */
export function withChange(alert: Alert, change: AlertUpdate, person: Person | null): Alert {
  const status = change.status ?? alert.status
  return {
    ...alert,
    status,
    severity: change.severity ?? alert.severity,
    resolution: status === 'closed' ? (change.resolution ?? alert.resolution) : null,
    assignee: change.assignee === undefined ? alert.assignee : change.assignee === null ? null : person,
    comments: alert.comments + (change.comment ? 1 : 0),
  }
}

/** The change that takes another one back. */
export function reverseOf(before: Alert, change: AlertUpdate): AlertUpdate {
  return {
    ...(change.status !== undefined && {
      status: before.status,
      ...(before.resolution && { resolution: before.resolution }),
    }),
    ...(change.severity !== undefined && { severity: before.severity }),
    ...(change.assignee !== undefined && { assignee: before.assignee?.id ?? null }),
  }
}

/** The entities worth a place in a row, most telling first. */
const telling = ['host.name', 'user.name', 'source.ip', 'destination.ip', 'process.name', 'url.domain', 'file.name']
export function tellingEntities(
  entities: Readonly<Record<string, string>>,
  most: number,
): [field: string, value: string][] {
  const rank = (field: string): number => (telling.includes(field) ? telling.indexOf(field) : telling.length)
  return Object.entries(entities)
    .sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1))
    .slice(0, most)
}
