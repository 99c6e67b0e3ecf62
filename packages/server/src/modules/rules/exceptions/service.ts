import { randomUUID } from 'node:crypto'
import { type Actor, Refusal, type RuleId, toInstant } from '@watchfloor/contracts/kernel'
import type { ExceptionCondition, ExceptionNew, RuleException } from '@watchfloor/contracts/rules'
import { exceptionOrigin } from '../model.ts'
import type { KeptEvent } from '../reader.worker.ts'
import * as rules from '../store.ts'
import type { RulesParts, RuleWriter } from '../writer.ts'
import { exceptionYaml } from './filter-text.ts'
import * as store from './store.ts'

/** Exceptions of one rule; whoever needs more needs another rule. */
const maxPerRule = 500
const expiredAtOnce = 500

/** Exceptions: Sigma filters written for one rule, with a reason and an end. */
export class RuleExceptions {
  readonly #parts: RulesParts
  readonly #writer: RuleWriter

  constructor(parts: RulesParts, writer: RuleWriter) {
    this.#parts = parts
    this.#writer = writer
  }

  /** @error NOT_FOUND */
  async list(ruleId: string): Promise<RuleException[]> {
    const { db } = this.#parts.sql
    await this.#rule(ruleId)
    return (await store.listOf(db, ruleId, maxPerRule)).map(viewOf)
  }

  /** @error NOT_FOUND · RULE_INVALID when the filter cannot be compiled · UNPROCESSABLE for what is no rule, too many, or an end that has passed */
  async add(actor: Actor, ruleId: string, wanted: ExceptionNew): Promise<RuleException> {
    const { sql, clock, reader } = this.#parts
    const rule = await this.#rule(ruleId)
    const nowMs = clock.now()
    const expiresMs = wanted.expiresAt === undefined ? null : Date.parse(wanted.expiresAt)
    if (expiresMs !== null && expiresMs <= nowMs)
      throw new Refusal('UNPROCESSABLE', `the end of the exception, ${wanted.expiresAt}, has passed`, {
        remedy: 'Choose a later one, or none.',
      })
    if ((await store.count(sql.db, ruleId)) >= maxPerRule)
      throw new Refusal('UNPROCESSABLE', `the rule has ${maxPerRule} exceptions already`, {
        remedy: 'Remove some, or write what they have in common into the rule.',
      })
    const id = randomUUID()
    const yaml = this.#yamlOf(rule, id, { ...wanted, author: actor.name })
    const [file] = await reader.read([{ path: 'exception.yml', text: yaml }])
    const errors = file?.diagnostics.filter((one) => one.level === 'error') ?? []
    if (!file || errors.length > 0)
      throw new Refusal('RULE_INVALID', 'the exception cannot be made into a filter', {
        remedy: 'Look at its fields and values.',
        issues: errors.map((one) => ({ at: 'conditions', message: one.message })),
      })
    const row = {
      id,
      rule_id: ruleId,
      conditions: wanted.conditions,
      reason: wanted.reason,
      author: actor.name,
      created_ms: nowMs,
      expires_ms: expiresMs,
      expired: false,
    }
    await this.#writer.save(actor, [file], {
      originOf: () => exceptionOrigin,
      action: 'rules.add-exception',
      object: { type: 'rule', id: ruleId, title: rule.title },
      pack: null,
      note: wanted.reason,
      expected: { id, version: 'none' },
      beside: async (db) => {
        await store.add(db, row)
      },
    })
    return viewOf({ ...row, yaml, enabled: true })
  }

  /** @error NOT_FOUND */
  async remove(actor: Actor, ruleId: string, id: string): Promise<void> {
    const { sql, audit } = this.#parts
    await sql.tx(async (db) => {
      const row = await store.get(db, ruleId, id)
      if (!row) throw new Refusal('NOT_FOUND', `the rule has no exception ${id}`)
      await store.remove(db, id)
      await rules.remove(db, [id])
      await audit.record(db, actor, {
        action: 'rules.remove-exception',
        object: { type: 'rule', id: ruleId },
        before: { conditions: row.conditions, reason: row.reason, author: row.author },
      })
      await this.#writer.settle(db)
    })
  }

  /** Switches off those that have run out. @returns how many */
  async expire(actor: Actor): Promise<number> {
    const { sql, clock, audit } = this.#parts
    return sql.tx(async (db) => {
      const ids = await store.expire(db, clock.now(), expiredAtOnce)
      if (ids.length === 0) return 0
      await rules.decide(db, ids, 'off', clock.now())
      await audit.record(db, actor, {
        action: 'rules.expire-exceptions',
        object: { type: 'rule', id: 'many' },
        after: { ids: ids.slice(0, 200) },
        count: ids.length,
      })
      await this.#writer.settle(db)
      return ids.length
    })
  }

  /**
   * Which of the events an exception would take away from the rule as it is now.
   * @returns per event: whether the rule matches it without the exception, and no longer with it
   * @error NOT_FOUND · UNPROCESSABLE for what is no rule
   */
  async removes(
    ruleId: string,
    conditions: readonly ExceptionCondition[],
    events: readonly KeptEvent[],
  ): Promise<boolean[]> {
    const rule = await this.#rule(ruleId)
    const filter = this.#yamlOf(rule, 'aaaaaaaa-0000-4000-8000-000000000000', { conditions, reason: '-', author: '-' })
    const plain = { id: ruleId, yaml: rule.yaml, filters: [] }
    const [before, after] = await Promise.all([
      this.#parts.reader.match(plain, events),
      this.#parts.reader.match({ ...plain, filters: [filter] }, events),
    ])
    return before.map(({ matched }, at) => matched && after[at]?.matched === false)
  }

  #yamlOf(
    rule: rules.RuleRow,
    id: string,
    wanted: { conditions: readonly ExceptionCondition[]; reason: string; author: string },
  ): string {
    return exceptionYaml({
      id,
      ruleId: rule.id,
      ruleTitle: rule.title,
      logSource: rule.log_source,
      conditions: wanted.conditions,
      reason: wanted.reason,
      author: wanted.author,
      date: toInstant(this.#parts.clock.now()).slice(0, 10),
    })
  }

  async #rule(id: string): Promise<rules.RuleRow> {
    const row = await rules.get(this.#parts.sql.db, id)
    if (!row) throw new Refusal('NOT_FOUND', `there is no rule ${id}`)
    if (row.kind !== 'rule')
      throw new Refusal('UNPROCESSABLE', `${id} is a ${row.kind}; exceptions are made from rules`, {
        remedy: 'Make the exception from the rules that it names.',
      })
    return row
  }
}

const viewOf = (row: store.ListedException): RuleException => ({
  id: row.id as RuleId,
  ruleId: row.rule_id as RuleId,
  conditions: [...row.conditions],
  reason: row.reason,
  author: row.author,
  createdAt: toInstant(Number(row.created_ms)),
  expiresAt: row.expires_ms === null ? null : toInstant(Number(row.expires_ms)),
  state: row.expired ? 'expired' : row.enabled ? 'active' : 'off',
  yaml: row.yaml ?? '',
})
