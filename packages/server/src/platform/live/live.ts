import type { Actor, Permission } from '@watchfloor/contracts/kernel'
import type { Cache } from '../cache/cache.ts'
import type { LiveMessage } from '../http/route.ts'

const channel = 'live'

interface Published {
  readonly id: string
  readonly event: string
  readonly data: unknown
  readonly permission: Permission
}

/** The one live stream of the interface: what changed, to those who may see it. */
export interface Live {
  /** Sends to every open stream whose owner holds the permission. Call after the commit, never before. */
  publish(message: { event: string; data: unknown; permission: Permission }): void
  /**
   * What a stream gets: first what it missed since `lastEventId` (or one `reset` when that is too long ago, and the
   * reader has to load afresh), then everything new until `signal` aborts.
   */
  follow(actor: Actor, lastEventId: string | undefined, signal: AbortSignal): AsyncIterable<LiveMessage>
  close(): Promise<void>
}

/** Messages kept for readers that reconnect. */
const kept = 2000
/** A reader this far behind is told to load afresh instead. */
const maxBacklog = 1000

/**
 * @param epoch a name of this run, so that positions of an earlier run are recognised as such
 */
export async function createLive(cache: Cache, epoch: string): Promise<Live> {
  const ring: Published[] = []
  const readers = new Set<(message: Published) => void>()
  let next = 1

  const unsubscribe = await cache.subscribe(channel, (message) => {
    const { event, data, permission } = message as Omit<Published, 'id'>
    const published = { id: `${epoch}-${next++}`, event, data, permission }
    ring.push(published)
    if (ring.length > kept) ring.splice(0, ring.length - kept)
    for (const reader of readers) reader(published)
  })

  function missedSince(lastEventId: string | undefined): Published[] | 'too-long-ago' {
    if (lastEventId === undefined) return []
    const position = ring.findIndex((message) => message.id === lastEventId)
    if (position >= 0) return ring.slice(position + 1)
    return lastEventId === `${epoch}-${next - 1}` ? [] : 'too-long-ago'
  }

  async function* follow(
    actor: Actor,
    lastEventId: string | undefined,
    signal: AbortSignal,
  ): AsyncIterable<LiveMessage> {
    const may = (message: Published) => actor.permissions.has(message.permission)
    const backlog: Published[] = []
    let overflowed = false
    let wake: () => void = () => {}
    const reader = (message: Published) => {
      if (!may(message)) return
      if (backlog.length >= maxBacklog) {
        overflowed = true
        backlog.length = 0
      }
      backlog.push(message)
      wake()
    }
    const onAbort = () => wake()
    signal.addEventListener('abort', onAbort)
    readers.add(reader)
    try {
      const missed = missedSince(lastEventId)
      if (missed === 'too-long-ago') yield { event: 'reset', data: {} }
      else for (const { id, event, data } of missed.filter(may)) yield { id, event, data }
      while (!signal.aborted) {
        if (overflowed) {
          overflowed = false
          yield { event: 'reset', data: {} }
        }
        const message = backlog.shift()
        if (message) yield { id: message.id, event: message.event, data: message.data }
        else
          await new Promise<void>((resolve) => {
            wake = resolve
          })
      }
    } finally {
      readers.delete(reader)
      signal.removeEventListener('abort', onAbort)
    }
  }

  return {
    publish: (message) => void cache.publish(channel, message),
    follow,
    close: unsubscribe,
  }
}
