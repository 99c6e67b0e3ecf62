import { describe, expect, it } from 'vitest'
import { askGenerated } from './testing.ts'

declare const process: { env: Record<string, string | undefined> }

/** Pairs of a rule and an event; WATCHFLOOR_SIGMA_FUZZ_PAIRS asks for more, WATCHFLOOR_SIGMA_FUZZ_SEED for others. */
const pairsWanted = Number(process.env.WATCHFLOOR_SIGMA_FUZZ_PAIRS ?? 25_000)
const firstSeed = Number(process.env.WATCHFLOOR_SIGMA_FUZZ_SEED ?? 1)

describe('plan, compiled rules and oracle', () => {
  it(`agree on ${pairsWanted} pairs of a rule and an event`, { timeout: 3_600_000 }, () => {
    const { pairs, hits, generated, read, narrowed } = askGenerated(pairsWanted, firstSeed)
    // A generator whose rules are refused, or never match, would prove nothing.
    expect(read / generated).toBeGreaterThan(0.7)
    expect(narrowed / read).toBeGreaterThan(0.05)
    expect(hits / pairs).toBeGreaterThan(0.05)
    expect(hits / pairs).toBeLessThan(0.6)
  })
})
