import { describe, expect, it } from 'vitest'
import { barsOf, countingInterval, nameOf, nextTime, slicesOf, spanOf, statesBefore } from './model.ts'

const nowMs = Date.UTC(2026, 2, 1, 12)
const hourMs = 3_600_000

describe('the time a run goes over', () => {
  it('is counted back from its start, or fixed', () => {
    expect(spanOf({ lastMinutes: 90 }, nowMs)).toEqual({ fromMs: nowMs - 1.5 * hourMs, toMs: nowMs })
    expect(spanOf({ from: '2026-02-01T00:00:00Z', to: '2026-02-02T00:00:00Z' }, nowMs)).toEqual({
      fromMs: Date.UTC(2026, 1, 1),
      toMs: Date.UTC(2026, 1, 2),
    })
    expect(() => spanOf({ from: '2026-02-02T00:00:00Z', to: '2026-02-02T00:00:00Z' }, nowMs)).toThrow('empty')
  })

  it('has bars of a round length that cover it', () => {
    for (const toMs of [1, 60_000, hourMs, 7 * 24 * hourMs, 40 * 365 * 24 * hourMs]) {
      const { barMs, firstMs, count } = barsOf({ fromMs: nowMs - toMs, toMs: nowMs })
      expect(firstMs).toBeLessThanOrEqual(nowMs - toMs)
      expect(firstMs + count * barMs).toBeGreaterThanOrEqual(nowMs)
      expect(count).toBeLessThanOrEqual(62)
    }
  })

  it('is cut where some thousand events have gathered; together the slices hold every event once', () => {
    const span = { fromMs: nowMs - 24 * hourMs, toMs: nowMs }
    const intervalMs = countingInterval(span)
    const firstMs = Math.floor(span.fromMs / intervalMs) * intervalMs
    const counts = Array.from({ length: 900 }, (_, at) => ({
      startMs: firstMs + at * intervalMs,
      count: at % 3 === 0 ? 0 : at % 50 === 1 ? 30_000 : 700,
    }))
    const slices = slicesOf(span, counts, intervalMs)
    expect(slices.reduce((sum, slice) => sum + slice.events, 0)).toBe(counts.reduce((sum, one) => sum + one.count, 0))
    for (const { startMs, count } of counts) {
      const fromMs = Math.max(startMs, span.fromMs)
      const holding = slices.filter((slice) => slice.fromMs <= fromMs && fromMs < slice.toMs)
      if (count > 0) expect(holding).toHaveLength(1)
    }
    for (const [at, slice] of slices.entries()) {
      expect(slice.fromMs).toBeGreaterThanOrEqual(span.fromMs)
      expect(slice.toMs).toBeLessThanOrEqual(span.toMs)
      if (at > 0) expect(slice.fromMs).toBeGreaterThanOrEqual(slices[at - 1]!.toMs)
    }
    expect(slicesOf(span, [], intervalMs)).toEqual([])
  })
})

describe('schedules', () => {
  it('come next at the time that cron names, in UTC', () => {
    expect(nextTime('0 6 * * *', nowMs)).toBe(Date.UTC(2026, 2, 2, 6))
    expect(nextTime('*/15 * * * *', nowMs)).toBe(nowMs + hourMs / 4)
  })

  it.each(['', 'daily', '61 * * * *', '* * * *', '0 0 6 * * *'])(
    'refuse "%s" and say how it is written',
    (schedule) => {
      expect(() => nextTime(schedule, nowMs)).toThrow('cannot be read')
    },
  )
})

describe('states', () => {
  it('let nobody take up a run that works or is done, nor end one that has ended', () => {
    expect(statesBefore('queued')).not.toContain('running')
    expect(statesBefore('queued')).not.toContain('done')
    expect(statesBefore('cancelled')).not.toContain('done')
    expect(statesBefore('paused')).toEqual(['queued', 'running'])
  })
})

describe('names', () => {
  it('of runs that nobody named say what is looked for', () => {
    expect(nameOf({ kind: 'query', query: `process.name:${'x'.repeat(200)}` })).toHaveLength(80)
    expect(nameOf({ kind: 'sigma', yaml: 'title: Odd logon\nlevel: low\n', ruleIds: [] })).toBe('Odd logon')
  })
})
