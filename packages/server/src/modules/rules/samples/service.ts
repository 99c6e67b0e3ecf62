import { randomUUID } from 'node:crypto'
import { type Actor, Refusal, toInstant } from '@watchfloor/contracts/kernel'
import type { RuleSample, SampleNew, SampleOutcome, SampleRun } from '@watchfloor/contracts/rules'
import type { SampleHint } from '../model.ts'
import * as set from '../set-store.ts'
import * as rules from '../store.ts'
import type { SampleRow } from '../tables.ts'
import type { RulesParts } from '../writer.ts'
import * as store from './store.ts'

/** Samples of one rule; all of them run with every save. */
const maxPerRule = 200

/** Finds a stored event's text and with what it was read. */
export type FindKeptEvent = (eventId: string) => Promise<{ raw: string; hint: SampleHint } | undefined>

type Result = SampleRun['results'][number]

/** Events kept with a rule that it must match or must not, run when it is saved and when somebody asks. */
export class RuleSamples {
  readonly #parts: RulesParts
  readonly #findEvent: FindKeptEvent

  constructor(parts: RulesParts, findEvent: FindKeptEvent) {
    this.#parts = parts
    this.#findEvent = findEvent
  }

  /** @error NOT_FOUND */
  async list(ruleId: string): Promise<RuleSample[]> {
    await this.#rule(ruleId)
    return (await store.listOf(this.#parts.sql.db, ruleId)).map(viewOf)
  }

  /** Keeps a sample and runs it. @error NOT_FOUND of rule or event · UNPROCESSABLE for too many, or neither text nor event */
  async add(actor: Actor, ruleId: string, wanted: SampleNew): Promise<RuleSample> {
    const { sql, clock, audit } = this.#parts
    const rule = await this.#rule(ruleId)
    const there = await store.listOf(sql.db, ruleId)
    if (there.length >= maxPerRule)
      throw new Refusal('UNPROCESSABLE', `the rule has ${maxPerRule} samples already`, { remedy: 'Remove some.' })
    const kept = await this.#keptEvent(wanted)
    const bare: SampleRow = {
      id: randomUUID(),
      rule_id: ruleId,
      name: wanted.name,
      expected: wanted.expected,
      event: kept.raw,
      hint: kept.hint,
      author: actor.name,
      created_ms: clock.now(),
      outcome: null,
    }
    const [result] = await this.#try(rule.id, rule.yaml, [bare])
    const row = { ...bare, outcome: result ? this.#outcomeOf(result, rule.version) : null }
    await sql.tx(async (db) => {
      await store.add(db, row)
      await audit.record(db, actor, {
        action: 'rules.add-sample',
        object: { type: 'rule', id: ruleId, title: rule.title },
        after: { sample: row.id, name: row.name, expected: row.expected },
      })
    })
    return viewOf(row)
  }

  /** @error NOT_FOUND */
  async remove(actor: Actor, ruleId: string, id: string): Promise<void> {
    const { sql, audit } = this.#parts
    await sql.tx(async (db) => {
      if (!(await store.remove(db, ruleId, id))) throw new Refusal('NOT_FOUND', `the rule has no sample ${id}`)
      await audit.record(db, actor, {
        action: 'rules.remove-sample',
        object: { type: 'rule', id: ruleId },
        before: { sample: id },
      })
    })
  }

  /**
   * Runs all samples of a rule: on a text that is not saved, keeping nothing, or on the rule as it is, keeping what came out.
   * @error NOT_FOUND
   */
  async run(ruleId: string, yaml?: string): Promise<SampleRun> {
    const { sql } = this.#parts
    const rule = await this.#rule(ruleId)
    const results = await this.#try(ruleId, yaml ?? rule.yaml, await store.listOf(sql.db, ruleId))
    if (yaml === undefined)
      await sql.tx((db) =>
        store.saveOutcomes(db, new Map(results.map((one) => [one.id, this.#outcomeOf(one, rule.version)]))),
      )
    const passed = results.filter((one) => one.passed).length
    return { passed, failed: results.length - passed, results }
  }

  /** Samples that come out as they must today, and would not with a new text. */
  async broken(ruleId: string, yaml: string): Promise<Result[]> {
    const rows = await store.listOf(this.#parts.sql.db, ruleId)
    if (rows.length === 0) return []
    const rule = await this.#rule(ruleId)
    const [before, after] = await Promise.all([this.#try(ruleId, rule.yaml, rows), this.#try(ruleId, yaml, rows)])
    return after.filter((one, at) => !one.passed && before[at]?.passed === true)
  }

  async #try(ruleId: string, yaml: string, rows: readonly SampleRow[]): Promise<Result[]> {
    if (rows.length === 0) return []
    const { sql, reader } = this.#parts
    const current = await rules.get(sql.db, ruleId)
    const filters = await set.filtersOf(sql.db, { id: ruleId, name: current?.name ?? null })
    const answers = await reader.match(
      { id: ruleId, yaml, filters: filters.map((one) => one.yaml) },
      rows.map((row) => ({ raw: row.event, hint: row.hint })),
    )
    return rows.map((row, at) => {
      const { matched = false, rightLogSource = false } = answers[at] ?? {}
      const passed = matched === (row.expected === 'match')
      return { id: row.id, name: row.name, expected: row.expected, matched, rightLogSource, passed }
    })
  }

  #outcomeOf({ passed, matched, rightLogSource }: Result, ruleVersion: number): SampleOutcome {
    return { passed, matched, rightLogSource, ruleVersion, at: toInstant(this.#parts.clock.now()) }
  }

  async #keptEvent(wanted: SampleNew): Promise<{ raw: string; hint: SampleHint }> {
    if (wanted.event !== undefined) return { raw: wanted.event, hint: { receivedMs: this.#parts.clock.now() } }
    if (wanted.eventId === undefined) throw new Refusal('UNPROCESSABLE', 'give the text of an event, or an event id')
    const found = await this.#findEvent(wanted.eventId)
    if (!found)
      throw new Refusal('NOT_FOUND', `there is no event ${wanted.eventId}`, {
        remedy: 'It may be past its retention.',
      })
    return found
  }

  async #rule(id: string): Promise<rules.RuleRow> {
    const row = await rules.get(this.#parts.sql.db, id)
    if (!row) throw new Refusal('NOT_FOUND', `there is no rule ${id}`)
    return row
  }
}

const viewOf = (row: SampleRow): RuleSample => ({
  id: row.id,
  name: row.name,
  expected: row.expected,
  event: row.event,
  author: row.author,
  createdAt: toInstant(Number(row.created_ms)),
  outcome: row.outcome,
})
