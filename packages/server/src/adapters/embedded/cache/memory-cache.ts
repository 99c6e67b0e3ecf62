import type { Cache } from '../../../platform/cache/cache.ts'
import type { Clock } from '../../../platform/clock/clock.ts'
import type { Log } from '../../../platform/log/log.ts'
import { SlidingWindows } from './sliding-windows.ts'

export interface MemoryCacheOptions {
  readonly clock: Clock
  readonly log: Log
  /** Values kept at most; past it the one used longest ago goes. Default 50,000. */
  readonly maxEntries?: number
  /** Keys that are rate-limited at the same time; past it the one used longest ago is forgotten. Default 50,000. */
  readonly maxLimits?: number
}

interface Entry {
  /** JSON, so that nobody changes what another reads, as with a shared cache. */
  readonly json: string
  readonly expiresAtMs: number
}

/** Shared state of one process, in memory. */
export function createMemoryCache(options: MemoryCacheOptions): Cache {
  const { clock, log } = options
  const maxEntries = options.maxEntries ?? 50_000
  // A Map keeps its order of insertion: an entry that is read goes to the end, so the first is the one used longest ago.
  const entries = new Map<string, Entry>()
  const windows = new SlidingWindows(options.maxLimits ?? 50_000)
  const subscribers = new Map<string, Set<(message: unknown) => void>>()

  function find(key: string): Entry | undefined {
    const entry = entries.get(key)
    if (!entry) return undefined
    entries.delete(key)
    if (entry.expiresAtMs <= clock.now()) return undefined
    entries.set(key, entry)
    return entry
  }

  function makeRoom(): void {
    while (entries.size > maxEntries) {
      const [oldest] = entries.keys()
      if (oldest === undefined) return
      entries.delete(oldest)
    }
  }

  function deliver(onMessage: (message: unknown) => void, channel: string, json: string): void {
    try {
      onMessage(JSON.parse(json))
    } catch (error) {
      log.error('a subscriber of the cache failed', { channel, error: String(error) })
    }
  }

  return {
    async get<T>(key: string) {
      const entry = find(key)
      return entry && (JSON.parse(entry.json) as T)
    },
    async set(key, value, ttlMs) {
      entries.delete(key)
      const json = JSON.stringify(value)
      if (ttlMs <= 0 || json === undefined) return
      entries.set(key, { json, expiresAtMs: clock.now() + ttlMs })
      makeRoom()
    },
    async delete(key) {
      entries.delete(key)
    },
    async take(key, limit, windowMs) {
      return windows.take(key, limit, windowMs, clock.now())
    },
    async publish(channel, message) {
      const json = JSON.stringify(message)
      if (json === undefined) return
      for (const onMessage of [...(subscribers.get(channel) ?? [])]) deliver(onMessage, channel, json)
    },
    async subscribe(channel, onMessage) {
      const listeners = subscribers.get(channel) ?? new Set()
      subscribers.set(channel, listeners)
      // One of its own, so that subscribing the same function twice makes two subscriptions.
      const listener = (message: unknown) => onMessage(message)
      listeners.add(listener)
      return async () => {
        listeners.delete(listener)
        if (listeners.size === 0 && subscribers.get(channel) === listeners) subscribers.delete(channel)
      }
    },
    async ping() {},
    async close() {
      entries.clear()
      windows.clear()
      subscribers.clear()
    },
  }
}
