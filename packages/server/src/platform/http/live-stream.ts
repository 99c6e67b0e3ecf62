import type { ServerResponse } from 'node:http'
import type { Log } from '../log/log.ts'
import type { LiveMessage } from './route.ts'

/** Browsers wait this long before they reconnect. */
const reconnectMs = 3000

/** One message as the server-sent events format writes it. @source WHATWG HTML, 9.2 Server-sent events */
export function liveFrame({ id, event, data }: LiveMessage): string {
  const oneLine = (text: string) => text.replace(/[\r\n\0]/g, ' ')
  const head = id === undefined ? '' : `id: ${oneLine(id)}\n`
  // JSON text holds no line break of its own.
  return `${head}event: ${oneLine(event)}\ndata: ${JSON.stringify(data) ?? 'null'}\n\n`
}

export interface LiveStreamOptions {
  readonly heartbeatMs: number
  /** A reader that takes nothing for this long is cut off. */
  readonly stallMs: number
  /** Whether the reader may still call the route is asked so often. */
  readonly recheckMs: number
}

class ReaderStalled extends Error {}

function drained(response: ServerResponse, stallMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (act: () => void) => () => {
      clearTimeout(timer)
      response.off('drain', onDrain)
      signal.removeEventListener('abort', onAbort)
      act()
    }
    const timer = setTimeout(
      done(() => reject(new ReaderStalled())),
      stallMs,
    )
    const onDrain = done(resolve)
    const onAbort = done(resolve)
    response.once('drain', onDrain)
    signal.addEventListener('abort', onAbort, { once: true })
  })
}

/**
 * Writes messages to one reader until they end or `signal` aborts. Takes the next message only once the last one left
 * the process, so a slow reader holds one message here and is cut off when it stalls.
 */
export async function writeLiveStream(
  response: ServerResponse,
  messages: AsyncIterable<LiveMessage>,
  signal: AbortSignal,
  log: Log,
  { heartbeatMs, stallMs }: LiveStreamOptions,
): Promise<void> {
  const heartbeat = setInterval(() => {
    if (!response.writableNeedDrain) response.write(': still here\n\n')
  }, heartbeatMs)
  const iterator = messages[Symbol.asyncIterator]()
  let onAbort: () => void = () => {}
  signal.addEventListener('abort', () => onAbort(), { once: true })
  // No race against one long-lived promise: it would remember every message of a stream that lives for weeks.
  const take = (): Promise<IteratorResult<LiveMessage> | 'aborted'> =>
    new Promise((resolve, reject) => {
      onAbort = () => resolve('aborted')
      if (signal.aborted) onAbort()
      else iterator.next().then(resolve, reject)
    })
  try {
    response.write(`retry: ${reconnectMs}\n\n`)
    for (;;) {
      const next = await take()
      if (next === 'aborted' || next.done || signal.aborted) break
      if (!response.write(liveFrame(next.value))) await drained(response, stallMs, signal)
    }
    response.end()
  } catch (error) {
    if (error instanceof ReaderStalled) log.warn('a live stream was cut off: its reader does not keep up', { stallMs })
    else log.error('a live stream failed', { error })
    response.destroy()
  } finally {
    clearInterval(heartbeat)
    // Not awaited: a source that waits for its next message ends when it sees the signal.
    void Promise.resolve(iterator.return?.()).catch((error: unknown) =>
      log.error('a live source did not end', { error }),
    )
  }
}
