import { ApiProblem, type WatchfloorClient } from '@watchfloor/client'

/** What comes in live, by name. `reset`: too much was missed, load afresh. `state`: the connection itself. */
export interface LiveEvent {
  readonly event: string
  readonly data: unknown
}
export type LiveState = 'connecting' | 'live' | 'lost'

interface Passed {
  readonly id?: string | undefined
  readonly event: LiveEvent
}

const streamPath = '/api/v1/live'
const channelName = 'watchfloor.live'
const lockName = 'watchfloor.live'

/**
 * One stream for all tabs of a browser: the tab that holds the lock reads it and passes everything on. When that tab goes, the
 * next one takes the lock and resumes behind the last message that was passed on. Where locks are missing (plain HTTP on
 * another machine) every tab reads for itself.
 */
export class LiveConnection {
  private readonly client: WatchfloorClient
  private readonly onSessionEnd: () => void
  private readonly listeners = new Set<(event: LiveEvent) => void>()
  private readonly stop = new AbortController()
  private readonly channel: BroadcastChannel | null
  private leading = false
  private lastId: string | undefined
  state: LiveState = 'connecting'

  constructor(client: WatchfloorClient, onSessionEnd: () => void) {
    this.client = client
    this.onSessionEnd = onSessionEnd
    const locks = 'locks' in navigator && 'BroadcastChannel' in globalThis ? navigator.locks : null
    this.channel = locks ? new BroadcastChannel(channelName) : null
    if (this.channel) this.channel.onmessage = ({ data }: MessageEvent<Passed | 'hello'>) => this.hear(data)
    if (locks) {
      locks.request(lockName, { signal: this.stop.signal }, () => this.lead()).catch(() => {})
      // Asks the tab that leads, if there is one, how things stand.
      this.channel?.postMessage('hello')
    } else void this.lead()
  }

  subscribe(listener: (event: LiveEvent) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  close(): void {
    this.stop.abort()
    this.channel?.close()
    this.listeners.clear()
  }

  private hear(data: Passed | 'hello'): void {
    if (data === 'hello') {
      if (this.leading) this.channel?.postMessage({ event: { event: 'state', data: this.state } } satisfies Passed)
      return
    }
    this.deliver(data)
  }

  private deliver({ id, event }: Passed): void {
    if (id) this.lastId = id
    if (event.event === 'state') this.state = event.data as LiveState
    for (const listener of this.listeners) listener(event)
  }

  private spread(passed: Passed): void {
    if (this.stop.signal.aborted) return
    this.deliver(passed)
    this.channel?.postMessage(passed)
  }

  private tell(state: LiveState): void {
    this.spread({ event: { event: 'state', data: state } })
  }

  private async lead(): Promise<void> {
    this.leading = true
    this.tell('connecting')
    try {
      const messages = this.client.live(streamPath, {
        ...(this.lastId !== undefined && { lastEventId: this.lastId }),
        signal: this.stop.signal,
        onState: (state) => this.tell(state === 'connected' ? 'live' : 'lost'),
      })
      for await (const { id, event, data } of messages) this.spread({ id, event: { event, data } })
    } catch (error) {
      if (this.stop.signal.aborted) return
      this.tell('lost')
      if (error instanceof ApiProblem && error.status === 401) this.onSessionEnd()
    }
  }
}
