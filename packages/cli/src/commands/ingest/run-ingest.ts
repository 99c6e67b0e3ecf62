import { randomUUID } from 'node:crypto'
import type { WatchfloorClient } from '@watchfloor/client'
import type { FilePlan, FoundFile } from '../../input/find-files.ts'
import type { ReadOptions } from '../../input/piece.ts'
import { readInput } from '../../input/read-input.ts'
import { type Batch, Batcher, idempotencyKey } from './batches.ts'
import { InFlight } from './in-flight.ts'
import { sendBatch } from './send-batch.ts'
import { Tally } from './tally.ts'

export interface IngestRun {
  /** Undefined: read and count, send nothing. */
  readonly client: WatchfloorClient | undefined
  /** The source of all records; undefined: each named path is one. */
  readonly source: string | undefined
  readonly read: ReadOptions
  readonly jobs: number
  readonly retryForMs: number
  readonly compress: boolean
  readonly signal: AbortSignal
  readonly onProgress: (bytesRead: number, tally: Tally) => void
  readonly onRetry: (why: string, pauseMs: number) => void
}

/** Reads and sends everything planned. What could not be sent ends it: `failure` says why, and the tally what stands. */
export async function runIngest(plan: FilePlan, run: IngestRun): Promise<{ tally: Tally; failure: unknown }> {
  const tally = new Tally()
  const flight = new InFlight(run.jobs)
  const runId = randomUUID()
  let bytesRead = 0
  for (const { name, reason } of plan.skipped) tally.skipped.push({ file: name, reason })

  const send = async (file: FoundFile, batch: Batch): Promise<void> => {
    tally.batches++
    const { client } = run
    if (!client) return
    await flight.start(async () => {
      const answer = await sendBatch(client, batch, idempotencyKey(runId, file, batch), {
        source: run.source ?? file.rootName,
        retryForMs: run.retryForMs,
        compress: run.compress,
        signal: run.signal,
        onRetry(why, pauseMs) {
          tally.retries++
          run.onRetry(why, pauseMs)
        },
      })
      tally.bytesSent += batch.body.byteLength
      tally.addAnswer(file.name, batch.numbers, answer)
      run.onProgress(bytesRead, tally)
    })
  }

  let failure: unknown
  try {
    for (const file of plan.files) {
      const batcher = new Batcher()
      let fileBytes = 0
      const onBytes = (bytes: number) => {
        // An archive is read here and there; it counts no more than its size.
        const counted = Math.min(bytes, file.sizeBytes - fileBytes)
        fileBytes += counted
        bytesRead += counted
      }
      let isLog = false
      for await (const piece of readInput(file, run.read, onBytes)) {
        run.signal.throwIfAborted()
        if (piece.kind === 'records') {
          isLog = true
          tally.read += piece.lines.length
          tally.addLost(piece.lost)
          for (const batch of batcher.add(piece)) await send(file, batch)
        } else tally[piece.kind].push({ file: piece.name, reason: piece.reason })
        run.onProgress(bytesRead, tally)
      }
      if (isLog) tally.files++
      for (const batch of batcher.flush()) await send(file, batch)
    }
  } catch (error) {
    failure = error
  }
  try {
    await flight.finish()
  } catch (error) {
    failure ??= error
  }
  return { tally, failure }
}
