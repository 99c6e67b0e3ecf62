import { describe, expect, it } from 'vitest'
import { compileStixPattern } from './compile.ts'
import type { Observation } from './observation.ts'
import { matchesNaively } from './oracle.ts'
import { parseStixPattern } from './parse.ts'
import { diceOf, observationOf, randomObservations } from './testing.ts'

function patternOf(text: string) {
  const compiled = compileStixPattern(text)
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.diagnostics))
  return compiled.pattern
}

const seen = (a: number, seconds: number, more: Partial<Observation> = {}): Observation =>
  observationOf([{ type: 'x', a }], { id: `${a}@${seconds}`, firstMs: seconds * 1000, ...more })

const outcome = (text: string, observations: readonly Observation[], maxSteps?: number): string =>
  patternOf(text).matchObservations(observations, maxSteps === undefined ? {} : { maxSteps }).outcome

describe('the search for observations', () => {
  it.each([
    ['[x:a = 1] AND [x:a = 1]', 'no-match'],
    ['[x:a = 1] AND [x:a > 0]', 'match'],
    ['[x:a = 1] FOLLOWEDBY [x:a = 2]', 'match'],
    ['[x:a = 2] FOLLOWEDBY [x:a = 1]', 'no-match'],
    ['[x:a > 0] FOLLOWEDBY [x:a > 0] FOLLOWEDBY [x:a > 0]', 'match'],
    ['[x:a > 0] REPEATS 4 TIMES', 'no-match'],
    ['([x:a = 1] AND [x:a = 2]) WITHIN 5 SECONDS', 'no-match'],
    ['([x:a = 1] AND [x:a = 2]) WITHIN 5.001 SECONDS', 'match'],
    ['([x:a = 1] AND [x:a = 1]) OR [x:a = 3]', 'match'],
    ["[x:a = 1] START t'1970-01-01T00:00:00Z' STOP t'1970-01-01T00:00:01Z'", 'match'],
    ["[x:a = 2] START t'1970-01-01T00:00:00Z' STOP t'1970-01-01T00:00:05Z'", 'no-match'],
  ])('%s: %s', (text, expected) => {
    expect(outcome(text, [seen(3, 9), seen(2, 5), seen(1, 0)])).toBe(expected)
  })

  it('gives an observation to another part when that lets both hold', () => {
    expect(outcome('([x:a > 0] AND [x:a = 1]) AND [x:a < 3]', [seen(1, 0), seen(2, 1), seen(3, 2)])).toBe('match')
  })

  it('lets an observation serve as often as it was seen', () => {
    expect(outcome('[x:a = 1] REPEATS 3 TIMES', [seen(1, 0, { count: 3 })])).toBe('match')
    expect(outcome('[x:a = 1] REPEATS 4 TIMES', [seen(1, 0, { count: 3 })])).toBe('no-match')
  })

  it('agrees with trying every choice', () => {
    let matched = 0
    for (let seed = 0; seed < 4_000; seed++) {
      const dice = diceOf(seed)
      const text = randomObservations(dice, 3)
      const observations = Array.from({ length: dice(5) }, (_, i) => {
        const firstMs = dice(8) * 1000
        return seen(dice(4), 0, {
          id: String(i),
          firstMs,
          lastMs: firstMs + dice(2) * dice(3) * 1000,
          count: 1 + dice(2) * dice(2),
        })
      })
      const { pattern } = parseStixPattern(text)
      const expected = matchesNaively(pattern!.expression, observations)
      const found = outcome(text, observations)
      if ((found === 'match') !== expected || found === 'undecided')
        throw new Error(`seed ${seed}: ${found}, expected ${expected}: ${text} on ${JSON.stringify(observations)}`)
      if (expected) matched++
    }
    expect(matched).toBeGreaterThan(1_000)
    expect(matched).toBeLessThan(3_000)
  })

  it('finds on a stream what it finds in the whole, as soon as it is complete', () => {
    let completed = 0
    for (let seed = 0; seed < 3_000; seed++) {
      const dice = diceOf(seed)
      const text = randomObservations(dice, 3)
      const pattern = patternOf(text)
      const observations = Array.from({ length: dice(7) }, (_, i) => {
        const firstMs = dice(10) * 1000
        return seen(dice(4), 0, { id: String(i), firstMs, lastMs: firstMs + dice(2) * dice(3) * 1000 })
      }).sort((a, b) => a.firstMs - b.firstMs)
      const stream = pattern.stream()
      const first = observations.findIndex((one) => stream.push(one) !== undefined)
      const expected = observations.findIndex((_, i) => outcome(text, observations.slice(0, i + 1)) === 'match')
      expect(first, `seed ${seed}: ${text} on ${JSON.stringify(observations)}`).toBe(expected)
      if (first >= 0) completed++
    }
    expect(completed).toBeGreaterThan(500)
  })

  it('holds what it chose: order, time and difference', () => {
    const text = '([x:a = 1] FOLLOWEDBY [x:a = 2]) WITHIN 3 SECONDS REPEATS 2 TIMES'
    const observations = [seen(1, 0), seen(2, 4), seen(1, 5), seen(2, 6), seen(1, 6), seen(2, 8)]
    const match = patternOf(text).matchObservations(observations)
    expect(match.outcome === 'match' && match.observations.map(({ id }) => id).sort()).toEqual([
      '1@5',
      '1@6',
      '2@6',
      '2@8',
    ])
  })

  it('decides long lists in steps that grow like them', () => {
    const many = Array.from({ length: 20_000 }, (_, i) => seen(i % 2, i * 10))
    expect(outcome('([x:a = 0] AND [x:a = 1]) WITHIN 5 SECONDS', many)).toBe('no-match')
    expect(outcome('([x:a = 0] AND [x:a = 0]) WITHIN 11 SECONDS', many)).toBe('no-match')
    expect(outcome('[x:a = 0] REPEATS 10000 TIMES', many)).toBe('match')
    expect(outcome('[x:a = 1] FOLLOWEDBY [x:a = 2]', many)).toBe('no-match')
    expect(outcome('[x:a = 0] FOLLOWEDBY [x:a = 1] FOLLOWEDBY [x:a = 0] FOLLOWEDBY [x:a = 1]', many)).toBe('match')
  })

  it('ends at its limit, without an answer, where choices multiply', () => {
    const pair = '([x:a = 0] WITHIN 9 SECONDS FOLLOWEDBY [x:a = 0]) WITHIN 900 SECONDS'
    const text = `${Array(7).fill(pair).join(' AND ')} AND ${Array(27).fill('[x:a = 0]').join(' AND ')}`
    const many = Array.from({ length: 40 }, (_, i) => seen(0, i))
    expect(outcome(text, many, 20_000)).toBe('undecided')
  })
})
