import { createHash } from 'node:crypto'
import { neverSeen, type Sightings } from '@watchfloor/contracts/intel'
import { type Evidence, toInstant } from '@watchfloor/contracts/kernel'
import { sql } from 'kysely'
import type { Db, Tx } from '../../../platform/sql/sql.ts'
import { withTables } from '../../../platform/sql/tables.ts'

interface SightingRow {
  subject: string
  count: number
  first_ms: number
  last_ms: number
}

const tables = (db: Db) => withTables<{ intel_sighting: SightingRow }>(db)

/** A new detection: what it rests on, and when its event happened. */
export interface Seen {
  readonly evidence: Evidence | null
  readonly time: string
}

/** Under what sightings of a listed value are counted, whoever lists it. */
export const subjectOfValue = (type: string, value: string): string =>
  createHash('sha256').update(`${type}\n${value}`).digest('base64url').slice(0, 22)

/** The rule id under which a pattern detects, and its evidence names it. */
export const patternRuleId = (patternId: string): string => `pattern:${patternId}`

/** Counts what was seen of indicators and patterns, in the caller's transaction; what else detects is passed over. */
export async function recordSightings(db: Tx, seen: readonly Seen[]): Promise<void> {
  const bySubject = new Map<string, { count: number; firstMs: number; lastMs: number }>()
  for (const { evidence, time } of seen) {
    const subject = subjectOf(evidence)
    if (subject === undefined) continue
    const ms = Date.parse(time)
    const before = bySubject.get(subject) ?? { count: 0, firstMs: ms, lastMs: ms }
    bySubject.set(subject, {
      count: before.count + 1,
      firstMs: Math.min(before.firstMs, ms),
      lastMs: Math.max(before.lastMs, ms),
    })
  }
  if (bySubject.size === 0) return
  // In one order: two writers of the same subjects wait for each other instead of both for ever.
  const rows = [...bySubject].sort(([a], [b]) => (a < b ? -1 : 1))
  await sql`
    INSERT INTO intel_sighting (subject, count, first_ms, last_ms)
    SELECT * FROM unnest(${rows.map(([subject]) => subject)}::text[], ${rows.map(([, one]) => one.count)}::bigint[],
      ${rows.map(([, one]) => Math.round(one.firstMs))}::bigint[], ${rows.map(([, one]) => Math.round(one.lastMs))}::bigint[])
    ON CONFLICT (subject) DO UPDATE SET count = intel_sighting.count + excluded.count,
      first_ms = least(intel_sighting.first_ms, excluded.first_ms),
      last_ms = greatest(intel_sighting.last_ms, excluded.last_ms)`.execute(db)
}

function subjectOf(evidence: Evidence | null): string | undefined {
  if (evidence?.type === 'indicator') return subjectOfValue(evidence.indicatorType, evidence.indicator)
  if (evidence?.type === 'pattern' && evidence.patternId.startsWith(patternRuleId('pat-'))) return evidence.patternId
  return undefined
}

/** What was seen under each of the subjects; one that was never seen is absent. */
export async function sightingsOf(db: Db, subjects: readonly string[]): Promise<ReadonlyMap<string, Sightings>> {
  if (subjects.length === 0) return new Map()
  const rows = await tables(db)
    .selectFrom('intel_sighting')
    .selectAll()
    .where(sql<boolean>`subject = ANY(${[...subjects]})`)
    .execute()
  return new Map(
    rows.map((row) => [
      row.subject,
      {
        count: Number(row.count),
        firstSeen: toInstant(Number(row.first_ms)),
        lastSeen: toInstant(Number(row.last_ms)),
      },
    ]),
  )
}

/** All of them together. */
export function together(many: readonly Sightings[]): Sightings {
  const first = many.flatMap(({ firstSeen }) => firstSeen ?? []).sort()
  const last = many.flatMap(({ lastSeen }) => lastSeen ?? []).sort()
  return many.length === 0
    ? neverSeen
    : {
        count: many.reduce((sum, { count }) => sum + count, 0),
        firstSeen: first[0] ?? null,
        lastSeen: last.at(-1) ?? null,
      }
}
