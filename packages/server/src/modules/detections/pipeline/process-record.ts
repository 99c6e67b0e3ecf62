import { decodeChunk } from '@watchfloor/engines/logs'
import type { StoredRecord } from '../../../platform/bus/bus.ts'
import { columnsOfBlocks } from '../../../platform/events/event-store.ts'
import { messageOf } from '../../../platform/log/error-message.ts'
import type { Log } from '../../../platform/log/log.ts'
import { PoolClosed, type ThreadPool } from '../../../platform/threads/pool.ts'
import type { EventRef, MatchResult, MatchTask } from './messages.ts'

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
 * @throws when the threads are stopped or broken, or the dead letter could not be kept: the entry is to be tried again
 */
export async function processRecord(parts: RecordProcessor, entry: StoredRecord): Promise<MatchResult> {
  const bytes = entry.value
  const chunk = readChunk(bytes)
  if (chunk instanceof Error) {
    // Nothing that comes in can do this; the disk may. What it held is kept for whoever looks into it.
    parts.log.error('an entry of the log is damaged and is put aside', { offset: entry.offset, reason: chunk.message })
    await parts.deadLetter(bytes, 'unknown', chunk.message)
    return nothing('unknown', entry.storedAtMs, bytes.byteLength)
  }
  const { header, count, record } = chunk

  async function part(from: number, to: number): Promise<MatchResult[]> {
    const task: MatchTask = {
      epoch: parts.epoch,
      partition: entry.partition,
      offset: entry.offset,
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
      // A thread that cannot even do nothing is broken by itself, and no record is to blame: this throws, and is tried again.
      await parts.pool.run({ ...task, to: from }, { timeoutMs: taskTimeoutMs })
      parts.log.error('a record could not be processed and is put aside', {
        offset: entry.offset,
        index: from,
        sourceId: header.sourceId,
        reason: messageOf(error),
      })
      await parts.deadLetter(record(from), header.sourceId, messageOf(error))
      return [nothing(header.sourceId, header.receivedMs, record(from).byteLength)]
    }
  }

  const results = await part(0, count)
  return results.length === 1 ? (results[0] as MatchResult) : join(results)
}

function readChunk(bytes: Uint8Array): ReturnType<typeof decodeChunk> | Error {
  try {
    return decodeChunk(bytes)
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

const nothing = (sourceId: string, receivedMs: number, bytes: number): MatchResult => ({
  events: columnsOfBlocks([]),
  found: new Map(),
  detections: [],
  sourceId,
  bytes,
  parseFailures: 1,
  newestMs: 0,
  receivedMs,
})

function join(results: readonly MatchResult[]): MatchResult {
  const first = results[0] as MatchResult
  const indicatorHits = shifted(results, (result) => result.indicatorHits ?? [])
  const patternParts = results.flatMap((result) => result.patternParts ?? [])
  return {
    events: columnsOfBlocks(results.flatMap((result) => result.events.blocks)),
    found: foundInAll(results),
    detections: shifted(results, (result) => result.detections),
    baseMatches: shifted(results, (result) => result.baseMatches ?? []),
    ...(indicatorHits.length > 0 ? { indicatorHits } : {}),
    ...(patternParts.length > 0 ? { patternParts } : {}),
    sourceId: first.sourceId,
    receivedMs: first.receivedMs,
    bytes: results.reduce((sum, result) => sum + result.bytes, 0),
    parseFailures: results.reduce((sum, result) => sum + result.parseFailures, 0),
    newestMs: Math.max(...results.map((result) => result.newestMs)),
    rulesGivenUp: results.reduce((sum, result) => sum + (result.rulesGivenUp ?? 0), 0),
  }
}

/** What was found in each part, with its place in the whole. */
function shifted<Found extends { readonly row: number }>(
  results: readonly MatchResult[],
  foundIn: (result: MatchResult) => readonly Found[],
): Found[] {
  let before = 0
  return results.flatMap((result) => {
    const moved = foundIn(result).map((found) => ({ ...found, row: found.row + before }))
    before += result.events.count
    return moved
  })
}

function foundInAll(results: readonly MatchResult[]): ReadonlyMap<number, EventRef> {
  const all = new Map<number, EventRef>()
  let before = 0
  for (const { found, events } of results) {
    for (const [row, event] of found) all.set(row + before, event)
    before += events.count
  }
  return all
}
