import { type Actor, Refusal } from '@watchfloor/contracts/kernel'
import type { Diagnostic } from '@watchfloor/contracts/rules'
import { rulesChanged as rulesChangedSchema } from '@watchfloor/contracts/rules'
import type { z } from 'zod'
import type { Clock } from '../../platform/clock/clock.ts'
import type { DomainEventType, Outbox } from '../../platform/outbox/outbox.ts'
import type { Sql, Tx } from '../../platform/sql/sql.ts'
import type { Audit } from '../audit/index.ts'
import { type ExistingRule, planImport, ruleIdOf } from './import-plan.ts'
import type { ReadFile } from './model.ts'
import type { RuleReader } from './reader.ts'
import * as set from './set-store.ts'
import * as store from './store.ts'

export const rulesChangedEvent: DomainEventType<'rules.changed', z.infer<typeof rulesChangedSchema>> = {
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

export interface SaveHow {
  readonly originOf: (file: ReadFile) => string
  readonly action: string
  readonly object: { type: string; id: string; title: string }
  /** The pack that the files are of; null for what a person writes. */
  readonly pack: string | null
  /** Where the text came from, when nobody wrote it; kept with the version. */
  readonly note?: string
  /** Rules of ours that the pack's text may replace. */
  readonly takeTheirs?: ReadonlySet<string>
  /** The one rule that is saved, in the version that its author saw. */
  readonly expected?: { readonly id: string; readonly version: number | 'none' }
  /** What else is written in the same transaction, before the set settles. */
  readonly beside?: (db: Tx) => Promise<void>
}

/** What a save came to. */
export interface Saved {
  readonly added: number
  readonly updated: number
  readonly unchanged: number
  readonly kept: number
  readonly refused: number
  readonly waiting: number
  readonly enabled: number
  readonly diagnostics: readonly Diagnostic[]
}

/** The one way in which texts of rules are written and the set that runs is settled. */
export class RuleWriter {
  readonly #parts: RulesParts

  constructor(parts: RulesParts) {
    this.#parts = parts
  }

  async save(actor: Actor, files: readonly ReadFile[], how: SaveHow): Promise<Saved> {
    const { sql, clock, audit } = this.#parts
    const diagnostics = files.flatMap((file) => file.diagnostics)
    return sql.tx(async (db) => {
      const { policy } = await set.lockRuleSet(db)
      const ids = [...new Set(files.flatMap((file) => file.rules.map((rule) => ruleIdOf(rule, how.originOf(file)))))]
      const [rows, versions] = [await store.getMany(db, ids), await store.lastVersions(db, ids)]
      const edited = how.expected && asExpected(rows, how.expected)
      const plan = planImport(files, {
        originOf: how.originOf,
        existing: rows.map(existingOf),
        versions,
        policy,
        pack: how.pack,
        ...(how.takeTheirs ? { takeTheirs: how.takeTheirs } : {}),
      })
      const { saves, marks, ...counts } = plan
      await store.save(db, saves, { actorName: actor.name, note: how.note ?? null, nowMs: clock.now() })
      await store.markPacks(db, marks)
      await how.beside?.(db)
      if (saves.length > 0) {
        await audit.record(db, actor, {
          action: how.action,
          object: how.object,
          ...(edited ? { before: { version: edited.version, yaml: edited.yaml } } : {}),
          after: {
            added: plan.added,
            updated: plan.updated,
            unchanged: plan.unchanged,
            kept: plan.kept,
            refused: plan.refused,
            ...(how.note ? { note: how.note } : {}),
          },
          count: saves.length,
        })
        await this.settle(db)
      }
      return { ...counts, ...(await set.standing(db, ids)), diagnostics: [...diagnostics, ...plan.diagnostics] }
    })
  }

  /** After switches, policy or the set changed: what waits and `enabled` follow, and workers are told. */
  async settle(db: Tx): Promise<void> {
    const { policy } = await set.ruleSet(db)
    await set.applyReferences(db)
    await set.applyPolicy(db, policy)
    await this.#parts.outbox.add(db, rulesChangedEvent, [{ revision: await set.nextRevision(db) }])
  }
}

export const existingOf = (row: store.RuleRow): ExistingRule => ({
  id: row.id,
  yaml: row.yaml,
  origin: row.origin,
  switch: row.switch,
  ownStatus: row.own_status,
  version: row.version,
  pack: row.pack,
  packDigest: row.pack_digest,
  isEdited: row.is_edited,
  offeredYaml: row.offered_yaml,
})

/** The rule as it is, when that is what its author saw. @error CONFLICT · NOT_FOUND · STALE_EDIT */
function asExpected(
  existing: readonly store.RuleRow[],
  expected: NonNullable<SaveHow['expected']>,
): store.RuleRow | undefined {
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
