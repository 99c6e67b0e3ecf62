import type { Severity } from '@watchfloor/contracts/kernel'
import { severityRank } from '@watchfloor/contracts/kernel'
import type { Diagnostic, Rule, RuleKind, RulePolicy } from '@watchfloor/contracts/rules'
import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely'
import { jsonb } from '../../platform/sql/json.ts'
import type { Db, Tx } from '../../platform/sql/sql.ts'
import { withTables } from '../../platform/sql/tables.ts'
import { type ReadRule, type RunnableRule, withdrawnStatuses } from './model.ts'

export interface RuleRow {
  id: string
  kind: RuleKind
  name: string | null
  refers_to: readonly string[]
  title: string
  description: string | null
  level: Severity
  level_rank: number
  status: Rule['status']
  author: string | null
  tags: readonly string[]
  techniques: readonly string[]
  log_source: Rule['logSource']
  references_: readonly string[]
  false_positives: readonly string[]
  origin: string
  switch: Rule['switch']
  enabled: boolean
  state: Rule['state']
  version: number
  yaml: string
  diagnostics: readonly Diagnostic[]
  created_ms: number
  updated_ms: number
  last_detection_ms: number | null
}

interface RuleTables {
  rule: RuleRow
  rule_version: { rule_id: string; version: number; yaml: string; actor_name: string; created_ms: number }
  rule_hits_by_day: { rule_id: string; day: string; detections: number }
  rule_set: { singleton: number; revision: number; policy: RulePolicy }
}

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
}

const tables = (db: Db) => withTables<RuleTables>(db)

type RuleExpressions = ExpressionBuilder<RuleTables, 'rule'>

function matching(filter: RuleFilter) {
  return (eb: RuleExpressions): Expression<SqlBool> => {
    const terms: Expression<SqlBool>[] = []
    if (filter.ids) terms.push(eb('id', 'in', [...filter.ids]))
    if (filter.levels?.length) terms.push(eb('level', 'in', filter.levels as Severity[]))
    if (filter.statuses?.length) terms.push(eb('status', 'in', filter.statuses as Rule['status'][]))
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

export type RuleSort = 'title' | 'level' | 'updated' | 'detections'

const orderings: Record<RuleSort, ReturnType<typeof sql>> = {
  title: sql`lower(title), id`,
  level: sql`level_rank DESC, lower(title), id`,
  updated: sql`updated_ms DESC, id`,
  detections: sql`last_detection_ms DESC NULLS LAST, lower(title), id`,
}

/** A page by position: the list is some thousand rows, is filtered in many ways, and changes seldom. */
export async function list(
  db: Db,
  filter: RuleFilter,
  page: { sort: RuleSort; offset: number; limit: number },
): Promise<Omit<RuleRow, 'yaml' | 'diagnostics'>[]> {
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
    .select(['created_ms', 'updated_ms', 'last_detection_ms'])
    .where(matching(filter))
    .orderBy(orderings[page.sort])
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
    SELECT 'level' AS kind, level AS value, count(*)::int AS count FROM rule GROUP BY level
    UNION ALL SELECT 'status', status, count(*)::int FROM rule GROUP BY status
    UNION ALL SELECT 'kind', kind, count(*)::int FROM rule GROUP BY kind
    UNION ALL SELECT 'state', state, count(*)::int FROM rule GROUP BY state
    UNION ALL SELECT 'product', coalesce(log_source->>'product', ''), count(*)::int FROM rule GROUP BY 2
    UNION ALL SELECT 'enabled', enabled::text, count(*)::int FROM rule GROUP BY enabled`.execute(db)
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
})

/** Inserts or replaces, with each one's version kept. One statement per hundred rules. */
export async function save(db: Tx, actorName: string, saves: readonly RuleSave[], nowMs: number): Promise<void> {
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
          actor_name: actorName,
          created_ms: nowMs,
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

export async function setSwitch(db: Tx, ids: readonly string[], value: Rule['switch'], nowMs: number): Promise<void> {
  await tables(db)
    .updateTable('rule')
    .set({ switch: value, updated_ms: nowMs })
    .where(sql<SqlBool>`id = ANY(${[...ids]})`)
    .execute()
}

export async function remove(db: Tx, ids: readonly string[]): Promise<void> {
  await tables(db)
    .deleteFrom('rule')
    .where(sql<SqlBool>`id = ANY(${[...ids]})`)
    .execute()
}

/** Brings `enabled` in line with switches and policy; says how many rules changed. The rule is `runs` of the model. */
export async function applyPolicy(db: Tx, policy: RulePolicy): Promise<number> {
  const wanted = sql<boolean>`(state = 'ready' AND (switch = 'on' OR (switch = 'policy' AND CASE kind
    WHEN 'filter' THEN status <> ALL(${[...withdrawnStatuses]})
    ELSE level = ANY(${policy.levels}) AND status = ANY(${policy.statuses}) END)))`
  const result = await sql`UPDATE rule SET enabled = ${wanted} WHERE enabled <> ${wanted}`.execute(db)
  return Number(result.numAffectedRows ?? 0)
}

export async function ruleSet(db: Db): Promise<{ revision: number; policy: RulePolicy }> {
  const row = await tables(db).selectFrom('rule_set').select(['revision', 'policy']).executeTakeFirstOrThrow()
  return { revision: Number(row.revision), policy: row.policy }
}

/**
 * The same, held until the transaction ends: whoever changes rules takes it first, so that changes come one after the other and
 * each sees what the one before it left.
 */
export async function lockRuleSet(db: Tx): Promise<{ revision: number; policy: RulePolicy }> {
  const row = await tables(db)
    .selectFrom('rule_set')
    .select(['revision', 'policy'])
    .forUpdate()
    .executeTakeFirstOrThrow()
  return { revision: Number(row.revision), policy: row.policy }
}

export async function savePolicy(db: Tx, policy: RulePolicy): Promise<void> {
  await tables(db)
    .updateTable('rule_set')
    .set({ policy: jsonb(policy) })
    .execute()
}

export async function nextRevision(db: Tx): Promise<number> {
  const row = await tables(db)
    .updateTable('rule_set')
    .set((eb) => ({ revision: eb('revision', '+', 1) }))
    .returning('revision')
    .executeTakeFirstOrThrow()
  return Number(row.revision)
}

/** How many of these rules run, and how many wait for others. */
export async function standing(db: Db, ids: readonly string[]): Promise<{ enabled: number; waiting: number }> {
  const { rows } = await sql<{ enabled: number; waiting: number }>`
    SELECT count(*) FILTER (WHERE enabled)::int AS enabled, count(*) FILTER (WHERE state = 'waiting')::int AS waiting
    FROM rule WHERE id = ANY(${[...ids]})`.execute(db)
  return rows[0] ?? { enabled: 0, waiting: 0 }
}

/**
 * Correlations and filters wait while a rule that they name is not here, and run again when it is.
 */
export async function applyReferences(db: Tx): Promise<void> {
  const waits = sql<boolean>`EXISTS (SELECT 1 FROM jsonb_array_elements_text(rule.refers_to) AS reference
    WHERE NOT EXISTS (SELECT 1 FROM rule AS named
      WHERE (named.id = lower(reference) OR named.id = reference OR named.name = reference) AND named.state <> 'refused'))`
  const state = sql`CASE WHEN ${waits} THEN 'waiting' ELSE 'ready' END`
  await sql`UPDATE rule SET state = ${state}
    WHERE kind <> 'rule' AND state <> 'refused' AND state <> ${state}`.execute(db)
}

export interface RunnableRow extends RunnableRule {
  readonly kind: RuleKind
  readonly refers_to: readonly string[]
}

const runnableColumns = ['id', 'kind', 'refers_to', 'version', 'title', 'level', 'techniques', 'yaml'] as const

export async function runnable(db: Db): Promise<RunnableRow[]> {
  return tables(db).selectFrom('rule').select(runnableColumns).where('enabled', '=', true).orderBy('id').execute()
}

/** Filters narrowing one rule; more would not help anybody. */
const maxFilters = 1000

/** The filters that run and name the rule, or all rules. */
export function filtersOf(db: Db, rule: { id: string; name: string | null }): Promise<RunnableRow[]> {
  const named = sql<SqlBool>`EXISTS (SELECT 1 FROM jsonb_array_elements_text(refers_to) AS reference
    WHERE lower(reference) = ${rule.id.toLowerCase()} OR reference = ${rule.name ?? rule.id})`
  return tables(db)
    .selectFrom('rule')
    .select(runnableColumns)
    .where('kind', '=', 'filter')
    .where('enabled', '=', true)
    .where(sql<SqlBool>`(refers_to = '[]' OR ${named})`)
    .orderBy('id')
    .limit(maxFilters)
    .execute()
}

/** Rules and correlations that are known by these ids or names and are free of errors. */
export async function named(db: Db, references: readonly string[]): Promise<RunnableRow[]> {
  if (references.length === 0) return []
  const asGiven = [...references]
  const ids = [...asGiven, ...asGiven.map((one) => one.toLowerCase())]
  return tables(db)
    .selectFrom('rule')
    .select(runnableColumns)
    .where(sql<SqlBool>`(id = ANY(${ids}) OR name = ANY(${asGiven}))`)
    .where('state', '=', 'ready')
    .where('kind', '<>', 'filter')
    .orderBy('id')
    .execute()
}

export async function recordHits(
  db: Tx,
  hits: readonly { ruleId: string; detections: number }[],
  nowMs: number,
): Promise<void> {
  if (hits.length === 0) return
  const day = new Date(nowMs).toISOString().slice(0, 10)
  await tables(db)
    .insertInto('rule_hits_by_day')
    .values(hits.map((hit) => ({ rule_id: hit.ruleId, day, detections: hit.detections })))
    .onConflict((conflict) =>
      conflict.columns(['rule_id', 'day']).doUpdateSet((eb) => ({
        detections: sql<number>`rule_hits_by_day.detections + ${eb.ref('excluded.detections')}`,
      })),
    )
    .execute()
  await sql`UPDATE rule SET last_detection_ms = ${nowMs}
    WHERE id = ANY(${hits.map((hit) => hit.ruleId)})`.execute(db)
}

/** Detections by rule since a day. */
export async function hitsSince(db: Db, ids: readonly string[], day: string): Promise<Map<string, number>> {
  if (ids.length === 0) return new Map()
  const rows = await sql<{ rule_id: string; detections: number }>`
    SELECT rule_id, sum(detections)::bigint AS detections FROM rule_hits_by_day
    WHERE day >= ${day}::date AND rule_id = ANY(${[...ids]}) GROUP BY rule_id`.execute(db)
  return new Map(rows.rows.map((row) => [row.rule_id, Number(row.detections)]))
}
