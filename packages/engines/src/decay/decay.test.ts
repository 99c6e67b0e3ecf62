import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { baseScore } from './base-score.ts'
import { type DecayModel, decayModel, defaultDecayModels } from './model.ts'
import { crossingAgeMs, decayCurve, decaysAtMs, isDecayed, renewedAtMs, scoreAt } from './score.ts'

const dayMs = 86_400_000
const polynomial = (lifetimeDays: number, speed: number): DecayModel =>
  decayModel.parse({ curve: 'polynomial', lifetimeMs: lifetimeDays * dayMs, speed, thresholdPct: 30 })
const linear = decayModel.parse({ curve: 'linear', lifetimeMs: 100 * dayMs, thresholdPct: 30 })

describe('a score', () => {
  it('falls below the threshold when MISP says', () => {
    expect(crossingAgeMs(polynomial(120, 2), 80) / dayMs).toBeCloseTo(46.875, 9)
    expect(crossingAgeMs(polynomial(3, 2.3), 80) / dayMs).toBeCloseTo(1.018, 3)
    expect(crossingAgeMs(linear, 60) / dayMs).toBeCloseTo(50, 9)
  })
  it.each<[number, number]>([
    [-5, 80],
    [0, 80],
    [30, 40],
    [46.875, 30],
    [120, 0],
    [500, 0],
  ])('after %d days is %d', (days, score) => {
    expect(scoreAt(polynomial(120, 2), 80, days * dayMs)).toBeCloseTo(score, 9)
  })
  it('never falls without decay', () => {
    expect(scoreAt(defaultDecayModels.lasting, 80, 1e15)).toBe(80)
    expect(crossingAgeMs(defaultDecayModels.lasting, 80)).toBe(Number.POSITIVE_INFINITY)
    expect(crossingAgeMs(defaultDecayModels.lasting, 20)).toBe(0)
  })
  it('has decayed at once when it begins below, and never when the threshold is 0', () => {
    expect(crossingAgeMs(linear, 20)).toBe(0)
    expect(crossingAgeMs(decayModel.parse({ ...linear, thresholdPct: 0 }), 80)).toBe(Number.POSITIVE_INFINITY)
  })
  it('crosses a threshold just where it is equal to it, whatever the model', () => {
    const model = fc.record({
      curve: fc.constantFrom('polynomial' as const, 'linear' as const),
      lifetimeMs: fc.integer({ min: 1000, max: 1e11 }),
      speed: fc.double({ min: 0.2, max: 10, noNaN: true }),
      thresholdPct: fc.integer({ min: 1, max: 90 }),
    })
    fc.assert(
      fc.property(model, fc.integer({ min: 0, max: 100 }), (made, base) => {
        const parsed = decayModel.parse(made)
        const age = crossingAgeMs(parsed, base)
        if (base <= parsed.thresholdPct) return age === 0
        const before = scoreAt(parsed, base, age * (1 - 1e-6) - 1)
        return !isDecayed(parsed, before) && isDecayed(parsed, scoreAt(parsed, base, age * (1 + 1e-6) + 1))
      }),
    )
  })
})

describe('what a score falls from', () => {
  it('is the last sighting, else when it was last seen, else when it was written', () => {
    expect(renewedAtMs({ timestampMs: 1 })).toBe(1)
    expect(renewedAtMs({ timestampMs: 9, lastSeenMs: 2 })).toBe(2)
    expect(renewedAtMs({ timestampMs: 9, lastSeenMs: 2, lastSightingMs: 3 })).toBe(3)
    expect(renewedAtMs({ timestampMs: 9, lastSeenMs: 4, lastSightingMs: 3 })).toBe(4)
  })
  it('moves the instant at which it decays', () => {
    const model = polynomial(120, 2)
    expect(decaysAtMs(model, 80, { timestampMs: 0 })).toBeCloseTo(46.875 * dayMs, 0)
    expect(decaysAtMs(model, 80, { timestampMs: 0, lastSightingMs: dayMs })).toBeCloseTo(47.875 * dayMs, 0)
  })
})

describe('a base score', () => {
  const model = decayModel.parse({
    ...linear,
    tagWeights: { 'admiralty-scale': 60, 'misp:confidence-level': 20, mine: 20 },
  })
  it('weighs the tags that are present', () => {
    const { scorePct, tags, from } = baseScore(model, {
      tags: ['admiralty-scale:source-reliability="a"', 'misp:confidence-level="rarely-confident"', 'tlp:red'],
      confidencePct: 10,
    })
    expect({ scorePct, from }).toEqual({ scorePct: 0.75 * 100 + 0.25 * 25, from: 'tags' })
    expect(tags.map(({ share }) => share)).toEqual([0.75, 0.25])
  })
  it('takes a number that a tag states, and worths that the model states', () => {
    expect(baseScore(model, { tags: ['mine:trust="40"'] }).scorePct).toBe(40)
    const own = decayModel.parse({ ...model, tagScoresPct: { 'mine:good': 90 } })
    expect(baseScore(own, { tags: ['mine:good'] }).scorePct).toBe(90)
  })
  it('is the confidence without such tags, and the default without either', () => {
    expect(baseScore(model, { tags: ['tlp:red'], confidencePct: 55 })).toMatchObject({
      scorePct: 55,
      from: 'confidence',
    })
    expect(baseScore(model, { tags: [] })).toMatchObject({ scorePct: 80, from: 'default' })
  })
})

describe('a curve', () => {
  it('begins at the base, ends at 0 and never rises', () => {
    const points = decayCurve(polynomial(120, 2), 80)
    expect(points[0]).toEqual({ ageMs: 0, score: 80 })
    expect(points.at(-1)).toEqual({ ageMs: 120 * dayMs, score: 0 })
    expect(points.length).toBeLessThanOrEqual(80)
    for (const [at, point] of points.entries())
      if (at > 0) expect(point.score).toBeLessThanOrEqual(points[at - 1]!.score)
  })
  it('is level without decay', () => {
    expect(decayCurve(defaultDecayModels.lasting, 70).every(({ score }) => score === 70)).toBe(true)
  })
})
