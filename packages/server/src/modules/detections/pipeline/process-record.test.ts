import { writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { encodeChunk } from '@watchfloor/engines/logs'
import { afterEach, describe, expect, it } from 'vitest'
import type { StoredRecord } from '../../../platform/bus/bus.ts'
import { type TextColumnName, textColumnOf, textsOf } from '../../../platform/events/event-block.ts'
import { memoryLog } from '../../../platform/log/memory-log.ts'
import { PoolClosed, ThreadPool } from '../../../platform/threads/pool.ts'
import type { MatchResult, MatchTask } from './messages.ts'
import { processRecord } from './process-record.ts'

const threads = new URL('../../../platform/threads/serve.ts', import.meta.url).href
const blocks = new URL('../../../platform/events/event-block-builder.ts', import.meta.url).href
const chunks = import.meta.resolve('@watchfloor/engines/logs')

/** A thread that dies of some records and throws for others; everything else it takes as it is. */
const fragile = `
import { serveTasks } from ${JSON.stringify(threads)}
import { decodeChunk, eventIdOf } from ${JSON.stringify(chunks)}
import { blockOf } from ${JSON.stringify(blocks)}
serveTasks(({ epoch, partition, offset, chunk, from, to }) => {
  const { header, record } = decodeChunk(chunk)
  const rows = Array.from({ length: to - from }, (_, at) => Buffer.from(record(from + at)).toString())
  if (rows.includes('deadly')) process.exit(7)
  if (rows.includes('bad')) throw new Error('a bad record')
  const events = rows.map((raw, at) => ({ id: eventIdOf(epoch, partition, offset, from + at), timeMs: 1, receivedMs: 2,
    sourceId: header.sourceId, parser: 'test', ecs: {}, raw }))
  return { value: {
    events: { count: rows.length, blocks: [blockOf(events)] },
    found: new Map(events.flatMap(({ id, timeMs, raw }, row) => raw.startsWith('hit') ? [[row, { id, timeMs }]] : [])),
    detections: rows.flatMap((raw, row) => raw.startsWith('hit') ? [{ row, ruleId: 'r', ruleVersion: 1, entities: { raw } }] : []),
    sourceId: header.sourceId, bytes: 0, parseFailures: 0, newestMs: 0, receivedMs: 2 } }
}, () => {})`

let folder = ''
let pool: ThreadPool<MatchTask, MatchResult> | undefined

afterEach(async () => {
  await pool?.close()
  pool = undefined
  await rm(folder, { recursive: true, force: true })
})

async function poolOf(body: string): Promise<ThreadPool<MatchTask, MatchResult>> {
  folder = await mkdtemp(join(tmpdir(), 'watchfloor-fragile-'))
  writeFileSync(join(folder, 'task.mjs'), body)
  pool = new ThreadPool<MatchTask, MatchResult>({
    file: pathToFileURL(join(folder, 'task.mjs')),
    size: 2,
    name: 'fragile',
  })
  return pool
}

const entry = (value: Uint8Array): StoredRecord => ({
  topic: 'events.raw',
  partition: 0,
  offset: 9,
  storedAtMs: 5,
  value,
})
const entryOf = (...records: string[]): StoredRecord =>
  entry(
    encodeChunk(
      { sourceId: 'source-1', receivedMs: 2, format: 'text' },
      records.map((record) => Buffer.from(record)),
    ),
  )

const columnOf = (result: MatchResult, name: TextColumnName) =>
  result.events.blocks.flatMap((block) => textsOf(textColumnOf(block, name)))

function parts(threadPool: ThreadPool<MatchTask, MatchResult>) {
  const aside: string[] = []
  return {
    aside,
    processor: {
      epoch: 'e',
      pool: threadPool,
      log: memoryLog(),
      deadLetter: async (record: Uint8Array) => void aside.push(Buffer.from(record).toString()),
    },
  }
}

describe('an entry of the log with a record that no thread can bear', () => {
  it('keeps every neighbour in its place, with its id and detections, and puts aside the one to blame', async () => {
    const { aside, processor } = parts(await poolOf(fragile))
    const records = Array.from({ length: 37 }, (_, at) =>
      at === 11 ? 'deadly' : at % 5 === 0 ? `hit ${at}` : `fine ${at}`,
    )
    const result = await processRecord(processor, entryOf(...records))
    expect(aside).toEqual(['deadly'])
    const [raw, ids] = [columnOf(result, 'raw'), columnOf(result, 'id')]
    expect(raw).toEqual(records.filter((record) => record !== 'deadly'))
    expect(ids).toEqual(records.flatMap((record, at) => (record === 'deadly' ? [] : [`e.0.9.${at}`])))
    expect(result.events.count).toBe(36)
    for (const { row, entities } of result.detections) {
      expect(raw[row]).toBe(entities.raw)
      expect(result.found.get(row)?.id).toBe(ids[row])
    }
    expect(result.detections).toHaveLength(8)
    expect(result.parseFailures).toBe(1)
  })

  it('finds several, whether the thread dies or throws', async () => {
    const { aside, processor } = parts(await poolOf(fragile))
    const result = await processRecord(processor, entryOf('bad', 'fine 1', 'deadly', 'deadly', 'fine 2', 'bad'))
    expect(aside.toSorted()).toEqual(['bad', 'bad', 'deadly', 'deadly'])
    expect(columnOf(result, 'raw')).toEqual(['fine 1', 'fine 2'])
  })

  it('blames no record when the threads fail on everything', async () => {
    const broken = `import { serveTasks } from ${JSON.stringify(threads)}\nserveTasks(() => { throw new Error('broken') }, () => {})`
    const { aside, processor } = parts(await poolOf(broken))
    await expect(processRecord(processor, entryOf('fine 1', 'fine 2'))).rejects.toThrow('broken')
    expect(aside).toEqual([])
  })

  it('blames no record when the threads are stopped', async () => {
    const slow = `import { serveTasks } from ${JSON.stringify(threads)}\nserveTasks(() => { for (;;) {} }, () => {})`
    const { aside, processor } = parts(await poolOf(slow))
    const working = Array.from({ length: 4 }, () => processRecord(processor, entryOf('fine')))
    const outcomes = Promise.allSettled(working)
    await new Promise((resolve) => setTimeout(resolve, 50))
    await pool?.close()
    for (const outcome of await outcomes)
      expect(outcome.status === 'rejected' && outcome.reason).toBeInstanceOf(PoolClosed)
    expect(aside).toEqual([])
  })

  it('puts an entry aside whole that is no chunk', async () => {
    const { aside, processor } = parts(await poolOf(fragile))
    const result = await processRecord(processor, entry(Buffer.from('damaged by the disk')))
    expect(aside).toEqual(['damaged by the disk'])
    expect(result.events.count).toBe(0)
  })
})
