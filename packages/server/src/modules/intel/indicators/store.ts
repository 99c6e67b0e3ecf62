import {
  type Indicator,
  type IndicatorChange,
  type IndicatorId,
  type IndicatorType,
  type indicatorSorts,
  neverSeen,
} from '@watchfloor/contracts/intel'
import { type Tlp, toInstant } from '@watchfloor/contracts/kernel'
import { type RawBuilder, sql } from 'kysely'
import { jsonb } from '../../../platform/sql/json.ts'
import type { Keyset } from '../../../platform/sql/paging.ts'
import type { Db, Tx } from '../../../platform/sql/sql.ts'
import { withTables } from '../../../platform/sql/tables.ts'
import { sightingsOf, subjectOfValue } from '../sightings/sightings.ts'

export interface IndicatorRow {
  id: string
  seq: number
  type: IndicatorType
  value: string
  source: string
  confidence: number
  tlp: Tlp
  labels: readonly string[]
  description: string | null
  valid_from_ms: number | null
  valid_until_ms: number | null
  enabled: boolean
  revision: number
  /** In which it began to match: it was new, was switched on, or listed again after its end. History is looked through for those. */
  fresh_revision: number
  created_ms: number
  updated_ms: number
}

interface Tables {
  indicator: IndicatorRow
  intel_set: { singleton: number; revision: number }
}

const tables = (db: Db) => withTables<Tables>(db)

const instantOrNull = (ms: number | null) => (ms === null ? null : toInstant(Number(ms)))

/** Rows as the API gives them, with what was seen of their values. */
export async function indicatorsOf(db: Db, rows: readonly IndicatorRow[]): Promise<Indicator[]> {
  const subjectOf = ({ type, value }: IndicatorRow) => subjectOfValue(type, value)
  const seen = await sightingsOf(db, rows.map(subjectOf))
  return rows.map((row) => ({ ...listingOf(row), sightings: seen.get(subjectOf(row)) ?? neverSeen }))
}

/** What is said of a value. */
export const listingOf = (row: IndicatorRow): Omit<Indicator, 'sightings'> => ({
  id: row.id as IndicatorId,
  type: row.type,
  value: row.value,
  source: row.source,
  confidence: row.confidence,
  tlp: row.tlp,
  labels: [...row.labels],
  description: row.description,
  validFrom: instantOrNull(row.valid_from_ms),
  validUntil: instantOrNull(row.valid_until_ms),
  enabled: row.enabled,
  createdAt: toInstant(Number(row.created_ms)),
  updatedAt: toInstant(Number(row.updated_ms)),
})

export interface IndicatorFilter {
  readonly ids?: readonly string[]
  readonly text?: string
  readonly types?: readonly string[]
  readonly source?: string
  readonly label?: string
  readonly tlps?: readonly string[]
  readonly minConfidence?: number
  readonly state?: 'active' | 'expired' | 'off'
}

const hasText = (text: string) => sql<boolean>`value ILIKE ${`%${text.replaceAll(/[\\%_]/g, '\\$&')}%`}`

/** A condition over the table; `nowMs` decides what has expired. */
function matching(filter: IndicatorFilter, nowMs: number): RawBuilder<boolean> {
  const terms: RawBuilder<unknown>[] = []
  if (filter.ids) terms.push(sql`id = ANY(${[...filter.ids]})`)
  if (filter.text) terms.push(hasText(filter.text))
  if (filter.types?.length) terms.push(sql`type = ANY(${[...filter.types]})`)
  if (filter.source) terms.push(sql`source = ${filter.source}`)
  if (filter.label) terms.push(sql`labels @> ${jsonb([filter.label])}`)
  if (filter.tlps?.length) terms.push(sql`tlp = ANY(${[...filter.tlps]})`)
  if (filter.minConfidence !== undefined) terms.push(sql`confidence >= ${filter.minConfidence}`)
  if (filter.state === 'off') terms.push(sql`NOT enabled`)
  if (filter.state === 'expired') terms.push(sql`enabled AND valid_until_ms <= ${nowMs}`)
  if (filter.state === 'active') terms.push(sql`enabled AND (valid_until_ms IS NULL OR valid_until_ms > ${nowMs})`)
  return terms.length === 0 ? sql<boolean>`true` : sql<boolean>`(${sql.join(terms, sql` AND `)})`
}

export type IndicatorSort = (typeof indicatorSorts)[number]

export function list(
  db: Db,
  filter: IndicatorFilter,
  nowMs: number,
  paging: Keyset<IndicatorRow, readonly (string | number)[]>,
  cursor: string | undefined,
  limit: number,
): Promise<IndicatorRow[]> {
  return tables(db)
    .selectFrom('indicator')
    .selectAll()
    .where(matching(filter, nowMs))
    .where(paging.after(cursor))
    .orderBy(paging.orderBy)
    .limit(limit)
    .execute()
}

export const get = (db: Db, id: string): Promise<IndicatorRow | undefined> =>
  tables(db).selectFrom('indicator').selectAll().where('id', '=', id).executeTakeFirst()

export const bySeq = (db: Db, seqs: readonly number[]): Promise<IndicatorRow[]> =>
  tables(db)
    .selectFrom('indicator')
    .selectAll()
    .where(sql<boolean>`seq = ANY(${[...seqs]}::bigint[])`)
    .execute()

export const byValues = (db: Db, values: readonly string[], limit: number): Promise<IndicatorRow[]> =>
  tables(db)
    .selectFrom('indicator')
    .selectAll()
    .where(sql<boolean>`value = ANY(${[...values]})`)
    .orderBy('confidence', 'desc')
    .orderBy('seq')
    .limit(limit)
    .execute()

/** Which indicators a reader of a part of the set wants; all that is given must hold. */
export interface ListingFilter {
  readonly text?: string | undefined
  readonly tlps?: readonly string[] | undefined
  readonly types?: readonly string[] | undefined
  readonly source?: string | undefined
  readonly labels?: readonly string[] | undefined
  readonly minConfidence?: number | undefined
  readonly addedSinceMs?: number | undefined
  /** Those that began to match behind this revision, and not behind that. */
  readonly freshAfter?: number | undefined
  readonly freshUpTo?: number | undefined
}

/** Values of the enabled indicators that a filter takes, behind a place, in the order of their numbers. */
export function values(
  db: Db,
  filter: ListingFilter,
  afterSeq: number,
  limit: number,
): Promise<Pick<IndicatorRow, 'seq' | 'type' | 'value'>[]> {
  let query = tables(db)
    .selectFrom('indicator')
    .select(['seq', 'type', 'value'])
    .where('enabled', '=', true)
    .where('seq', '>', afterSeq)
  if (filter.text !== undefined) query = query.where(hasText(filter.text))
  if (filter.tlps?.length) query = query.where(sql<boolean>`tlp = ANY(${[...filter.tlps]})`)
  if (filter.types?.length) query = query.where(sql<boolean>`type = ANY(${[...filter.types]})`)
  if (filter.source !== undefined) query = query.where('source', '=', filter.source)
  if (filter.labels?.length) query = query.where(sql<boolean>`labels @> ${jsonb([...filter.labels])}`)
  if (filter.minConfidence !== undefined) query = query.where('confidence', '>=', filter.minConfidence)
  if (filter.addedSinceMs !== undefined) query = query.where('created_ms', '>=', filter.addedSinceMs)
  // Revisions have an index, and none is older than the one in which its indicator began to match.
  if (filter.freshAfter !== undefined)
    query = query.where('revision', '>', filter.freshAfter).where('fresh_revision', '>', filter.freshAfter)
  if (filter.freshUpTo !== undefined) query = query.where('fresh_revision', '<=', filter.freshUpTo)
  return query.orderBy('seq').limit(limit).execute()
}

/** How many enabled indicators began to match in each revision behind one, oldest first. */
export async function freshCounts(db: Db, after: number): Promise<{ revision: number; count: number }[]> {
  const { rows } = await sql<{ revision: number; count: number }>`
    SELECT fresh_revision AS revision, count(*)::int AS count FROM indicator
    WHERE enabled AND revision > ${after} AND fresh_revision > ${after} GROUP BY fresh_revision ORDER BY fresh_revision`.execute(
    db,
  )
  return rows.map((row) => ({ revision: Number(row.revision), count: Number(row.count) }))
}

export async function facets(db: Db, nowMs: number) {
  const rows = await sql<{ kind: string; value: string; count: number }>`
    SELECT 'type' AS kind, type AS value, count(*)::int AS count FROM indicator GROUP BY type
    UNION ALL (SELECT 'source', source, count(*)::int FROM indicator GROUP BY source ORDER BY 3 DESC LIMIT 200)
    UNION ALL SELECT 'active', 'active', count(*)::int FROM indicator WHERE ${matching({ state: 'active' }, nowMs)}`.execute(
    db,
  )
  return rows.rows
}

/** One line of an import. */
export interface IndicatorInput {
  readonly id: string
  readonly type: IndicatorType
  readonly value: string
  readonly source: string
  readonly confidence: number
  readonly tlp: Tlp
  readonly labels: readonly string[]
  readonly description: string | null
  readonly validFromMs: number | null
  readonly validUntilMs: number | null
}

const givenRows = (inputs: readonly IndicatorInput[]) => {
  const column = <T>(of: (input: IndicatorInput) => T) => inputs.map(of)
  return sql`unnest(
      ${column((one) => one.id)}::text[], ${column((one) => one.type)}::text[], ${column((one) => one.value)}::text[],
      ${column((one) => one.source)}::text[], ${column((one) => one.confidence)}::smallint[],
      ${column((one) => one.tlp)}::text[], ${column((one) => JSON.stringify(one.labels))}::text[],
      ${column((one) => one.description)}::text[], ${column((one) => one.validFromMs)}::bigint[],
      ${column((one) => one.validUntilMs)}::bigint[]
    ) AS given (id, type, value, source, confidence, tlp, labels, description, valid_from_ms, valid_until_ms)`
}

/**
 * Adds what is new and updates what is not as given. Switches stay as they are. The caller holds the set (`nextRevision`), so that
 * nobody adds the same in between and no number is wasted.
 */
export async function upsert(
  db: Tx,
  inputs: readonly IndicatorInput[],
  revision: number,
  nowMs: number,
): Promise<{ added: number; updated: number }> {
  const there = await known(
    db,
    inputs.map((one) => one.id),
  )
  const [fresh, old] = [inputs.filter((one) => !there.has(one.id)), inputs.filter((one) => there.has(one.id))]
  return {
    added: fresh.length === 0 ? 0 : await insert(db, fresh, revision, nowMs),
    updated: old.length === 0 ? 0 : await update(db, old, revision, nowMs),
  }
}

/** What had ended begins to match again with its next listing. */
const freshRevision = (revision: number, nowMs: number) =>
  sql<number>`CASE WHEN indicator.valid_until_ms <= ${nowMs} THEN ${revision}::bigint ELSE indicator.fresh_revision END`
const freshOn = (revision: number, nowMs: number) =>
  sql<number>`CASE WHEN indicator.enabled THEN ${freshRevision(revision, nowMs)} ELSE ${revision}::bigint END`

async function insert(db: Tx, inputs: readonly IndicatorInput[], revision: number, nowMs: number): Promise<number> {
  const added = await sql`
    INSERT INTO indicator (id, type, value, source, confidence, tlp, labels, description, valid_from_ms, valid_until_ms,
      revision, fresh_revision, created_ms, updated_ms)
    SELECT given.id, given.type, given.value, given.source, given.confidence, given.tlp, given.labels::jsonb, given.description,
      given.valid_from_ms, given.valid_until_ms, ${revision}, ${revision}, ${nowMs}, ${nowMs}
    FROM ${givenRows(inputs)}`.execute(db)
  return Number(added.numAffectedRows ?? 0)
}

async function update(db: Tx, inputs: readonly IndicatorInput[], revision: number, nowMs: number): Promise<number> {
  // The ids once more: without them the planner may read the whole table.
  const updated = await sql`
    UPDATE indicator SET confidence = given.confidence, tlp = given.tlp, labels = given.labels::jsonb,
      description = coalesce(given.description, indicator.description), valid_from_ms = given.valid_from_ms,
      valid_until_ms = given.valid_until_ms, revision = ${revision}, updated_ms = ${nowMs},
      fresh_revision = ${freshRevision(revision, nowMs)}
    FROM ${givenRows(inputs)}
    WHERE indicator.id = ANY(${inputs.map((one) => one.id)}) AND indicator.id = given.id
      AND (indicator.confidence, indicator.tlp, indicator.labels, indicator.valid_from_ms, indicator.valid_until_ms,
        indicator.description) IS DISTINCT FROM (given.confidence, given.tlp, given.labels::jsonb, given.valid_from_ms,
        given.valid_until_ms, coalesce(given.description, indicator.description))`.execute(db)
  return Number(updated.numAffectedRows ?? 0)
}

/** Which of the ids are there. */
export async function known(db: Db, ids: readonly string[]): Promise<Set<string>> {
  const rows = await tables(db)
    .selectFrom('indicator')
    .select('id')
    .where(sql<boolean>`id = ANY(${[...ids]})`)
    .execute()
  return new Set(rows.map((row) => row.id))
}

export async function change(
  db: Tx,
  id: string,
  to: Omit<IndicatorChange, 'validFrom' | 'validUntil'> & { validFromMs?: number | null; validUntilMs?: number | null },
  revision: number,
  nowMs: number,
): Promise<void> {
  await tables(db)
    .updateTable('indicator')
    .set({
      ...(to.confidence === undefined ? {} : { confidence: to.confidence }),
      ...(to.tlp === undefined ? {} : { tlp: to.tlp }),
      ...(to.labels === undefined ? {} : { labels: jsonb<readonly string[]>(to.labels) }),
      ...(to.description === undefined ? {} : { description: to.description }),
      ...(to.validFromMs === undefined ? {} : { valid_from_ms: to.validFromMs }),
      ...(to.validUntilMs === undefined ? {} : { valid_until_ms: to.validUntilMs }),
      ...(to.enabled === undefined ? {} : { enabled: to.enabled }),
      revision,
      fresh_revision: to.enabled === true ? freshOn(revision, nowMs) : freshRevision(revision, nowMs),
      updated_ms: nowMs,
    })
    .where('id', '=', id)
    .execute()
}

/** Switches everything that fits. @returns how many were not so before */
export async function switchMatching(
  db: Tx,
  filter: IndicatorFilter,
  enabled: boolean,
  revision: number,
  nowMs: number,
): Promise<number> {
  const result = await sql`UPDATE indicator SET enabled = ${enabled}, revision = ${revision}, updated_ms = ${nowMs},
      fresh_revision = ${enabled ? sql`${revision}` : sql`fresh_revision`}
    WHERE enabled <> ${enabled} AND ${matching(filter, nowMs)}`.execute(db)
  return Number(result.numAffectedRows ?? 0)
}

/** Ends those that still match or would later. */
export async function expireMatching(
  db: Tx,
  filter: IndicatorFilter,
  revision: number,
  nowMs: number,
): Promise<number> {
  const result = await sql`UPDATE indicator SET valid_until_ms = ${nowMs}, revision = ${revision}, updated_ms = ${nowMs}
    WHERE (valid_until_ms IS NULL OR valid_until_ms > ${nowMs}) AND ${matching(filter, nowMs)}`.execute(db)
  return Number(result.numAffectedRows ?? 0)
}

export async function removeMatching(db: Tx, filter: IndicatorFilter, nowMs: number): Promise<number> {
  const result = await sql`DELETE FROM indicator WHERE ${matching(filter, nowMs)}`.execute(db)
  return Number(result.numAffectedRows ?? 0)
}

/** The next revision of the set, which the caller holds until the transaction ends: writers come one after the other. */
export async function nextRevision(db: Tx): Promise<number> {
  const row = await tables(db)
    .updateTable('intel_set')
    .set((eb) => ({ revision: eb('revision', '+', 1) }))
    .returning('revision')
    .executeTakeFirstOrThrow()
  return Number(row.revision)
}

export async function revision(db: Db): Promise<number> {
  const row = await tables(db).selectFrom('intel_set').select('revision').executeTakeFirstOrThrow()
  return Number(row.revision)
}

/** Where a reader of the whole set stands. */
export interface ExportPlace {
  readonly revision: number
  readonly seq: number
}

/**
 * Enabled indicators behind a place, oldest revision first, as one text: `seq TAB type TAB minute of its end TAB value`, a line each.
 * One string crosses threads many times faster than rows.
 */
export async function exportPage(
  db: Tx,
  after: ExportPlace,
  limit: number,
): Promise<{ lines: string; count: number; last: ExportPlace } | undefined> {
  // A table that has just grown has no statistics, and the planner would sort all of it for each page.
  await sql`SET LOCAL enable_sort = off`.execute(db)
  await sql`SET LOCAL enable_seqscan = off`.execute(db)
  await sql`SET LOCAL enable_bitmapscan = off`.execute(db)
  const { rows } = await sql<{ lines: string | null; count: number; revision: number; seq: number }>`
    SELECT count(*)::int AS count, max(revision) AS revision,
      (array_agg(seq ORDER BY revision DESC, seq DESC))[1] AS seq,
      string_agg(seq || E'\t' || type || E'\t' || coalesce(ceil(valid_until_ms / 60000.0)::bigint, 0)
        || E'\t' || value, E'\n') AS lines
    FROM (
      SELECT seq, type, value, valid_until_ms, revision FROM indicator
      WHERE enabled AND (revision, seq) > (${after.revision}, ${after.seq})
      ORDER BY revision, seq LIMIT ${limit}
    ) AS page`.execute(db)
  const row = rows[0]
  if (!row?.lines) return undefined
  return { lines: row.lines, count: Number(row.count), last: { revision: Number(row.revision), seq: Number(row.seq) } }
}
