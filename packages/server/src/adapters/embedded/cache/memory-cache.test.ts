import { describe, expect, it } from 'vitest'
import { steppedClock, systemClock } from '../../../platform/clock/clock.ts'
import type { Log } from '../../../platform/log/log.ts'
import { cacheConformance } from '../../conformance/cache.ts'
import { createMemoryCache } from './memory-cache.ts'

const quiet: Log = { debug() {}, info() {}, warn() {}, error() {}, child: () => quiet }

cacheConformance('memory', async () => {
  const cache = createMemoryCache({ clock: systemClock, log: quiet })
  return { cache, destroy: () => cache.close() }
})

describe('the cache in memory', () => {
  it('drops the value used longest ago when it is full', async () => {
    const cache = createMemoryCache({ clock: systemClock, log: quiet, maxEntries: 3 })
    for (const key of ['a', 'b', 'c']) await cache.set(key, key, 10_000)
    await cache.get('a')
    await cache.set('d', 'd', 10_000)
    expect(await Promise.all(['a', 'b', 'c', 'd'].map((key) => cache.get(key)))).toEqual(['a', undefined, 'c', 'd'])
  })

  it('holds as many in every window as it should, at every instant', async () => {
    const clock = steppedClock(1_000)
    const cache = createMemoryCache({ clock, log: quiet })
    const allowedAt: number[] = []
    for (let step = 0; step < 2_000; step++) {
      clock.advance((step * 7) % 13)
      if ((await cache.take('k', 5, 100)).allowed) allowedAt.push(clock.now())
    }
    for (const [at, time] of allowedAt.entries()) {
      const sixth = allowedAt[at + 5]
      if (sixth !== undefined) expect(sixth - time).toBeGreaterThanOrEqual(100)
    }
    expect(allowedAt.length).toBeGreaterThan(500)
  })

  it('says exactly how long to wait', async () => {
    const clock = steppedClock(0)
    const cache = createMemoryCache({ clock, log: quiet })
    await cache.take('k', 2, 100)
    clock.advance(30)
    await cache.take('k', 2, 100)
    clock.advance(10)
    expect(await cache.take('k', 2, 100)).toEqual({ allowed: false, remaining: 0, retryAfterMs: 60 })
    expect(await cache.take('k', 1, 100)).toEqual({ allowed: false, remaining: 0, retryAfterMs: 90 })
    expect((await cache.take('none', 0, 100)).allowed).toBe(false)
    clock.advance(59)
    expect((await cache.take('k', 2, 100)).allowed).toBe(false)
    clock.advance(1)
    expect((await cache.take('k', 2, 100)).allowed).toBe(true)
  })
})
