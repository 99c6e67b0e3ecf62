export interface Taken {
  readonly allowed: boolean
  readonly remaining: number
  readonly retryAfterMs: number
}

/** Instants of what was taken, in a ring: `times[(first + n) % times.length]`, oldest first. */
interface Window {
  times: Float64Array
  first: number
  count: number
}

/**
 * Sliding windows, exact: at most `limit` within any `windowMs`. Memory is bounded by the number of keys, and per key by what was
 * allowed within one window.
 */
export class SlidingWindows {
  readonly #maxKeys: number
  readonly #windows = new Map<string, Window>()

  constructor(maxKeys: number) {
    this.#maxKeys = maxKeys
  }

  take(key: string, limit: number, windowMs: number, nowMs: number): Taken {
    const window = this.#windowOf(key)
    while (window.count > 0 && window.times[window.first]! <= nowMs - windowMs) {
      window.first = (window.first + 1) % window.times.length
      window.count--
    }
    if (window.count >= limit) {
      // With a limit lowered meanwhile, more than one has to leave first.
      const freeing = window.times[(window.first + Math.max(0, window.count - limit)) % window.times.length] ?? nowMs
      return {
        allowed: false,
        remaining: 0,
        retryAfterMs: limit <= 0 ? windowMs : Math.max(1, freeing + windowMs - nowMs),
      }
    }
    push(window, nowMs)
    return { allowed: true, remaining: limit - window.count, retryAfterMs: 0 }
  }

  clear(): void {
    this.#windows.clear()
  }

  #windowOf(key: string): Window {
    const window = this.#windows.get(key) ?? { times: new Float64Array(4), first: 0, count: 0 }
    this.#windows.delete(key)
    this.#windows.set(key, window)
    if (this.#windows.size > this.#maxKeys) {
      const [oldest] = this.#windows.keys()
      if (oldest !== undefined) this.#windows.delete(oldest)
    }
    return window
  }
}

function push(window: Window, nowMs: number): void {
  if (window.count === window.times.length) {
    const times = new Float64Array(window.times.length * 2)
    for (let at = 0; at < window.count; at++) times[at] = window.times[(window.first + at) % window.times.length]!
    window.times = times
    window.first = 0
  }
  window.times[(window.first + window.count) % window.times.length] = nowMs
  window.count++
}
