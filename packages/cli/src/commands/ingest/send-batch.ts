import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { ApiProblem, unwrap, type WatchfloorClient } from '@watchfloor/client'
import type { IntakeResult } from '@watchfloor/contracts/events'
import { ConnectionFailure } from '../../connection/connection-failure.ts'
import type { Batch } from './batches.ts'

const pack = promisify(gzip)

export interface SendOptions {
  readonly source: string
  /** How long a batch is tried again before the run gives up. */
  readonly retryForMs: number
  /** Told of every try that failed and will be repeated. */
  readonly onRetry?: (why: string, pauseMs: number) => void
  /** Ends the run. */
  readonly signal?: AbortSignal
  /** Bodies are packed where the way to the server is the narrow place, not the processor. */
  readonly compress: boolean
}

const firstPauseMs = 250
const longestPauseMs = 5000
const worthPackingBytes = 4096

/** Sends a batch until the server has it. The key makes that safe when only the answer was lost. @throws ApiProblem, Failure */
export async function sendBatch(
  client: WatchfloorClient,
  batch: Batch,
  key: string,
  options: SendOptions,
): Promise<IntakeResult> {
  const isPacked = options.compress && batch.body.byteLength >= worthPackingBytes
  const body = isPacked ? await pack(batch.body, { level: 1 }) : batch.body
  const startedMs = performance.now()
  let pauseMs = firstPauseMs
  for (;;) {
    try {
      return await post(client, batch, { body, isPacked, key }, options)
    } catch (error) {
      const wait = waitBefore(error, pauseMs)
      const spentMs = performance.now() - startedMs
      if (wait === undefined || spentMs + wait > options.retryForMs || options.signal?.aborted) throw error
      options.onRetry?.(error instanceof Error ? error.message : String(error), wait)
      await sleep(wait, undefined, options.signal ? { signal: options.signal } : {})
      pauseMs = Math.min(pauseMs * 2, longestPauseMs)
    }
  }
}

async function post(
  client: WatchfloorClient,
  batch: Batch,
  sent: { body: Buffer; isPacked: boolean; key: string },
  options: SendOptions,
): Promise<IntakeResult> {
  const result = await client.POST('/api/v1/events', {
    params: { query: { source: options.source, kind: 'upload' } },
    // The document knows a body of bytes as a string; the serializer hands over the bytes.
    body: '',
    bodySerializer: () => sent.body,
    headers: {
      'content-type': batch.media === 'json' ? 'application/x-ndjson' : 'text/plain; charset=utf-8',
      'idempotency-key': sent.key,
      ...(sent.isPacked ? { 'content-encoding': 'gzip' } : {}),
    },
    ...(options.signal ? { signal: options.signal } : {}),
  })
  return unwrap(result) as IntakeResult
}

/** Milliseconds to wait before the next try; undefined when another try would meet the same answer. */
function waitBefore(error: unknown, pauseMs: number): number | undefined {
  // Many senders that were refused together shall not come back together.
  const spread = pauseMs * (0.75 + Math.random() / 2)
  if (error instanceof ConnectionFailure) return spread
  if (!(error instanceof ApiProblem)) return undefined
  const isPassing =
    error.status === 429 || error.status === 503 || error.status === 507 || error.status === 502 || error.status === 504
  return isPassing ? Math.max(spread, (error.retryAfterSeconds ?? 0) * 1000) : undefined
}
