/** Short-lived shared state: values with a time to live, rate limits, fan-out between processes. Losing it loses nothing. */
export interface Cache {
  get<T>(key: string): Promise<T | undefined>
  set<T>(key: string, value: T, ttlMs: number): Promise<void>
  delete(key: string): Promise<void>
  /** Takes one from a sliding window. `retryAfterMs` is how long until one is free, 0 when allowed. */
  take(
    key: string,
    limit: number,
    windowMs: number,
  ): Promise<{ allowed: boolean; remaining: number; retryAfterMs: number }>
  /** Sends to every subscriber of the channel, in every process. Not durable. */
  publish(channel: string, message: unknown): Promise<void>
  subscribe(channel: string, onMessage: (message: unknown) => void): Promise<() => Promise<void>>
  ping(): Promise<void>
  close(): Promise<void>
}
