import { readEventStream, type StreamMessage } from './event-stream.ts'
import { ApiProblem } from './problem.ts'

export interface LiveOptions {
  /** Where to go on: the id of the last message already seen. */
  readonly lastEventId?: string
  /** Ends the stream. */
  readonly signal?: AbortSignal
  /** Told when the line stands and when it is lost. */
  readonly onState?: (state: 'connected' | 'reconnecting') => void
  /** A line silent for so long counts as lost; servers send comments more often. Default 60 s. */
  readonly silentAfterMs?: number
}

export interface LiveMessage {
  readonly id: string | undefined
  readonly event: string
  /** Parsed JSON. */
  readonly data: unknown
}

const firstPauseMs = 500
const longestPauseMs = 30_000

type Open = (lastEventId: string | undefined, signal: AbortSignal) => Promise<Response>

/**
 * Messages of a live route until `signal` ends it. A lost line is opened again behind the last message seen.
 * @error ApiProblem when the server refuses (4xx other than 429): trying again would not help
 */
export async function* liveMessages(open: Open, options: LiveOptions = {}): AsyncGenerator<LiveMessage> {
  let lastEventId = options.lastEventId
  let pauseMs = firstPauseMs
  while (!options.signal?.aborted) {
    const line = new AbortController()
    const unlink = follow(options.signal, line)
    try {
      const response = await open(lastEventId, line.signal)
      const body = await streamOf(response)
      options.onState?.('connected')
      const watch = watchSilence(line, options.silentAfterMs ?? 60_000)
      try {
        for await (const message of readEventStream(body, watch.alive)) {
          lastEventId = message.id ?? lastEventId
          pauseMs = message.retryMs ?? firstPauseMs
          yield parsed(message)
        }
      } finally {
        watch.stop()
      }
    } catch (error) {
      if (options.signal?.aborted) return
      if (error instanceof ApiProblem && error.status < 500 && error.status !== 429) throw error
      if (error instanceof SyntaxError || error instanceof RangeError) throw error
      const askedMs = error instanceof ApiProblem ? (error.retryAfterSeconds ?? 0) * 1000 : 0
      pauseMs = Math.min(Math.max(pauseMs * 2, askedMs), longestPauseMs)
    } finally {
      unlink()
      line.abort()
    }
    if (options.signal?.aborted) return
    options.onState?.('reconnecting')
    await pause(pauseMs, options.signal)
  }
}

async function streamOf(response: Response): Promise<ReadableStream<Uint8Array>> {
  if (response.ok && response.body) return response.body
  throw new ApiProblem(response, await response.json().catch(() => undefined))
}

const parsed = (message: StreamMessage): LiveMessage => ({
  id: message.id,
  event: message.event,
  data: message.data === '' ? undefined : JSON.parse(message.data),
})

function follow(outer: AbortSignal | undefined, inner: AbortController): () => void {
  const abort = () => inner.abort()
  outer?.addEventListener('abort', abort)
  return () => outer?.removeEventListener('abort', abort)
}

function watchSilence(line: AbortController, silentAfterMs: number): { alive(): void; stop(): void } {
  const lost = () => line.abort()
  let timer = setTimeout(lost, silentAfterMs)
  return {
    alive() {
      clearTimeout(timer)
      timer = setTimeout(lost, silentAfterMs)
    },
    stop: () => clearTimeout(timer),
  }
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal?.addEventListener('abort', end)
  })
}
