import type { Actor, Permission } from '@watchfloor/contracts/kernel'
import { afterEach, describe, expect, it } from 'vitest'
import { openTestCache } from '../../testing/memory-cache.ts'
import type { Cache } from '../cache/cache.ts'
import { systemClock } from '../clock/clock.ts'
import type { LiveMessage } from '../http/route.ts'
import { createLive, type Live } from './live.ts'

const someone = (...permissions: Permission[]): Actor => ({
  kind: 'user',
  id: 'u1',
  name: 'ann@example.org',
  roles: [],
  permissions: new Set(permissions),
})

const caches: Cache[] = []
const stops: AbortController[] = []

async function open(epoch = 'run1', cache = openTestCache(systemClock)): Promise<Live> {
  caches.push(cache)
  return createLive(cache, epoch)
}

afterEach(async () => {
  for (const stop of stops.splice(0)) stop.abort()
  for (const cache of caches.splice(0)) await cache.close()
})

/** A reader; `next(n)` waits for so many messages. */
function follow(live: Live, actor: Actor, lastEventId?: string) {
  const stop = new AbortController()
  stops.push(stop)
  const stream = live.follow(actor, lastEventId, stop.signal)[Symbol.asyncIterator]()
  let pending = stream.next()
  return {
    stop,
    /** Waits until the stream is being read. */
    ready: () => new Promise((resolve) => setImmediate(resolve)),
    async next(count: number): Promise<LiveMessage[]> {
      const got: LiveMessage[] = []
      while (got.length < count) {
        const { value, done } = await pending
        if (done) break
        got.push(value)
        pending = stream.next()
      }
      return got
    },
    ended: () => pending.then((result) => result.done),
  }
}

const tell = (live: Live, number: number, permission: Permission = 'alerts:read') =>
  live.publish({ event: 'alerts.changed', data: { number }, permission })
const numbers = (messages: readonly LiveMessage[]) => messages.map(({ data }) => (data as { number?: number }).number)

describe('the live stream', () => {
  it('gives every reader what is new, in order, and only what it may see', async () => {
    const live = await open()
    const analyst = follow(live, someone('alerts:read'))
    const both = follow(live, someone('alerts:read', 'events:read'))
    await analyst.ready()
    tell(live, 1)
    tell(live, 2, 'events:read')
    tell(live, 3)
    expect(numbers(await analyst.next(2))).toEqual([1, 3])
    expect(numbers(await both.next(3))).toEqual([1, 2, 3])
  })

  it('goes on behind the last message a reader has seen', async () => {
    const live = await open()
    const first = follow(live, someone('alerts:read'))
    await first.ready()
    for (let number = 1; number <= 5; number++) tell(live, number)
    const [, second] = await first.next(2)
    first.stop.abort()
    const again = follow(live, someone('alerts:read'), second?.id)
    expect(numbers(await again.next(3))).toEqual([3, 4, 5])
    tell(live, 6)
    expect(numbers(await again.next(1))).toEqual([6])
  })

  it('does not show on resuming what the reader may not see', async () => {
    const live = await open()
    const first = follow(live, someone('alerts:read'))
    await first.ready()
    tell(live, 1)
    const [seen] = await first.next(1)
    tell(live, 2, 'events:read')
    tell(live, 3)
    const again = follow(live, someone('alerts:read'), seen?.id)
    expect(numbers(await again.next(1))).toEqual([3])
  })

  it('tells a reader to load afresh when its place is of another run or too long ago', async () => {
    const live = await open('run2')
    for (const place of ['run1-7', 'nonsense', 'run2-5000'])
      expect(await follow(live, someone('alerts:read'), place).next(1), place).toEqual([{ event: 'reset', data: {} }])
    const first = follow(live, someone('alerts:read'))
    await first.ready()
    tell(live, 0)
    const [early] = await first.next(1)
    for (let number = 1; number <= 2500; number++) tell(live, number)
    expect(await follow(live, someone('alerts:read'), early?.id).next(1)).toMatchObject([{ event: 'reset' }])
  })

  it('does not hoard for a reader that does not read: it gets a reset and then the newest', async () => {
    const live = await open()
    const slow = follow(live, someone('alerts:read'))
    await slow.ready()
    tell(live, 0)
    await slow.ready()
    for (let number = 1; number <= 2500; number++) tell(live, number)
    const got = await slow.next(300)
    expect(got.findIndex((message) => message.event === 'reset')).toBeLessThan(3)
    const rest = numbers(got.slice(3)) as number[]
    expect(rest).toEqual(rest.map((_, at) => (rest[0] ?? 0) + at))
    expect(rest[0]).toBeGreaterThan(1000)
  })

  it('ends when its reader goes', async () => {
    const live = await open()
    const reader = follow(live, someone('alerts:read'))
    await reader.ready()
    reader.stop.abort()
    await expect(reader.ended()).resolves.toBe(true)
  })
})
