import type { RuleKind, RulePolicy } from '@watchfloor/contracts/rules'
import { type SqlBool, sql } from 'kysely'
import { jsonb } from '../../platform/sql/json.ts'
import type { Db, Tx } from '../../platform/sql/sql.ts'
import { leadingIntoCycles } from './correlation-cycles.ts'
import { type RunnableRule, withdrawnStatuses } from './model.ts'
import { tables } from './tables.ts'

/** Brings `enabled` in line with switches and policy; says how many rules changed. The rule is `runs` of the model. */
export async function applyPolicy(db: Tx, policy: RulePolicy): Promise<number> {
  const wanted = sql<boolean>`(state = 'ready' AND (switch = 'on' OR (switch = 'policy' AND CASE kind
    WHEN 'filter' THEN status <> ALL(${[...withdrawnStatuses]})
    ELSE level = ANY(${policy.levels}) AND coalesce(own_status, status) = ANY(${policy.statuses}) END)))`
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

/** Notes that files of a pack came; its first makes it. */
export async function touchPack(
  db: Tx,
  pack: { name: string; version?: string | null; nowMs: number; actorName: string },
): Promise<void> {
  const { name, version, nowMs, actorName } = pack
  await tables(db)
    .insertInto('rule_pack')
    .values({ name, version: version ?? null, url: null, updated_ms: nowMs, updated_by: actorName })
    .onConflict((conflict) =>
      conflict.column('name').doUpdateSet({
        updated_ms: nowMs,
        updated_by: actorName,
        ...(version === undefined ? {} : { version }),
      }),
    )
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
 * Correlations and filters wait while a rule that they name is not here, and run again when it is. Correlations that lead back to themselves
 * wait too.
 */
export async function applyReferences(db: Tx): Promise<void> {
  const correlations = await tables(db)
    .selectFrom('rule')
    .select(['id', 'name', 'refers_to'])
    .where('kind', '=', 'correlation')
    .where('state', '<>', 'refused')
    .execute()
  const endless = leadingIntoCycles(correlations)
  const waits = sql<boolean>`rule.id = ANY(${endless}) OR EXISTS (SELECT 1 FROM jsonb_array_elements_text(rule.refers_to) AS reference
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

const runnableColumns = [
  'id',
  'name',
  'kind',
  'switch',
  'refers_to',
  'version',
  'title',
  'level',
  'techniques',
  'yaml',
] as const

export async function runnable(db: Db): Promise<RunnableRow[]> {
  return tables(db).selectFrom('rule').select(runnableColumns).where('enabled', '=', true).orderBy('id').execute()
}

/** Rules and correlations of these ids that are free of errors, whether they are on or off. */
export async function known(db: Db, ids: readonly string[]): Promise<RunnableRow[]> {
  if (ids.length === 0) return []
  return tables(db)
    .selectFrom('rule')
    .select(runnableColumns)
    .where(sql<SqlBool>`id = ANY(${[...ids]})`)
    .where('state', '<>', 'refused')
    .where('kind', '<>', 'filter')
    .orderBy('id')
    .execute()
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

/** Rules and correlations that are known by these ids or names and are free of errors; with `waiting` also those that lack others. */
export async function named(
  db: Db,
  references: readonly string[],
  { waiting = false }: { readonly waiting?: boolean } = {},
): Promise<RunnableRow[]> {
  if (references.length === 0) return []
  const asGiven = [...references]
  const ids = [...asGiven, ...asGiven.map((one) => one.toLowerCase())]
  return tables(db)
    .selectFrom('rule')
    .select(runnableColumns)
    .where(sql<SqlBool>`(id = ANY(${ids}) OR name = ANY(${asGiven}))`)
    .where('state', 'in', waiting ? ['ready', 'waiting'] : ['ready'])
    .where('kind', '<>', 'filter')
    .orderBy('id')
    .execute()
}
