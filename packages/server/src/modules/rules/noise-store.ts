import { sql } from 'kysely'
import type { Db, Tx } from '../../platform/sql/sql.ts'
import { tables } from './tables.ts'

export async function recordHits(
  db: Tx,
  hits: readonly { ruleId: string; detections: number }[],
  nowMs: number,
): Promise<void> {
  if (hits.length === 0) return
  const day = new Date(nowMs).toISOString().slice(0, 10)
  await tables(db)
    .insertInto('rule_hits_by_day')
    .values(hits.map((hit) => ({ rule_id: hit.ruleId, day, detections: hit.detections, cpu_us: 0 })))
    .onConflict((conflict) =>
      conflict.columns(['rule_id', 'day']).doUpdateSet((eb) => ({
        detections: sql<number>`rule_hits_by_day.detections + ${eb.ref('excluded.detections')}`,
      })),
    )
    .execute()
  await sql`UPDATE rule SET last_detection_ms = ${nowMs}
    WHERE id = ANY(${hits.map((hit) => hit.ruleId)})`.execute(db)
}

/** Adds CPU time to today's. */
export async function recordCost(
  db: Tx,
  costs: readonly { ruleId: string; cpuUs: number }[],
  nowMs: number,
): Promise<void> {
  if (costs.length === 0) return
  const day = new Date(nowMs).toISOString().slice(0, 10)
  await tables(db)
    .insertInto('rule_hits_by_day')
    .values(costs.map((cost) => ({ rule_id: cost.ruleId, day, detections: 0, cpu_us: cost.cpuUs })))
    .onConflict((conflict) =>
      conflict.columns(['rule_id', 'day']).doUpdateSet((eb) => ({
        cpu_us: sql<number>`rule_hits_by_day.cpu_us + ${eb.ref('excluded.cpu_us')}`,
      })),
    )
    .execute()
}

export interface NoiseDay {
  readonly rule_id: string
  /** Days before today. */
  readonly age: number
  readonly detections: number
  readonly cpu_us: number
}

/** What rules came to, day by day, in the days up to today. */
export async function noiseByDay(db: Db, ids: readonly string[], days: number, nowMs: number): Promise<NoiseDay[]> {
  if (ids.length === 0) return []
  const today = new Date(nowMs).toISOString().slice(0, 10)
  const { rows } = await sql<NoiseDay>`
    SELECT rule_id, (${today}::date - day)::int AS age, detections, cpu_us FROM rule_hits_by_day
    WHERE day > ${today}::date - ${days}::int AND rule_id = ANY(${[...ids]})`.execute(db)
  return rows.map((row) => ({ ...row, detections: Number(row.detections), cpu_us: Number(row.cpu_us) }))
}

/** CPU time of all rules since a day, microseconds. */
export async function allCost(db: Db, sinceDay: string): Promise<number> {
  const { rows } = await sql<{ cpu_us: number | null }>`
    SELECT sum(cpu_us)::bigint AS cpu_us FROM rule_hits_by_day WHERE day >= ${sinceDay}::date`.execute(db)
  return Number(rows[0]?.cpu_us ?? 0)
}

export interface AlertCount {
  readonly ruleId: string
  readonly alerts: number
  readonly closed: number
  readonly falsePositives: number
}

/** Replaces the alert counts of all rules. */
export async function saveAlertCounts(db: Tx, counts: readonly AlertCount[]): Promise<void> {
  const rows = JSON.stringify(
    counts.map((one) => ({ id: one.ruleId, a: one.alerts, c: one.closed, f: one.falsePositives })),
  )
  await sql`
    WITH counted AS (SELECT * FROM jsonb_to_recordset(${rows}::jsonb) AS one (id text, a integer, c integer, f integer)),
      wanted AS (
        SELECT rule.id, coalesce(a, 0) AS a, coalesce(c, 0) AS c, coalesce(f, 0) AS f
        FROM rule LEFT JOIN counted ON counted.id = rule.id)
    UPDATE rule SET alerts_30d = wanted.a, closed_30d = wanted.c, false_positives_30d = wanted.f FROM wanted
    WHERE wanted.id = rule.id
      AND (rule.alerts_30d, rule.closed_30d, rule.false_positives_30d) <> (wanted.a, wanted.c, wanted.f)`.execute(db)
}
