import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import type { Cache } from '../../platform/cache/cache.ts'

export interface CacheUnderTest {
  readonly cache: Cache
  destroy(): Promise<void>
}

/** What every cache must do; run it on each adapter. Real time, short spans: a shared cache keeps its own clock. */
export function cacheConformance(name: string, make: () => Promise<CacheUnderTest>): void {
  describe(`cache: ${name}`, () => {
    const opened: CacheUnderTest[] = []
    const start = async () => {
      const under = await make()
      opened.push(under)
      return under.cache
    }
    afterEach(async () => {
      for (const under of opened.splice(0)) await under.destroy()
    })

    it('gives back what was set, as a copy, until it expires', async () => {
      const cache = await start()
      const value = { list: [1, 'two', null] }
      await cache.set('k', value, 60)
      value.list.push('changed')
      const read = await cache.get<typeof value>('k')
      expect(read).toEqual({ list: [1, 'two', null] })
      read!.list.length = 0
      expect(await cache.get('k')).toEqual({ list: [1, 'two', null] })
      await sleep(90)
      expect(await cache.get('k')).toBeUndefined()
    })

    it('replaces and deletes', async () => {
      const cache = await start()
      await cache.set('k', 1, 10_000)
      await cache.set('k', 2, 10_000)
      expect(await cache.get('k')).toBe(2)
      await cache.delete('k')
      await cache.delete('k')
      expect(await cache.get('k')).toBeUndefined()
    })

    it('allows so many in any window, says when the next is free, and then gives it', async () => {
      const cache = await start()
      const answers = [await cache.take('ip', 2, 150), await cache.take('ip', 2, 150), await cache.take('ip', 2, 150)]
      expect(answers.map(({ allowed, remaining }) => [allowed, remaining])).toEqual([
        [true, 1],
        [true, 0],
        [false, 0],
      ])
      const { retryAfterMs } = answers[2]!
      expect(retryAfterMs).toBeGreaterThan(0)
      expect(retryAfterMs).toBeLessThanOrEqual(150)
      expect((await cache.take('other', 2, 150)).allowed).toBe(true)
      await sleep(retryAfterMs + 5)
      expect((await cache.take('ip', 2, 150)).allowed).toBe(true)
    })

    it('does not count what was refused', async () => {
      const cache = await start()
      await cache.take('ip', 1, 120)
      for (const end = Date.now() + 100; Date.now() < end; await sleep(10)) await cache.take('ip', 1, 120)
      await sleep(40)
      expect((await cache.take('ip', 1, 120)).allowed).toBe(true)
    })

    it('allows no more than the limit to concurrent takers', async () => {
      const cache = await start()
      const answers = await Promise.all(Array.from({ length: 50 }, () => cache.take('ip', 10, 10_000)))
      expect(answers.filter(({ allowed }) => allowed)).toHaveLength(10)
    })

    it('sends a message to every subscriber of its channel, until they leave', async () => {
      const cache = await start()
      const seen: string[] = []
      const leave = await cache.subscribe('alerts', (message) => seen.push(`a ${JSON.stringify(message)}`))
      await cache.subscribe('alerts', (message) => seen.push(`b ${JSON.stringify(message)}`))
      await cache.subscribe('other', () => seen.push('wrong'))
      await cache.publish('alerts', { id: 1 })
      await expect.poll(() => [...seen].sort()).toEqual(['a {"id":1}', 'b {"id":1}'])
      await leave()
      await cache.publish('alerts', 2)
      await expect.poll(() => seen.length).toBe(3)
      expect(seen[2]).toBe('b 2')
    })

    it('keeps sending when a subscriber throws', async () => {
      const cache = await start()
      const seen: unknown[] = []
      await cache.subscribe('alerts', () => {
        throw new Error('a subscriber of its own')
      })
      await cache.subscribe('alerts', (message) => seen.push(message))
      await cache.publish('alerts', 'x')
      await expect.poll(() => seen).toEqual(['x'])
    })

    it('answers a ping', async () => {
      await (await start()).ping()
    })
  })
}
