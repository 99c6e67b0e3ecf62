import { type Actor, Refusal } from '@watchfloor/contracts/kernel'
import type { RuleOffer, ruleOfferAnswer } from '@watchfloor/contracts/rules'
import { diffLines } from '@watchfloor/engines/text-diff'
import type { z } from 'zod'
import * as rules from '../store.ts'
import type { RulesParts, RuleWriter } from '../writer.ts'
import * as store from './store.ts'

/** What packs offer for rules that were changed here. */
export class RuleOffers {
  readonly #parts: RulesParts
  readonly #writer: RuleWriter

  constructor(parts: RulesParts, writer: RuleWriter) {
    this.#parts = parts
    this.#writer = writer
  }

  /** @error NOT_FOUND */
  async get(ruleId: string): Promise<RuleOffer> {
    const { rule, yaml, pack } = await this.#offered(ruleId)
    const { version = null } = (await store.get(this.#parts.sql.db, pack)) ?? {}
    return { pack, version, yaml, diff: diffLines(rule.yaml, yaml) }
  }

  /** Takes the pack's text, or lets it be until there is a newer one. @error NOT_FOUND · STALE_EDIT */
  async answer(actor: Actor, ruleId: string, wanted: z.output<typeof ruleOfferAnswer>): Promise<void> {
    const { rule, yaml, pack } = await this.#offered(ruleId)
    const { sql, audit, reader } = this.#parts
    const object = { type: 'rule', id: ruleId, title: rule.title }
    if (wanted.action === 'decline') {
      await sql.tx(async (db) => {
        await store.setOffer(db, rule, null)
        await audit.record(db, actor, { action: 'rules.decline-offer', object })
      })
      return
    }
    const read = await reader.read([{ path: 'rule.yml', text: yaml }])
    await this.#writer.save(
      actor,
      read.map((file) => ({ ...file, rules: file.rules.map((one) => ({ ...one, id: ruleId })) })),
      {
        originOf: () => rule.origin,
        action: 'rules.take-offer',
        object,
        pack,
        note: `pack ${pack}`,
        takeTheirs: new Set([ruleId]),
        expected: { id: ruleId, version: wanted.expectedVersion },
      },
    )
  }

  async #offered(ruleId: string): Promise<{ rule: rules.RuleRow; yaml: string; pack: string }> {
    const rule = await rules.get(this.#parts.sql.db, ruleId)
    if (!rule) throw new Refusal('NOT_FOUND', `there is no rule ${ruleId}`)
    if (rule.offered_yaml === null || rule.pack === null)
      throw new Refusal('NOT_FOUND', `no pack offers another text for rule ${ruleId}`)
    return { rule, yaml: rule.offered_yaml, pack: rule.pack }
  }
}
