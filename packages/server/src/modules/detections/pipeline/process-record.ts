import { decodeChunk } from '@watchfloor/engines/logs'
import type { StoredRecord } from '../../../platform/bus/bus.ts'
import type { Log } from '../../../platform/log/log.ts'
import { PoolClosed, type ThreadPool } from '../../../platform/threads/pool.ts'
import { joinColumns } from './columns.ts'
import type { MatchResult, MatchTask } from './messages.ts'

/** A thread that works longer than this on one log record has met something that no parser or rule should do. */
const taskTimeoutMs = 20_000

export interface RecordProcessor {
  readonly epoch: string
  readonly pool: ThreadPool<MatchTask, MatchResult>
  readonly log: Log
  /** Puts one raw record aside with the reason. */
  deadLetter(record: Uint8Array, sourceId: string, reason: string): Promise<void>
}

/**
 * Parses, normalises and matches one entry of the log on a thread. When the thread cannot bear it (it dies or overruns), the entry
 * is halved until the one record to blame is found; that one becomes a dead letter and its neighbours go on.
 */
export async function processRecord(parts: RecordProcessor, record: StoredRecord): Promise<MatchResult> {
  const bytes = record.value
  const chunk = decodeChunk(bytes)

  async function part(from: number, to: number): Promise<MatchResult[]> {
    const task: MatchTask = {
      epoch: parts.epoch,
      partition: record.partition,
      offset: record.offset,
      chunk: bytes,
      from,
      to,
    }
    try {
      return [await parts.pool.run(task, { timeoutMs: taskTimeoutMs })]
    } catch (error) {
      if (error instanceof PoolClosed) throw error
      if (to - from > 1) {
        const middle = from + Math.floor((to - from) / 2)
        return [...(await part(from, middle)), ...(await part(middle, to))]
      }
      parts.log.error('a record could not be processed and is put aside', {
        offset: record.offset,
        index: from,
        sourceId: chunk.header.sourceId,
        reason: messageOf(error),
      })
      await parts.deadLetter(chunk.record(from), chunk.header.sourceId, messageOf(error))
      return [nothing(chunk.header.sourceId, chunk.header.receivedMs, chunk.record(from).byteLength)]
    }
  }

  const results = await part(0, chunk.count)
  return results.length === 1 ? (results[0] as MatchResult) : join(results)
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const nothing = (sourceId: string, receivedMs: number, bytes: number): MatchResult => ({
  columns: {
    count: 0,
    id: [],
    timeMs: new Float64Array(0),
    receivedMs: new Float64Array(0),
    sourceId: [],
    parser: [],
    ecsJson: [],
    raw: [],
  },
  detections: [],
  sourceId,
  bytes,
  parseFailures: 1,
  newestMs: 0,
  receivedMs,
})

function join(results: readonly MatchResult[]): MatchResult {
  let before = 0
  const detections = results.flatMap((result) => {
    const shifted = result.detections.map((found) => ({ ...found, row: found.row + before }))
    before += result.columns.count
    return shifted
  })
  const first = results[0] as MatchResult
  return {
    columns: joinColumns(results.map((result) => result.columns)),
    detections,
    sourceId: first.sourceId,
    receivedMs: first.receivedMs,
    bytes: results.reduce((sum, result) => sum + result.bytes, 0),
    parseFailures: results.reduce((sum, result) => sum + result.parseFailures, 0),
    newestMs: Math.max(...results.map((result) => result.newestMs)),
  }
}
