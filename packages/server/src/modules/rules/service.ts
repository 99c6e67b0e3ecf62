import { type Actor, Refusal, toInstant } from '@watchfloor/contracts/kernel'
import type {
  Diagnostic,
  RuleDetail,
  RuleNoiseDetail,
  RulePolicy,
  RuleSort,
  RuleVersion,
  TextDiff,
} from '@watchfloor/contracts/rules'
import { diffLines } from '@watchfloor/engines/text-diff'
import type { Tx } from '../../platform/sql/sql.ts'
import { RuleExceptions } from './exceptions/service.ts'
import { ruleIdOf } from './import-plan.ts'
import type { ReadFile, ReadRule, RuleDecision, RunnableSet } from './model.ts'
import * as noise from './noise-store.ts'
import type { RuleReader } from './reader.ts'
import { chosenSet, joinedWith, runnableSet } from './runnable-set.ts'
import { type FindKeptEvent, RuleSamples } from './samples/service.ts'
import * as set from './set-store.ts'
import * as store from './store.ts'
import { besideOf, detailOf, viewOf } from './views.ts'
import { type RulesParts, RuleWriter } from './writer.ts'

const dayMs = 86_400_000
const packWrittenHere = 'own'

/** Sigma rules: kept, read, switched, tried. */
export class Rules {
  readonly exceptions: RuleExceptions
  readonly samples: RuleSamples
  readonly writer: RuleWriter
  readonly #parts: RulesParts

  constructor(parts: RulesParts, findEvent: FindKeptEvent = async () => undefined) {
    this.#parts = parts
    this.writer = new RuleWriter(parts)
    this.exceptions = new RuleExceptions(parts, this.writer)
    this.samples = new RuleSamples(parts, findEvent)
  }

  async list(filter: store.RuleFilter, page: { sort: RuleSort; offset: number; limit: number }) {
    const { db } = this.#parts.sql
    const [rows, total] = await Promise.all([
      store.list(db, filter, { ...page, weekStart: this.#daysAgo(6), limit: page.limit + 1 }),
      store.count(db, filter),
    ])
    const shown = rows.slice(0, page.limit)
    const beside = await this.#beside(shown.map((row) => row.id))
    return {
      items: shown.map((row) => viewOf(row, beside)),
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
    return this.#detail(await this.#row(id))
  }

  async find(id: string): Promise<RuleDetail | undefined> {
    const row = await store.get(this.#parts.sql.db, id)
    return row && this.#detail(row)
  }

  /** Of a correlation, what is wrong beside the rules that it names is said too: that changes with them. */
  async #detail(row: store.RuleRow): Promise<RuleDetail> {
    const detail = detailOf(row, await this.#beside([row.id]))
    if (row.kind !== 'correlation' || row.state === 'refused') return detail
    const joined = await this.#parts.reader.join(await joinedWith(this.#parts.sql.db, row.id))
    return { ...detail, diagnostics: [...detail.diagnostics, ...joined] }
  }

  /**
   * Adds and updates rules from files. Unchanged ones stay untouched; what somebody switched stays switched, what somebody changed
   * stays changed; files with errors are kept as refused rules where they can be named, and every diagnostic is returned.
   */
  async importFiles(actor: Actor, pack: string, files: readonly { path: string; text: string }[]) {
    const read = await this.#parts.reader.read(files)
    const saved = await this.writer.save(actor, read, {
      originOf: (file) => `${pack}/${file.path}`,
      action: 'rules.import',
      object: { type: 'rule-pack', id: pack, title: pack },
      pack,
      beside: (db) => set.touchPack(db, { name: pack, nowMs: this.#parts.clock.now(), actorName: actor.name }),
    })
    return { ...saved, diagnostics: [...saved.diagnostics] }
  }

  /** Saves one new rule. @error RULE_INVALID · CONFLICT when a rule with its id is there */
  async create(actor: Actor, yaml: string, origin: string = packWrittenHere): Promise<RuleDetail> {
    const { rule, file } = await this.#readOne(yaml)
    const id = rule.id ?? ruleIdOf(rule, origin)
    await this.writer.save(actor, [file], {
      originOf: () => origin,
      action: 'rules.create',
      object: { type: 'rule', id, title: rule.title },
      pack: null,
      expected: { id, version: 'none' },
    })
    return this.get(id)
  }

  /** @error NOT_FOUND · STALE_EDIT · RULE_INVALID · RULE_SAMPLES_BROKEN · UNPROCESSABLE when the text carries another id */
  async update(
    actor: Actor,
    id: string,
    yaml: string,
    how: { expectedVersion: number; breakSamples?: boolean; note?: string },
  ): Promise<RuleDetail> {
    const { rule, file } = await this.#readOne(yaml)
    const before = await this.#row(id)
    if (rule.id !== null && rule.id !== id)
      throw new Refusal('UNPROCESSABLE', `the text carries the id ${rule.id}, the rule's is ${id}`, {
        remedy: 'Keep the id, or save the text as a new rule.',
      })
    if (!how.breakSamples) await this.#refuseBroken(id, yaml)
    await this.writer.save(actor, [{ ...file, rules: [{ ...rule, id }] }], {
      originOf: () => before.origin,
      action: 'rules.update',
      object: { type: 'rule', id, title: rule.title },
      pack: null,
      ...(how.note ? { note: how.note } : {}),
      expected: { id, version: how.expectedVersion },
    })
    await this.samples.run(id)
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

  /**
   * Which predicates of a rule's version match the event, and whether it and the filters of today still do. Falls back to the newest
   * version when that one is gone.
   */
  async explain(ruleId: string, version: number, event: Parameters<RuleReader['explain']>[1]) {
    const { db } = this.#parts.sql
    const current = await store.get(db, ruleId)
    const yaml = (await store.versionOf(db, ruleId, version))?.yaml ?? current?.yaml
    if (yaml === undefined) throw new Refusal('NOT_FOUND', `rule ${ruleId} is gone`)
    const filters = await set.filtersOf(db, { id: ruleId, name: current?.name ?? null })
    return this.#parts.reader.explain({ id: ruleId, yaml, filters: filters.map((one) => one.yaml) }, event)
  }

  /** A rule's texts, newest first; also those of a rule that was deleted. */
  async versions(
    id: string,
    page: { offset: number; limit: number },
  ): Promise<{ items: RuleVersion[]; next?: string }> {
    const { db } = this.#parts.sql
    const current = await store.get(db, id)
    const rows = await store.versions(db, id, { ...page, limit: page.limit + 1 })
    return {
      items: rows.slice(0, page.limit).map((row) => versionOf(row, current?.version)),
      ...(rows.length > page.limit ? { next: String(page.offset + page.limit) } : {}),
    }
  }

  /** @error NOT_FOUND */
  async version(id: string, version: number): Promise<RuleVersion & { yaml: string }> {
    const row = await this.#version(id, version)
    const current = await store.get(this.#parts.sql.db, id)
    return { ...versionOf(row, current?.version), yaml: row.yaml }
  }

  /** What changed from one version to another. @error NOT_FOUND */
  async diff(id: string, versions: { from: number; to: number }): Promise<TextDiff> {
    const [from, to] = [await this.#version(id, versions.from), await this.#version(id, versions.to)]
    return diffLines(from.yaml, to.yaml)
  }

  /** Saves an older text as the next version. @error NOT_FOUND · STALE_EDIT · RULE_INVALID */
  async restore(actor: Actor, id: string, wanted: { version: number; expectedVersion: number }): Promise<RuleDetail> {
    const { yaml } = await this.#version(id, wanted.version)
    return this.update(actor, id, yaml, {
      expectedVersion: wanted.expectedVersion,
      breakSamples: true,
      note: `restored from version ${wanted.version}`,
    })
  }

  /** Switches, gives a status of ours to, or deletes many rules, by ids or by a whole filter. */
  async bulk(actor: Actor, filter: store.RuleFilter, action: RuleDecision | 'delete'): Promise<number> {
    const { sql, clock, audit } = this.#parts
    return sql.tx(async (db) => {
      await set.lockRuleSet(db)
      const ids = await store.idsMatching(db, filter)
      if (ids.length === 0) return 0
      if (action === 'delete') await store.remove(db, ids)
      else await store.decide(db, ids, action, clock.now())
      await audit.record(db, actor, {
        action: action === 'delete' ? 'rules.delete' : 'rules.switch',
        object: { type: 'rule', id: ids.length === 1 ? (ids[0] as string) : 'many' },
        after: { action, ids: ids.slice(0, 200) },
        count: ids.length,
      })
      await this.writer.settle(db)
      return ids.length
    })
  }

  async policy(): Promise<RulePolicy> {
    return (await set.ruleSet(this.#parts.sql.db)).policy
  }

  async setPolicy(actor: Actor, policy: RulePolicy): Promise<RulePolicy> {
    const { sql, audit } = this.#parts
    await sql.tx(async (db) => {
      const { policy: before } = await set.lockRuleSet(db)
      await set.savePolicy(db, policy)
      await this.writer.settle(db)
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
    const { revision } = await set.ruleSet(db)
    return { revision, ...(await runnableSet(db)) }
  }

  /**
   * Rules and correlations by their ids, whether on or off, with what the correlations name; and as parts, what else is called by these
   * ids or names. Those with errors are left out.
   */
  chosen(ids: readonly string[], names: readonly string[] = []): Promise<Omit<RunnableSet, 'revision' | 'filters'>> {
    return chosenSet(this.#parts.sql.db, ids, names)
  }

  /** Counts detections by rule, in the transaction that stores them. */
  recordHits(db: Tx, hits: readonly { ruleId: string; detections: number }[]): Promise<void> {
    return noise.recordHits(db, hits, this.#parts.clock.now())
  }

  /** Adds the CPU time that rules took. */
  recordCost(costs: readonly { ruleId: string; cpuUs: number }[]): Promise<void> {
    return this.#parts.sql.tx((db) => noise.recordCost(db, costs, this.#parts.clock.now()))
  }

  /** Replaces what is known of the alerts of the last 30 days; rules that are not named had none. */
  saveAlertCounts(counts: readonly noise.AlertCount[]): Promise<void> {
    return this.#parts.sql.tx((db) => noise.saveAlertCounts(db, counts))
  }

  /** @error NOT_FOUND */
  async noise(id: string, days: number): Promise<RuleNoiseDetail> {
    const { db } = this.#parts.sql
    const nowMs = this.#parts.clock.now()
    const { noise: summary } = await this.get(id)
    const [rows, allUs] = await Promise.all([
      noise.noiseByDay(db, [id], days, nowMs),
      noise.allCost(db, this.#daysAgo(6)),
    ])
    const byAge = new Map(rows.map((row) => [Math.max(0, row.age), row]))
    return {
      ...summary,
      cpuSharePct: allUs === 0 ? 0 : Math.round((summary.cpuMs7d * 1000 * 10_000) / allUs) / 100,
      days: Array.from({ length: days }, (_, at) => {
        const age = days - 1 - at
        const row = byAge.get(age)
        return { day: this.#daysAgo(age), detections: row?.detections ?? 0, cpuMs: (row?.cpu_us ?? 0) / 1000 }
      }),
    }
  }

  async #refuseBroken(id: string, yaml: string): Promise<void> {
    const broken = await this.samples.broken(id, yaml)
    if (broken.length === 0) return
    throw new Refusal('RULE_SAMPLES_BROKEN', `${broken.length} of the rule's samples would no longer come out right`, {
      remedy: 'Mend the text, or save all the same.',
      issues: broken.map((one) => ({
        at: one.name,
        message: one.expected === 'match' ? 'must match, and would not' : 'must not match, and would',
      })),
      details: { samples: broken },
    })
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

  async #version(id: string, version: number) {
    const row = await store.versionOf(this.#parts.sql.db, id, version)
    if (!row) throw new Refusal('NOT_FOUND', `there is no version ${version} of rule ${id}`)
    return row
  }

  #beside(ids: readonly string[]) {
    return besideOf(this.#parts.sql.db, ids, this.#parts.clock.now())
  }

  #daysAgo(days: number): string {
    return new Date(this.#parts.clock.now() - days * dayMs).toISOString().slice(0, 10)
  }
}

export const hasErrors = (file: { diagnostics: readonly Diagnostic[] }): boolean =>
  file.diagnostics.some((one) => one.level === 'error')

const versionOf = (
  row: { version: number; actor_name: string; created_ms: number; note: string | null },
  current: number | undefined,
): RuleVersion => ({
  version: row.version,
  at: toInstant(Number(row.created_ms)),
  by: row.actor_name,
  note: row.note,
  isCurrent: row.version === current,
})
