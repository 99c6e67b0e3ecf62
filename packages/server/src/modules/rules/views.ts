import { type RuleId, toInstant } from '@watchfloor/contracts/kernel'
import type { Rule, RuleDetail, RuleNoise } from '@watchfloor/contracts/rules'
import type { Db } from '../../platform/sql/sql.ts'
import * as exceptions from './exceptions/store.ts'
import * as noise from './noise-store.ts'
import * as samples from './samples/store.ts'
import type { ListedRow, RuleRow } from './store.ts'

const shownDays = 14
const weekDays = 7

/** What is known of rules beside their rows. */
export interface Beside {
  readonly noise: ReadonlyMap<string, Pick<RuleNoise, 'daily' | 'cpuMs7d'>>
  readonly exceptions: ReadonlyMap<string, number>
  readonly samples: ReadonlyMap<string, { total: number; failing: number }>
}

export async function besideOf(db: Db, ids: readonly string[], nowMs: number): Promise<Beside> {
  const [days, exceptionCounts, sampleCounts] = await Promise.all([
    noise.noiseByDay(db, ids, shownDays, nowMs),
    exceptions.countActive(db, ids),
    samples.counts(db, ids),
  ])
  const byRule = new Map<string, { daily: number[]; cpuMs7d: number }>()
  for (const day of days) {
    const one = byRule.get(day.rule_id) ?? { daily: new Array<number>(shownDays).fill(0), cpuMs7d: 0 }
    byRule.set(day.rule_id, one)
    // A clock that was set back leaves days to come.
    const at = shownDays - 1 - Math.max(0, day.age)
    one.daily[at] = (one.daily[at] ?? 0) + day.detections
    if (day.age < weekDays) one.cpuMs7d += day.cpu_us / 1000
  }
  return { noise: byRule, exceptions: exceptionCounts, samples: sampleCounts }
}

export function viewOf(row: ListedRow, beside: Beside): Rule {
  const { daily, cpuMs7d } = beside.noise.get(row.id) ?? { daily: new Array<number>(shownDays).fill(0), cpuMs7d: 0 }
  return {
    id: row.id as RuleId,
    kind: row.kind,
    title: row.title,
    description: row.description,
    level: row.level,
    status: row.status,
    ownStatus: row.own_status,
    author: row.author,
    tags: [...row.tags],
    techniques: [...row.techniques],
    logSource: row.log_source,
    origin: row.origin,
    switch: row.switch,
    enabled: row.enabled,
    state: row.state,
    version: row.version,
    createdAt: toInstant(Number(row.created_ms)),
    updatedAt: toInstant(Number(row.updated_ms)),
    detections7d: daily.slice(-weekDays).reduce((sum, count) => sum + count, 0),
    lastDetectionAt: row.last_detection_ms === null ? null : toInstant(Number(row.last_detection_ms)),
    noise: {
      daily,
      cpuMs7d: Math.round(cpuMs7d * 1000) / 1000,
      alerts30d: row.alerts_30d,
      closed30d: row.closed_30d,
      falsePositives30d: row.false_positives_30d,
    },
    pack: row.pack,
    isEdited: row.is_edited,
    hasOffer: row.has_offer,
    exceptions: beside.exceptions.get(row.id) ?? 0,
    samples: beside.samples.get(row.id) ?? { total: 0, failing: 0 },
  }
}

export const detailOf = (row: RuleRow, beside: Beside): RuleDetail => ({
  ...viewOf({ ...row, has_offer: row.offered_yaml !== null }, beside),
  yaml: row.yaml,
  diagnostics: [...row.diagnostics],
  references: [...row.references_],
  falsePositives: [...row.false_positives],
})
