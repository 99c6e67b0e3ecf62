import type { Severity } from '@watchfloor/contracts/kernel'
import { severityRank } from '@watchfloor/contracts/kernel'
import type { Diagnostic, Rule, RuleKind, RuleSort } from '@watchfloor/contracts/rules'
import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely'
import { jsonb } from '../../platform/sql/json.ts'
import type { Db, Tx } from '../../platform/sql/sql.ts'
import { exceptionOrigin, type ReadRule, type RuleDecision } from './model.ts'
import { type RuleRow, type RuleTables, tables } from './tables.ts'

export type { RuleRow } from './tables.ts'

export interface RuleFilter {
  readonly ids?: readonly string[]
  readonly text?: string
  readonly levels?: readonly string[]
  readonly statuses?: readonly string[]
  readonly enabled?: boolean
  readonly state?: string
  readonly kind?: RuleKind
  readonly product?: string
  readonly technique?: string
  readonly pack?: string
}

type RuleExpressions = ExpressionBuilder<RuleTables, 'rule'>

function matching(filter: RuleFilter) {
  return (eb: RuleExpressions): Expression<SqlBool> => {
    const terms: Expression<SqlBool>[] = []
    // Exceptions stand with the rule that they narrow; among rules they are listed when filters are asked for.
    if (!filter.ids && filter.kind !== 'filter') terms.push(eb('origin', '<>', exceptionOrigin))
    if (filter.pack) terms.push(eb('pack', '=', filter.pack))
    if (filter.ids) terms.push(eb('id', 'in', [...filter.ids]))
    if (filter.levels?.length) terms.push(eb('level', 'in', filter.levels as Severity[]))
    if (filter.statuses?.length) terms.push(sql<SqlBool>`coalesce(own_status, status) = ANY(${[...filter.statuses]})`)
    if (filter.enabled !== undefined) terms.push(eb('enabled', '=', filter.enabled))
    if (filter.state) terms.push(eb('state', '=', filter.state as Rule['state']))
    if (filter.kind) terms.push(eb('kind', '=', filter.kind))
    if (filter.product) terms.push(sql<SqlBool>`log_source->>'product' = ${filter.product}`)
    if (filter.technique)
      terms.push(sql<SqlBool>`(techniques @> ${JSON.stringify([filter.technique.toUpperCase()])}::jsonb)`)
    if (filter.text) {
      const pattern = `%${filter.text.replace(/[\\%_]/g, '\\$&')}%`
      terms.push(
        eb.or([
          eb('title', 'ilike', pattern),
          eb('id', '=', filter.text),
          eb('origin', 'ilike', pattern),
          eb('description', 'ilike', pattern),
          sql<SqlBool>`tags::text ILIKE ${pattern}`,
        ]),
      )
    }
    return eb.and(terms)
  }
}

const since = (column: 'detections' | 'cpu_us', day: string) => sql`(SELECT coalesce(sum(${sql.ref(column)}), 0)
  FROM rule_hits_by_day AS noise WHERE noise.rule_id = rule.id AND noise.day >= ${day}::date)`

/** @param weekStart the first of the last seven days */
function ordering(sort: RuleSort, weekStart: string) {
  switch (sort) {
    case 'title':
      return sql`lower(title), id`
    case 'level':
      return sql`level_rank DESC, lower(title), id`
    case 'updated':
      return sql`updated_ms DESC, id`
    case 'detections':
      return sql`last_detection_ms DESC NULLS LAST, lower(title), id`
    case 'noise':
      return sql`${since('detections', weekStart)} DESC, lower(title), id`
    case 'cost':
      return sql`${since('cpu_us', weekStart)} DESC, lower(title), id`
    case 'false-positives':
      return sql`false_positives_30d DESC, closed_30d, lower(title), id`
  }
}

/** A row without its long texts. */
export type ListedRow = Omit<RuleRow, 'yaml' | 'diagnostics' | 'offered_yaml'> & { readonly has_offer: boolean }

/** A page by position: the list is some thousand rows, is filtered in many ways, and changes seldom. */
export async function list(
  db: Db,
  filter: RuleFilter,
  page: { sort: RuleSort; weekStart: string; offset: number; limit: number },
): Promise<ListedRow[]> {
  return tables(db)
    .selectFrom('rule')
    .select([
      'id',
      'kind',
      'name',
      'refers_to',
      'title',
      'description',
      'level',
      'level_rank',
      'status',
      'author',
      'tags',
      'techniques',
      'log_source',
    ])
    .select(['references_', 'false_positives', 'origin', 'switch', 'enabled', 'state', 'version'])
    .select(['created_ms', 'updated_ms', 'last_detection_ms', 'own_status', 'pack', 'pack_digest', 'is_edited'])
    .select(['alerts_30d', 'closed_30d', 'false_positives_30d'])
    .select(sql<boolean>`offered_yaml IS NOT NULL`.as('has_offer'))
    .where(matching(filter))
    .orderBy(ordering(page.sort, page.weekStart))
    .offset(page.offset)
    .limit(page.limit)
    .execute()
}

export async function count(db: Db, filter: RuleFilter): Promise<number> {
  const row = await tables(db)
    .selectFrom('rule')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where(matching(filter))
    .executeTakeFirstOrThrow()
  return Number(row.count)
}

export async function facets(db: Db) {
  const rows = await sql<{ kind: string; value: string | null; count: number }>`
    WITH listed AS (SELECT * FROM rule WHERE origin <> ${exceptionOrigin})
    SELECT 'level' AS kind, level AS value, count(*)::int AS count FROM listed GROUP BY level
    UNION ALL SELECT 'status', coalesce(own_status, status), count(*)::int FROM listed GROUP BY 2
    UNION ALL SELECT 'kind', kind, count(*)::int FROM listed GROUP BY kind
    UNION ALL SELECT 'state', state, count(*)::int FROM listed GROUP BY state
    UNION ALL SELECT 'product', coalesce(log_source->>'product', ''), count(*)::int FROM listed GROUP BY 2
    UNION ALL SELECT 'enabled', enabled::text, count(*)::int FROM listed GROUP BY enabled`.execute(db)
  return rows.rows
}

export const get = (db: Db, id: string): Promise<RuleRow | undefined> =>
  tables(db).selectFrom('rule').selectAll().where('id', '=', id).executeTakeFirst()

export const getMany = (db: Db, ids: readonly string[]): Promise<RuleRow[]> =>
  ids.length === 0
    ? Promise.resolve([])
    : tables(db)
        .selectFrom('rule')
        .selectAll()
        .where('id', 'in', [...ids])
        .execute()

export async function idsMatching(db: Db, filter: RuleFilter): Promise<string[]> {
  const rows = await tables(db).selectFrom('rule').select('id').where(matching(filter)).execute()
  return rows.map((row) => row.id)
}

export interface RuleSave {
  readonly id: string
  readonly read: ReadRule
  readonly origin: string
  readonly switch: Rule['switch']
  readonly enabled: boolean
  readonly version: number
  readonly diagnostics: readonly Diagnostic[]
  readonly pack: string | null
  readonly packDigest: string | null
  readonly isEdited: boolean
  readonly offeredYaml: string | null
}

const rowOf = (save: RuleSave, nowMs: number) => ({
  id: save.id,
  kind: save.read.kind,
  name: save.read.name,
  refers_to: jsonb(save.read.refersTo),
  title: save.read.title,
  description: save.read.description,
  level: save.read.level,
  level_rank: severityRank(save.read.level),
  status: save.read.status,
  author: save.read.author,
  tags: jsonb(save.read.tags),
  techniques: jsonb(save.read.techniques),
  log_source: jsonb(save.read.logSource),
  references_: jsonb(save.read.references),
  false_positives: jsonb(save.read.falsePositives),
  origin: save.origin,
  switch: save.switch,
  enabled: save.enabled,
  state: save.read.state,
  version: save.version,
  yaml: save.read.yaml,
  diagnostics: jsonb(save.diagnostics),
  created_ms: nowMs,
  updated_ms: nowMs,
  last_detection_ms: null,
  own_status: null,
  pack: save.pack,
  pack_digest: save.packDigest,
  is_edited: save.isEdited,
  offered_yaml: save.offeredYaml,
  alerts_30d: 0,
  closed_30d: 0,
  false_positives_30d: 0,
})

/** Inserts or replaces, with each one's version kept. One statement per hundred rules. */
export async function save(
  db: Tx,
  saves: readonly RuleSave[],
  by: { actorName: string; note: string | null; nowMs: number },
): Promise<void> {
  const { nowMs } = by
  for (let start = 0; start < saves.length; start += 100) {
    const part = saves.slice(start, start + 100)
    await tables(db)
      .insertInto('rule')
      .values(part.map((one) => rowOf(one, nowMs)))
      .onConflict((conflict) =>
        conflict.column('id').doUpdateSet((eb) => ({
          kind: eb.ref('excluded.kind'),
          name: eb.ref('excluded.name'),
          refers_to: eb.ref('excluded.refers_to'),
          title: eb.ref('excluded.title'),
          description: eb.ref('excluded.description'),
          level: eb.ref('excluded.level'),
          level_rank: eb.ref('excluded.level_rank'),
          status: eb.ref('excluded.status'),
          author: eb.ref('excluded.author'),
          tags: eb.ref('excluded.tags'),
          techniques: eb.ref('excluded.techniques'),
          log_source: eb.ref('excluded.log_source'),
          references_: eb.ref('excluded.references_'),
          false_positives: eb.ref('excluded.false_positives'),
          origin: eb.ref('excluded.origin'),
          switch: eb.ref('excluded.switch'),
          enabled: eb.ref('excluded.enabled'),
          state: eb.ref('excluded.state'),
          version: eb.ref('excluded.version'),
          yaml: eb.ref('excluded.yaml'),
          diagnostics: eb.ref('excluded.diagnostics'),
          updated_ms: eb.ref('excluded.updated_ms'),
          pack: eb.ref('excluded.pack'),
          pack_digest: eb.ref('excluded.pack_digest'),
          is_edited: eb.ref('excluded.is_edited'),
          offered_yaml: eb.ref('excluded.offered_yaml'),
        })),
      )
      .execute()
    await tables(db)
      .insertInto('rule_version')
      .values(
        part.map((one) => ({
          rule_id: one.id,
          version: one.version,
          yaml: one.read.yaml,
          actor_name: by.actorName,
          created_ms: nowMs,
          note: by.note,
        })),
      )
      .onConflict((conflict) => conflict.columns(['rule_id', 'version']).doNothing())
      .execute()
  }
}

/** The highest version each id ever had, deleted rules included, so that a rule that comes back goes on counting. */
export async function lastVersions(db: Db, ids: readonly string[]): Promise<Map<string, number>> {
  if (ids.length === 0) return new Map()
  const rows = await tables(db)
    .selectFrom('rule_version')
    .select((eb) => ['rule_id', eb.fn.max('version').as('version')])
    .where('rule_id', 'in', [...ids])
    .groupBy('rule_id')
    .execute()
  return new Map(rows.map((row) => [row.rule_id, Number(row.version)]))
}

export const versionOf = (db: Db, id: string, version: number) =>
  tables(db)
    .selectFrom('rule_version')
    .selectAll()
    .where('rule_id', '=', id)
    .where('version', '=', version)
    .executeTakeFirst()

/** A rule's texts, newest first. */
export function versions(db: Db, id: string, page: { offset: number; limit: number }) {
  return tables(db)
    .selectFrom('rule_version')
    .select(['version', 'actor_name', 'created_ms', 'note'])
    .where('rule_id', '=', id)
    .orderBy('version', 'desc')
    .offset(page.offset)
    .limit(page.limit)
    .execute()
}

/** Keeps what somebody decided. A status of ours ends a rule's being switched off; the policy ends both. */
export async function decide(db: Tx, ids: readonly string[], decision: RuleDecision, nowMs: number): Promise<void> {
  const set =
    decision === 'on' || decision === 'off'
      ? { switch: decision }
      : decision === 'policy'
        ? { switch: 'policy' as const, own_status: null }
        : {
            own_status: decision,
            switch: sql<Rule['switch']>`CASE WHEN switch = 'off' THEN 'policy' ELSE switch END`,
          }
  await tables(db)
    .updateTable('rule')
    .set({ ...set, updated_ms: nowMs })
    .where(sql<SqlBool>`id = ANY(${[...ids]})`)
    .execute()
}

export interface PackMark {
  readonly id: string
  readonly pack: string
  readonly packDigest: string
  readonly isEdited: boolean
  readonly offeredYaml: string | null
}

/** What a pack says of rules whose text stays as it is. */
export async function markPacks(db: Tx, marks: readonly PackMark[]): Promise<void> {
  if (marks.length === 0) return
  const rows = JSON.stringify(
    marks.map((one) => ({ id: one.id, p: one.pack, d: one.packDigest, e: one.isEdited, o: one.offeredYaml })),
  )
  await sql`
    UPDATE rule SET pack = p, pack_digest = d, is_edited = e, offered_yaml = o
    FROM jsonb_to_recordset(${rows}::jsonb) AS mark (id text, p text, d text, e boolean, o text)
    WHERE mark.id = rule.id`.execute(db)
}

export async function remove(db: Tx, ids: readonly string[]): Promise<void> {
  await tables(db)
    .deleteFrom('rule')
    .where(sql<SqlBool>`id = ANY(${[...ids]})`)
    .execute()
}
