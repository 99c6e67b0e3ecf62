import { type Actor, Refusal, type RuleId, toInstant } from '@watchfloor/contracts/kernel'
import type { Diagnostic, Rule, RuleDetail, RulePolicy, rulesChanged } from '@watchfloor/contracts/rules'
import { rulesChanged as rulesChangedSchema } from '@watchfloor/contracts/rules'
import type { z } from 'zod'
import type { Clock } from '../../platform/clock/clock.ts'
import type { DomainEventType, Outbox } from '../../platform/outbox/outbox.ts'
import type { Sql, Tx } from '../../platform/sql/sql.ts'
import type { Audit } from '../audit/index.ts'
import { planImport, ruleIdOf } from './import-plan.ts'
import type { ReadFile, ReadRule, RunnableSet } from './model.ts'
import type { RuleReader } from './reader.ts'
import { runnableSet } from './runnable-set.ts'
import * as store from './store.ts'

export const rulesChangedEvent: DomainEventType<'rules.changed', z.infer<typeof rulesChanged>> = {
  name: 'rules.changed',
  schema: rulesChangedSchema,
}

export interface RulesParts {
  readonly sql: Sql
  readonly clock: Clock
  readonly outbox: Outbox
  readonly audit: Audit
  readonly reader: RuleReader
}

const dayMs = 86_400_000

/** Sigma rules: kept, read, switched, tried. */
export class Rules {
  readonly #parts: RulesParts

  constructor(parts: RulesParts) {
    this.#parts = parts
  }

  async list(filter: store.RuleFilter, page: { sort: store.RuleSort; offset: number; limit: number }) {
    const { db } = this.#parts.sql
    const [rows, total] = await Promise.all([
      store.list(db, filter, { ...page, limit: page.limit + 1 }),
      store.count(db, filter),
    ])
    const shown = rows.slice(0, page.limit)
    const hits = await this.#hits(shown.map((row) => row.id))
    return {
      items: shown.map((row) => viewOf(row, hits.get(row.id) ?? 0)),
      ...(rows.length > page.limit ? { next: String(page.offset + page.limit) } : {}),
      total,
    }
  }

  async facets() {
    const rows = await store.facets(this.#parts.sql.db)
    const of = (kind: string) =>
      Object.fromEntries(rows.filter((row) => row.kind === kind).map((row) => [row.value ?? '', Number(row.count)]))
    const enabled = of('enabled')
    return {
      total: Object.values(enabled).reduce((sum, count) => sum + count, 0),
      enabled: enabled.true ?? 0,
      byLevel: of('level'),
      byStatus: of('status'),
      byState: of('state'),
      byKind: of('kind'),
      byProduct: of('product'),
    }
  }

  /** @error NOT_FOUND */
  async get(id: string): Promise<RuleDetail> {
    const row = await this.#row(id)
    return detailOf(row, (await this.#hits([id])).get(id) ?? 0)
  }

  async find(id: string): Promise<RuleDetail | undefined> {
    const row = await store.get(this.#parts.sql.db, id)
    return row && detailOf(row, 0)
  }

  /**
   * Adds and updates rules from files. Unchanged ones stay untouched; what somebody switched stays switched; files with errors
   * are kept as refused rules where they can be named, and every diagnostic is returned.
   */
  async importFiles(actor: Actor, pack: string, files: readonly { path: string; text: string }[]) {
    const read = await this.#parts.reader.read(files)
    return this.#save(actor, read, {
      originOf: (file) => `${pack}/${file.path}`,
      action: 'rules.import',
      object: { type: 'rule-pack', id: pack, title: pack },
    })
  }

  /** Saves one new rule. @error RULE_INVALID · CONFLICT when a rule with its id is there */
  async create(actor: Actor, yaml: string, origin: string): Promise<RuleDetail> {
    const { rule, file } = await this.#readOne(yaml)
    const id = rule.id ?? ruleIdOf(rule, origin)
    await this.#save(actor, [file], {
      originOf: () => origin,
      action: 'rules.create',
      object: { type: 'rule', id, title: rule.title },
      expected: { id, version: 'none' },
    })
    return this.get(id)
  }

  /** @error NOT_FOUND · STALE_EDIT · RULE_INVALID · UNPROCESSABLE when the text carries another id */
  async update(actor: Actor, id: string, yaml: string, expectedVersion: number): Promise<RuleDetail> {
    const { rule, file } = await this.#readOne(yaml)
    const before = await this.#row(id)
    if (rule.id !== null && rule.id !== id)
      throw new Refusal('UNPROCESSABLE', `the text carries the id ${rule.id}, the rule's is ${id}`, {
        remedy: 'Keep the id, or save the text as a new rule.',
      })
    await this.#save(actor, [{ ...file, rules: [{ ...rule, id }] }], {
      originOf: () => before.origin,
      action: 'rules.update',
      object: { type: 'rule', id, title: rule.title },
      expected: { id, version: expectedVersion },
    })
    return this.get(id)
  }

  check(yaml: string): Promise<{ valid: boolean; file: ReadFile }> {
    return this.#parts.reader
      .read([{ path: 'rule.yml', text: yaml }])
      .then(([file]) => ({ valid: !hasErrors(file as ReadFile), file: file as ReadFile }))
  }

  try(yaml: string, events: readonly (string | Record<string, unknown>)[]) {
    return this.#parts.reader.try(yaml, events)
  }

  /** Which predicates of a rule's version match the event, and whether it and the filters of today still do. Falls back to the newest version when that one is gone. */
  async explain(ruleId: string, version: number, event: Parameters<RuleReader['explain']>[1]) {
    const { db } = this.#parts.sql
    const current = await store.get(db, ruleId)
    const yaml = (await store.versionOf(db, ruleId, version))?.yaml ?? current?.yaml
    if (yaml === undefined) throw new Refusal('NOT_FOUND', `rule ${ruleId} is gone`)
    const filters = await store.filtersOf(db, { id: ruleId, name: current?.name ?? null })
    return this.#parts.reader.explain({ id: ruleId, yaml, filters: filters.map((one) => one.yaml) }, event)
  }

  /** Switches or deletes many rules, by ids or by a whole filter. */
  async bulk(actor: Actor, filter: store.RuleFilter, action: 'on' | 'off' | 'policy' | 'delete'): Promise<number> {
    const { sql, clock, audit } = this.#parts
    return sql.tx(async (db) => {
      await store.lockRuleSet(db)
      const ids = await store.idsMatching(db, filter)
      if (ids.length === 0) return 0
      if (action === 'delete') await store.remove(db, ids)
      else await store.setSwitch(db, ids, action, clock.now())
      await audit.record(db, actor, {
        action: action === 'delete' ? 'rules.delete' : 'rules.switch',
        object: { type: 'rule', id: ids.length === 1 ? (ids[0] as string) : 'many' },
        after: { action, ids: ids.slice(0, 200) },
        count: ids.length,
      })
      await this.#settle(db)
      return ids.length
    })
  }

  async policy(): Promise<RulePolicy> {
    return (await store.ruleSet(this.#parts.sql.db)).policy
  }

  async setPolicy(actor: Actor, policy: RulePolicy): Promise<RulePolicy> {
    const { sql, audit } = this.#parts
    await sql.tx(async (db) => {
      const { policy: before } = await store.lockRuleSet(db)
      await store.savePolicy(db, policy)
      await this.#settle(db)
      await audit.record(db, actor, {
        action: 'rules.set-policy',
        object: { type: 'rule-policy', id: 'default' },
        before,
        after: policy,
      })
    })
    return policy
  }

  /** Everything that should run, with the revision of the set. */
  async runnable(): Promise<RunnableSet> {
    const { db } = this.#parts.sql
    const { revision } = await store.ruleSet(db)
    return { revision, ...(await runnableSet(db)) }
  }

  /** Counts detections by rule, in the transaction that stores them. */
  recordHits(db: Tx, hits: readonly { ruleId: string; detections: number }[]): Promise<void> {
    return store.recordHits(db, hits, this.#parts.clock.now())
  }

  async #save(
    actor: Actor,
    files: readonly ReadFile[],
    how: {
      originOf: (file: ReadFile) => string
      action: string
      object: { type: string; id: string; title: string }
      /** The one rule that is saved, in the version that its author saw. */
      expected?: ExpectedRule
    },
  ) {
    const { sql, clock, audit } = this.#parts
    const diagnostics = files.flatMap((file) => file.diagnostics)
    return sql.tx(async (db) => {
      const { policy } = await store.lockRuleSet(db)
      const ids = [...new Set(files.flatMap((file) => file.rules.map((rule) => ruleIdOf(rule, how.originOf(file)))))]
      const [existing, versions] = [await store.getMany(db, ids), await store.lastVersions(db, ids)]
      const edited = how.expected && asExpected(existing, how.expected)
      const plan = planImport(files, { originOf: how.originOf, existing, versions, policy })
      await store.save(db, actor.name, plan.saves, clock.now())
      if (plan.saves.length > 0) {
        await audit.record(db, actor, {
          action: how.action,
          object: how.object,
          ...(edited ? { before: { version: edited.version, yaml: edited.yaml } } : {}),
          after: { added: plan.added, updated: plan.updated, unchanged: plan.unchanged, refused: plan.refused },
          count: plan.saves.length,
        })
        await this.#settle(db)
      }
      const { saves: _, ...counts } = plan
      return { ...counts, ...(await store.standing(db, ids)), diagnostics: [...diagnostics, ...plan.diagnostics] }
    })
  }

  /** After switches, policy or the set changed: what waits and `enabled` follow, and workers are told. */
  async #settle(db: Tx): Promise<void> {
    const { policy } = await store.ruleSet(db)
    await store.applyReferences(db)
    await store.applyPolicy(db, policy)
    await this.#parts.outbox.add(db, rulesChangedEvent, [{ revision: await store.nextRevision(db) }])
  }

  async #readOne(yaml: string): Promise<{ rule: ReadRule; file: ReadFile }> {
    const { file } = await this.check(yaml)
    const rule = file.rules[0]
    if (hasErrors(file) || !rule || file.rules.length !== 1)
      throw new Refusal(
        'RULE_INVALID',
        file.rules.length > 1 ? 'save one rule at a time' : 'the rule has errors and was not saved',
        {
          remedy: 'Mend what is listed, then save again.',
          issues: file.diagnostics.map((one) => ({
            at: `${one.line}:${one.column}`,
            message: `${one.code} ${one.message}`,
          })),
          details: { diagnostics: file.diagnostics },
        },
      )
    return { rule, file }
  }

  async #row(id: string): Promise<store.RuleRow> {
    const row = await store.get(this.#parts.sql.db, id)
    if (!row) throw new Refusal('NOT_FOUND', `there is no rule ${id}`)
    return row
  }

  #hits(ids: readonly string[]): Promise<Map<string, number>> {
    const day = new Date(this.#parts.clock.now() - 6 * dayMs).toISOString().slice(0, 10)
    return store.hitsSince(this.#parts.sql.db, ids, day)
  }
}

interface ExpectedRule {
  readonly id: string
  readonly version: number | 'none'
}

/** The rule as it is, when that is what its author saw. @error CONFLICT · NOT_FOUND · STALE_EDIT */
function asExpected(existing: readonly store.RuleRow[], expected: ExpectedRule): store.RuleRow | undefined {
  const current = existing.find((row) => row.id === expected.id)
  if (expected.version === 'none') {
    if (!current) return undefined
    throw new Refusal('CONFLICT', `there is a rule ${expected.id} already`, {
      remedy: 'Give the new rule an id of its own.',
    })
  }
  if (!current) throw new Refusal('NOT_FOUND', `there is no rule ${expected.id} any more`)
  if (current.version !== expected.version)
    throw new Refusal('STALE_EDIT', `rule ${expected.id} has been changed since it was opened`, {
      remedy: 'Look at the current version, then save again.',
      details: { expectedVersion: expected.version, currentVersion: current.version, currentYaml: current.yaml },
    })
  return current
}

export const hasErrors = (file: { diagnostics: readonly Diagnostic[] }): boolean =>
  file.diagnostics.some((one) => one.level === 'error')

const viewOf = (row: Omit<store.RuleRow, 'yaml' | 'diagnostics'>, detections7d: number): Rule => ({
  id: row.id as RuleId,
  kind: row.kind,
  title: row.title,
  description: row.description,
  level: row.level,
  status: row.status,
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
  detections7d,
  lastDetectionAt: row.last_detection_ms === null ? null : toInstant(Number(row.last_detection_ms)),
})

const detailOf = (row: store.RuleRow, detections7d: number): RuleDetail => ({
  ...viewOf(row, detections7d),
  yaml: row.yaml,
  diagnostics: [...row.diagnostics],
  references: [...row.references_],
  falsePositives: [...row.false_positives],
})
