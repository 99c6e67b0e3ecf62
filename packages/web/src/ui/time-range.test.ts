import { describe, expect, it } from 'vitest'
import { rangeFromUrl, rangeToUrl, relativeMs, resolveRange } from './time-range.ts'

const now = Date.UTC(2026, 0, 2)

describe('the time range of the URL', () => {
  it('comes back as it was written', () => {
    for (const range of [
      { kind: 'relative', spec: '7d' },
      { kind: 'all' },
      { kind: 'absolute', fromMs: 1000, toMs: 2000 },
    ] as const)
      expect(rangeFromUrl(rangeToUrl(range), '24h')).toEqual(range)
  })
  it('falls back when it cannot be read', () => {
    expect(rangeFromUrl({ range: 'soon' }, '24h')).toEqual({ kind: 'relative', spec: '24h' })
    expect(rangeFromUrl({ from: '2026-01-02T00:00:00Z', to: '2026-01-01T00:00:00Z' }, 'all')).toEqual({ kind: 'all' })
  })
  it('refuses spans of nothing', () =>
    expect([relativeMs('0h'), relativeMs('15m'), relativeMs('h')]).toEqual([null, 900_000, null]))
  it('is counted back from now', () =>
    expect(resolveRange({ kind: 'relative', spec: '24h' }, now)).toEqual({ fromMs: now - 86_400_000, toMs: now }))
  it('covers clocks that run fast when it means everything', () =>
    expect(resolveRange({ kind: 'all' }, now).toMs).toBeGreaterThan(now))
})
