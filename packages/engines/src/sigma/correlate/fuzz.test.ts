import { describe, expect, it } from 'vitest'
import type { CompiledCorrelation } from './compiled.ts'
import { createCorrelator } from './correlator.ts'
import { correlateNaive } from './naive.ts'
import type { Observation } from './observation.ts'
import { compileBody, compileText, correlationYaml, matchOf } from './testing.ts'

/** @source mulberry32 */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

const bodies = [
  ...['{gte: 4}', '{gt: 2}', '{eq: 3}', '{lt: 3}', '{neq: 1}', '{gte: 2, lte: 4}'].map(
    (condition) => `type: event_count\nrules: [a, b]\ngroup-by: [g]\ntimespan: 30s\ncondition: ${condition}`,
  ),
  ...['{field: n, gte: 4}', '{field: [n, h], gt: 4}', '{field: n, lte: 2}'].map(
    (condition) => `type: value_count\nrules: [a]\ngroup-by: [g]\ntimespan: 30s\ncondition: ${condition}`,
  ),
  ...['value_sum', 'value_avg', 'value_median'].flatMap((type) =>
    ['{field: n, gte: 6}', '{field: n, lt: 3}', '{field: n, gt: 2, lt: 5}'].map(
      (condition) => `type: ${type}\nrules: [a, c]\ngroup-by: [g, h]\ntimespan: 45s\ncondition: ${condition}`,
    ),
  ),
  'type: value_percentile\nrules: [a]\ngroup-by: [g]\ntimespan: 1m\ncondition: {field: n, percentile: 90, gte: 6}',
  'type: value_percentile\nrules: [a]\ngroup-by: [g]\ntimespan: 1m\ncondition: {field: n, lte: 10}',
  ...['temporal', 'temporal_ordered'].flatMap((type) =>
    [
      '',
      'condition: {gte: 2}',
      'condition: {eq: 2}',
      'condition: a and (b or c)',
      'condition: a and b and not c',
      'condition: 2 of them',
    ].map((condition) => `type: ${type}\nrules: [a, b, c]\ngroup-by: [g]\ntimespan: 10s\n${condition}`),
  ),
]

/** Matches over some minutes, in bursts, some without a field; with `ties` some at one instant. */
function matchesOf(random: () => number, count: number, { ties }: { ties: boolean }): Observation[] {
  let second = 0
  return Array.from({ length: count }, (_, at) => {
    second += random() < 0.15 ? Math.floor(random() * 60) : Math.floor(random() * 3)
    const pick = (list: readonly string[]) => list[Math.floor(random() * list.length)] as string
    const values = {
      g: random() < 0.03 ? null : pick(['u', 'v']),
      h: pick(['x', 'y']),
      n: Math.floor(random() * 32) / 4,
    }
    return matchOf(pick(['a', 'a', 'b', 'c']), ties ? second : second + at / 1000, values)
  })
}

/** Each match comes up to so many ms after its time, so that they arrive in another order; some come twice. */
function arriving(matches: readonly Observation[], random: () => number, latenessMs: number): Observation[] {
  const arrived = matches.map((one) => ({ ...one, arrivedMs: one.timeMs + Math.floor(random() * latenessMs) }))
  const twice = arrived
    .filter(() => random() < 0.1)
    .map((one) => ({ ...one, arrivedMs: one.timeMs + Math.floor(random() * latenessMs) }))
  return [...arrived, ...twice].sort((a, b) => a.arrivedMs - b.arrivedMs)
}

/** Keys of hits, with a stop and a start from a snapshot after every so many matches. */
function run(
  correlations: readonly CompiledCorrelation[],
  matches: readonly Observation[],
  { restartEvery = 1000, latenessMs = 0 },
) {
  let correlator = createCorrelator(correlations, { latenessMs })
  const hits: { key: string; value: number | null }[] = []
  for (const [at, match] of matches.entries()) {
    if (at > 0 && at % restartEvery === 0) {
      const snapshot = [...correlator.snapshot()]
      correlator = createCorrelator(correlations, { latenessMs })
      correlator.restore(snapshot)
    }
    hits.push(...correlator.observe(match))
  }
  hits.push(...correlator.advance(Number.MAX_SAFE_INTEGER))
  expect(correlator.stats()).toMatchObject({ groups: 0, entries: 0 })
  return hits.map(({ key, value }) => ({ key, value })).sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
}

const keysOf = (hits: readonly { key: string }[]) => hits.map(({ key }) => key)

describe('against an oracle that looks at everything at once', () => {
  it.each(bodies)('%j', (body) => {
    const correlation = compileBody(body)
    let fired = 0
    for (let seed = 1; seed <= 25; seed++) {
      const random = randomFrom(seed * 7919)
      const matches = matchesOf(random, 120, { ties: seed % 2 === 0 })
      const expected = correlateNaive([correlation], matches)
      fired += expected.length
      const inOrder = run([correlation], matches, {})
      expect(keysOf(inOrder), `seed ${seed}, in order`).toEqual(keysOf(expected))
      // Of events at one instant the first ones may be enough to fire.
      if (seed % 2 === 1) expect(inOrder, `seed ${seed}, in order`).toEqual(expected)
      // Shorter than the timespan, and longer.
      const latenessMs = seed % 4 < 2 ? 10_000 : 120_000
      const restartEvery = seed % 3 === 0 ? 17 : 1000
      const shuffled = run([correlation], arriving(matches, random, latenessMs), { latenessMs, restartEvery })
      expect(keysOf(shuffled), `seed ${seed}, late and twice`).toEqual(keysOf(expected))
      // What waits for its window has all of it, in whatever order it came.
      if (correlation.judged === 'when-settled') expect(shuffled).toEqual(expected)
    }
    expect(fired).toBeGreaterThan(10)
  })

  it('with chains, in order', () => {
    const inner = 'type: event_count\nrules: [a]\ngroup-by: [g, h]\ntimespan: 20s\ncondition: {gte: 3}'
    const outer = 'type: temporal_ordered\nrules: [inner, b]\ngroup-by: [g]\ntimespan: 1m'
    const top = 'type: value_count\nrules: [inner, c]\ngroup-by: [g]\ntimespan: 2m\ncondition: {field: h, gte: 2}'
    const { compiled } = compileText(
      [correlationYaml(outer, 'outer'), correlationYaml(inner, 'inner'), correlationYaml(top, 'top')].join('---\n'),
    )
    expect(compiled).toHaveLength(3)
    for (let seed = 1; seed <= 40; seed++) {
      const matches = matchesOf(randomFrom(seed), 200, { ties: false })
      expect(run(compiled, matches, { restartEvery: seed % 2 ? 1000 : 31 }), `seed ${seed}`).toEqual(
        correlateNaive(compiled, matches),
      )
    }
  })
})
