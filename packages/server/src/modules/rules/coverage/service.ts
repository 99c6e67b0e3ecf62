import { randomUUID } from 'node:crypto'
import { type Actor, Refusal, toInstant } from '@watchfloor/contracts/kernel'
import type { Coverage, CoverageLayer, NavigatorLayer } from '@watchfloor/contracts/rules'
import { attackVersion, tactics, tacticsOfTags, techniques } from '@watchfloor/engines/attack'
import type { RulesParts } from '../writer.ts'
import { toNavigatorLayer } from './navigator.ts'
import * as store from './store.ts'

const dayMs = 86_400_000
const maxLayers = 100

export interface CoverageAsk {
  readonly days: number
  readonly product?: string | undefined
}

/** What of ATT&CK the rules cover, and what came of it. */
export class RuleCoverage {
  readonly #parts: Pick<RulesParts, 'sql' | 'clock' | 'audit'>

  constructor(parts: Pick<RulesParts, 'sql' | 'clock' | 'audit'>) {
    this.#parts = parts
  }

  async coverage(ask: CoverageAsk): Promise<Coverage> {
    const { sql, clock } = this.#parts
    const sinceDay = new Date(clock.now() - (ask.days - 1) * dayMs).toISOString().slice(0, 10)
    const [counted, tags] = await Promise.all([
      store.byTechnique(sql.db, { sinceDay, product: ask.product }),
      store.byTag(sql.db, ask.product),
    ])
    const byId = new Map(counted.map((one) => [one.technique, one]))
    const known = new Set(techniques.map((one) => one.id))
    const byTactic = new Map<string, { rules: number; enabled: number }>()
    for (const { tag, rules, enabled } of tags)
      for (const tactic of tacticsOfTags([tag])) {
        const before = byTactic.get(tactic) ?? { rules: 0, enabled: 0 }
        byTactic.set(tactic, { rules: before.rules + rules, enabled: before.enabled + enabled })
      }
    return {
      attackVersion,
      days: ask.days,
      tactics: tactics.map((tactic) => ({
        ...tactic,
        ...(byTactic.get(tactic.shortName) ?? { rules: 0, enabled: 0 }),
      })),
      techniques: techniques.map((technique) => {
        const { rules = 0, enabled = 0, detections = 0 } = byId.get(technique.id) ?? {}
        return { id: technique.id, name: technique.name, tactics: [...technique.tactics], rules, enabled, detections }
      }),
      unknown: counted
        .filter((one) => !known.has(one.technique))
        .map((one) => ({ id: one.technique, rules: one.rules })),
    }
  }

  /** The coverage as a layer for the ATT&CK Navigator. */
  async navigatorLayer(ask: CoverageAsk): Promise<NavigatorLayer> {
    return toNavigatorLayer(await this.coverage(ask), toInstant(this.#parts.clock.now()))
  }

  async layers(): Promise<CoverageLayer[]> {
    return (await store.layers(this.#parts.sql.db)).map((row) => ({
      id: row.id,
      name: row.name,
      description: row.description,
      scores: { ...row.scores },
      createdAt: toInstant(Number(row.created_ms)),
      author: row.author,
    }))
  }

  /** Keeps a layer of others, to lay it over ours. @error UNPROCESSABLE when it scores nothing, or there are too many */
  async addLayer(actor: Actor, layer: NavigatorLayer): Promise<CoverageLayer> {
    const { sql, clock, audit } = this.#parts
    if (layer.domain !== 'enterprise-attack')
      throw new Refusal('UNPROCESSABLE', `the layer is of the domain ${layer.domain}, not of enterprise-attack`)
    // One technique stands under each of its tactics; what is switched off there is not shown.
    const scores: Record<string, number> = {}
    for (const { techniqueID, score, enabled } of layer.techniques)
      if (enabled !== false && typeof score === 'number')
        scores[techniqueID] = Math.max(scores[techniqueID] ?? Number.NEGATIVE_INFINITY, score)
    if (Object.keys(scores).length === 0)
      throw new Refusal('UNPROCESSABLE', 'the layer scores no technique', { remedy: 'Give techniques a score.' })
    if ((await store.layers(sql.db)).length >= maxLayers)
      throw new Refusal('UNPROCESSABLE', `there are ${maxLayers} layers already`, { remedy: 'Remove some.' })
    const row = {
      id: randomUUID(),
      name: layer.name,
      description: layer.description || null,
      scores,
      author: actor.name,
      created_ms: clock.now(),
    }
    await sql.tx(async (db) => {
      await store.addLayer(db, row)
      await audit.record(db, actor, {
        action: 'rules.add-coverage-layer',
        object: { type: 'coverage-layer', id: row.id, title: row.name },
        after: { techniques: Object.keys(scores).length },
      })
    })
    const { created_ms, ...kept } = row
    return { ...kept, createdAt: toInstant(created_ms) }
  }

  /** @error NOT_FOUND */
  async removeLayer(actor: Actor, id: string): Promise<void> {
    const { sql, audit } = this.#parts
    await sql.tx(async (db) => {
      if (!(await store.removeLayer(db, id))) throw new Refusal('NOT_FOUND', `there is no layer ${id}`)
      await audit.record(db, actor, {
        action: 'rules.remove-coverage-layer',
        object: { type: 'coverage-layer', id },
      })
    })
  }
}
