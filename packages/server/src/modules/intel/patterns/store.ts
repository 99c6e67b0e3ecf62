import type { PatternId, PatternScope, patternStates, StixPatternRecord } from '@watchfloor/contracts/intel'
import { neverSeen } from '@watchfloor/contracts/intel'
import { type Tlp, toInstant } from '@watchfloor/contracts/kernel'
import { type RawBuilder, sql } from 'kysely'
import { jsonb, jsonbText } from '../../../platform/sql/json.ts'
import type { Keyset } from '../../../platform/sql/paging.ts'
import type { Db, Tx } from '../../../platform/sql/sql.ts'
import { withTables } from '../../../platform/sql/tables.ts'
import { patternRuleId, sightingsOf, together } from '../sightings/sightings.ts'

export interface PatternRow {
  id: string
  seq: number
  stix_id: string | null
  name: string
  description: string | null
  pattern: string
  pattern_version: '2.0' | '2.1'
  scope: PatternScope
  source: string
  confidence: number
  tlp: Tlp
  labels: readonly string[]
  valid_from_ms: number | null
  valid_until_ms: number | null
  /** When its source changed it last. */
  modified_ms: number | null
  enabled: boolean
  version: number
  revision: number
  fresh_revision: number
  created_ms: number
  updated_ms: number
}

export interface Tie {
  pattern_id: string
  indicator_id: string
  subject: string
}

interface Tables {
  stix_pattern: PatternRow
  pattern_indicator: Tie
}

const tables = (db: Db) => withTables<Tables>(db)
const instantOrNull = (ms: number | null) => (ms === null ? null : toInstant(Number(ms)))

/** Rows as the API gives them, with their indicators counted and what was seen of either. */
export async function patternsOf(db: Db, rows: readonly PatternRow[]): Promise<StixPatternRecord[]> {
  const ties = await tiesOf(
    db,
    rows.filter((row) => row.scope === 'index').map((row) => row.id),
  )
  const subjects = [...rows.map((row) => patternRuleId(row.id)), ...ties.map((tie) => tie.subject)]
  const seen = await sightingsOf(db, subjects)
  const byPattern = Map.groupBy(ties, (tie) => tie.pattern_id)
  return rows.map((row) => {
    const own = byPattern.get(row.id) ?? []
    const parts = [patternRuleId(row.id), ...own.map((tie) => tie.subject)].flatMap(
      (subject) => seen.get(subject) ?? [],
    )
    return {
      id: row.id as PatternId,
      stixId: row.stix_id,
      name: row.name,
      description: row.description,
      pattern: row.pattern,
      patternVersion: row.pattern_version,
      scope: row.scope,
      indicators: own.length,
      source: row.source,
      confidence: row.confidence,
      tlp: row.tlp,
      labels: [...row.labels],
      validFrom: instantOrNull(row.valid_from_ms),
      validUntil: instantOrNull(row.valid_until_ms),
      enabled: row.enabled,
      version: row.version,
      sightings: parts.length === 0 ? neverSeen : together(parts),
      createdAt: toInstant(Number(row.created_ms)),
      updatedAt: toInstant(Number(row.updated_ms)),
    }
  })
}

export interface PatternFilter {
  readonly text?: string | undefined
  readonly source?: string | undefined
  readonly label?: string | undefined
  readonly scope?: PatternScope | undefined
  readonly state?: (typeof patternStates)[number] | undefined
}

function matching(filter: PatternFilter, nowMs: number): RawBuilder<boolean> {
  const terms: RawBuilder<unknown>[] = []
  const part = `%${(filter.text ?? '').replaceAll(/[\\%_]/g, '\\$&')}%`
  if (filter.text) terms.push(sql`(name ILIKE ${part} OR pattern ILIKE ${part})`)
  if (filter.source) terms.push(sql`source = ${filter.source}`)
  if (filter.label) terms.push(sql`labels @> ${jsonb([filter.label])}`)
  if (filter.scope) terms.push(sql`scope = ${filter.scope}`)
  if (filter.state === 'off') terms.push(sql`NOT enabled`)
  if (filter.state === 'expired') terms.push(sql`enabled AND valid_until_ms <= ${nowMs}`)
  if (filter.state === 'active') terms.push(sql`enabled AND (valid_until_ms IS NULL OR valid_until_ms > ${nowMs})`)
  return terms.length === 0 ? sql<boolean>`true` : sql<boolean>`(${sql.join(terms, sql` AND `)})`
}

export const list = (
  db: Db,
  filter: PatternFilter,
  nowMs: number,
  paging: Keyset<PatternRow, readonly [number, number]>,
  cursor: string | undefined,
  limit: number,
): Promise<PatternRow[]> =>
  tables(db)
    .selectFrom('stix_pattern')
    .selectAll()
    .where(matching(filter, nowMs))
    .where(paging.after(cursor))
    .orderBy(paging.orderBy)
    .limit(limit)
    .execute()

export const get = (db: Db, id: string): Promise<PatternRow | undefined> =>
  tables(db).selectFrom('stix_pattern').selectAll().where('id', '=', id).executeTakeFirst()

export const byIds = (db: Db, ids: readonly string[]): Promise<PatternRow[]> =>
  tables(db)
    .selectFrom('stix_pattern')
    .selectAll()
    .where(sql<boolean>`id = ANY(${[...ids]})`)
    .execute()

/** Which patterns a reader of a part of them wants; all that is given must hold. */
export interface PatternListing {
  readonly ids?: readonly string[] | undefined
  readonly source?: string | undefined
  readonly labels?: readonly string[] | undefined
  readonly minConfidence?: number | undefined
  /** Those that began to match something else behind this revision, and not behind that. */
  readonly freshAfter?: number | undefined
  readonly freshUpTo?: number | undefined
}

/** Patterns that are switched on and held against events themselves, behind a place, in the order of their numbers. */
export function running(db: Db, listing: PatternListing, afterSeq: number, limit: number): Promise<PatternRow[]> {
  const { ids, source, labels, minConfidence, freshAfter, freshUpTo } = listing
  let query = tables(db)
    .selectFrom('stix_pattern')
    .selectAll()
    .where('enabled', '=', true)
    .where('scope', '<>', 'index')
    .where('seq', '>', afterSeq)
  if (ids) query = query.where(sql<boolean>`id = ANY(${[...ids]})`)
  if (source !== undefined) query = query.where('source', '=', source)
  if (labels?.length) query = query.where(sql<boolean>`labels @> ${jsonb([...labels])}`)
  if (minConfidence !== undefined) query = query.where('confidence', '>=', minConfidence)
  if (freshAfter !== undefined) query = query.where('fresh_revision', '>', freshAfter)
  if (freshUpTo !== undefined) query = query.where('fresh_revision', '<=', freshUpTo)
  return query.orderBy('seq').limit(limit).execute()
}

/** A pattern as it is to be kept. */
export type PatternInput = Omit<
  PatternRow,
  'seq' | 'version' | 'revision' | 'fresh_revision' | 'created_ms' | 'updated_ms'
>

export async function insertAll(
  db: Tx,
  inputs: readonly PatternInput[],
  revision: number,
  nowMs: number,
): Promise<void> {
  if (inputs.length === 0) return
  const column = <T>(of: (input: PatternInput) => T) => inputs.map(of)
  await sql`
    INSERT INTO stix_pattern (id, stix_id, name, description, pattern, pattern_version, scope, source, confidence, tlp, labels,
      valid_from_ms, valid_until_ms, modified_ms, enabled, version, revision, fresh_revision, created_ms, updated_ms)
    SELECT given.id, given.stix_id, given.name, given.description, given.pattern, given.pattern_version, given.scope, given.source,
      given.confidence, given.tlp, given.labels::jsonb, given.valid_from_ms, given.valid_until_ms, given.modified_ms, given.enabled,
      1, ${revision}, ${revision}, ${nowMs}, ${nowMs}
    FROM unnest(
      ${column((one) => one.id)}::text[], ${column((one) => one.stix_id)}::text[], ${column((one) => one.name)}::text[],
      ${column((one) => one.description)}::text[], ${column((one) => one.pattern)}::text[],
      ${column((one) => one.pattern_version)}::text[], ${column((one) => one.scope)}::text[],
      ${column((one) => one.source)}::text[], ${column((one) => one.confidence)}::smallint[],
      ${column((one) => one.tlp)}::text[], ${column((one) => jsonbText(one.labels))}::text[],
      ${column((one) => one.valid_from_ms)}::bigint[], ${column((one) => one.valid_until_ms)}::bigint[],
      ${column((one) => one.modified_ms)}::bigint[], ${column((one) => one.enabled)}::boolean[]
    ) AS given (id, stix_id, name, description, pattern, pattern_version, scope, source, confidence, tlp, labels, valid_from_ms,
      valid_until_ms, modified_ms, enabled)`.execute(db)
}

/** What is not given stays. @param isFresh it matches what it did not before */
export async function change(
  db: Tx,
  before: Pick<PatternRow, 'id' | 'version'>,
  { labels, ...to }: Partial<PatternInput>,
  { revision, nowMs, isFresh }: { readonly revision: number; readonly nowMs: number; readonly isFresh: boolean },
): Promise<void> {
  await tables(db)
    .updateTable('stix_pattern')
    .set({
      ...to,
      ...(labels === undefined ? {} : { labels: jsonb<readonly string[]>(labels) }),
      version: before.version + 1,
      revision,
      ...(isFresh ? { fresh_revision: revision } : {}),
      updated_ms: nowMs,
    })
    .where('id', '=', before.id)
    .execute()
}

export async function remove(db: Tx, id: string): Promise<void> {
  await tables(db).deleteFrom('stix_pattern').where('id', '=', id).execute()
}

const tiesOf = (db: Db, patternIds: readonly string[]): Promise<Tie[]> =>
  patternIds.length === 0
    ? Promise.resolve([])
    : tables(db)
        .selectFrom('pattern_indicator')
        .selectAll()
        .where(sql<boolean>`pattern_id = ANY(${[...patternIds]})`)
        .execute()

/** Gives the patterns these ties and no others. @returns indicators that stood for one of them and stand for no pattern now */
export async function replaceTies(db: Tx, patternIds: readonly string[], ties: readonly Tie[]): Promise<string[]> {
  const before = await tiesOf(db, patternIds)
  if (before.length === 0 && ties.length === 0) return []
  await sql`DELETE FROM pattern_indicator WHERE pattern_id = ANY(${[...patternIds]})`.execute(db)
  await sql`INSERT INTO pattern_indicator (pattern_id, indicator_id, subject)
    SELECT * FROM unnest(${ties.map((tie) => tie.pattern_id)}::text[], ${ties.map((tie) => tie.indicator_id)}::text[],
      ${ties.map((tie) => tie.subject)}::text[]) ON CONFLICT DO NOTHING`.execute(db)
  const { rows } = await sql<{ id: string }>`
    SELECT DISTINCT given.id FROM unnest(${before.map((tie) => tie.indicator_id)}::text[]) AS given (id)
    WHERE NOT EXISTS (SELECT 1 FROM pattern_indicator AS tie WHERE tie.indicator_id = given.id)`.execute(db)
  return rows.map((row) => row.id)
}

/** Indicators of a pattern, by whether a pattern that is switched on wants them. */
export async function wantedIndicators(db: Db, patternId: string): Promise<{ on: string[]; off: string[] }> {
  const { rows } = await sql<{ id: string; wanted: boolean }>`
    SELECT own.indicator_id AS id, bool_or(pattern.enabled) AS wanted
    FROM pattern_indicator AS own
    JOIN pattern_indicator AS tie ON tie.indicator_id = own.indicator_id
    JOIN stix_pattern AS pattern ON pattern.id = tie.pattern_id
    WHERE own.pattern_id = ${patternId} GROUP BY own.indicator_id`.execute(db)
  const idsOf = (wanted: boolean) => rows.filter((row) => row.wanted === wanted).map((row) => row.id)
  return { on: idsOf(true), off: idsOf(false) }
}
