import { BIGINT, type DuckDBConnection, DuckDBDataChunk, VARCHAR } from '@duckdb/node-api'
import { receivedOf, textColumnOf, textsOf, timesOf } from '../../../platform/events/event-block.ts'
import type { ConsumedOffset, EventColumns } from '../../../platform/events/event-store.ts'
import { collectYoung } from '../../../platform/threads/garbage.ts'
import { columns } from './columns.ts'
import { CATALOG, type Database, type Session } from './database.ts'
import { isDiskFull, storeFull } from './faults.ts'
import { number, text } from './literal.ts'
import { logOffsets, sizes, wholeMs } from './segments/encode.ts'
import type { NewSegment, Segments } from './segments/segments.ts'

/** Rows of a DuckDB vector. */
const CHUNK_ROWS = 2048
/** Blocks in shared memory that are over and may still be held. */
const LET_GO_BYTES = 32 * 1024 * 1024
const TYPES = columns.map(({ type }) => (type === 'BIGINT' ? BIGINT : VARCHAR))

/** Puts batches into the store, each with its offsets in one transaction: large ones as files of their own, small ones into the hot table. */
export class Appender {
  readonly #database: Database
  readonly #segments: Segments
  readonly #segmentRows: number
  #nextSeq: bigint
  /** Of blocks, since memory was last given back. */
  #takenBytes = 0

  private constructor(database: Database, segments: Segments, segmentRows: number, nextSeq: bigint) {
    this.#database = database
    this.#segments = segments
    this.#segmentRows = segmentRows
    this.#nextSeq = nextSeq
  }

  /** @param segmentRows batches of so many events become a file */
  static async open(database: Database, segments: Segments, segmentRows: number): Promise<Appender> {
    const [row] = await database.read((session) => session.rows('SELECT coalesce(max(seq), 0) AS seq FROM hot'))
    return new Appender(database, segments, segmentRows, BigInt(String(row?.seq ?? 0)) + 1n)
  }

  async append(
    batch: EventColumns,
    consumed: ConsumedOffset & { first: number },
  ): Promise<{ appended: number; skipped: boolean }> {
    let segment: NewSegment | undefined
    let isRecorded = false
    try {
      if (batch.count >= this.#segmentRows) segment = await this.#segments.write(batch.blocks)
      return await this.#database.write(async (session, connection) => {
        const known = await consumedOffset(session, consumed.topic, consumed.partition)
        if (known !== undefined && known >= consumed.next) return { appended: 0, skipped: true }
        if (known !== undefined && known > consumed.first) {
          throw new Error(
            `a batch of ${consumed.topic}/${consumed.partition} from ${consumed.first} to ${consumed.next} overlaps what is ` +
              `stored up to ${known}; read on from there`,
          )
        }
        if (segment) await this.#segments.record(session, segment)
        else if (batch.count > 0) await this.#insert(connection, batch)
        await session.run(
          `INSERT OR REPLACE INTO consumed VALUES (${text(consumed.topic)}, ${number(consumed.partition)}, ${number(consumed.next)})`,
        )
        isRecorded = segment !== undefined
        return { appended: batch.count, skipped: false }
      })
    } catch (error) {
      isRecorded = false
      throw isDiskFull(error) ? storeFull() : error
    } finally {
      if (segment && !isRecorded) await this.#segments.drop(segment)
      this.#letGo(batch)
    }
  }

  /** Gives back the memory of blocks that were taken. */
  #letGo({ blocks }: EventColumns): void {
    this.#takenBytes += blocks.reduce((sum, { memory }) => sum + memory.byteLength, 0)
    if (this.#takenBytes < LET_GO_BYTES) return
    this.#takenBytes = 0
    collectYoung()
  }

  async #insert(connection: DuckDBConnection, { blocks }: EventColumns): Promise<void> {
    const appender = await connection.createAppender('hot', undefined, CATALOG)
    try {
      for (const block of blocks) {
        const values = this.#valuesOf({ blocks: [block], count: block.count })
        for (let from = 0; from < block.count; from += CHUNK_ROWS) {
          const to = Math.min(block.count, from + CHUNK_ROWS)
          const chunk = DuckDBDataChunk.create(TYPES, to - from)
          chunk.setColumns(values.map((column) => column.slice(from, to)))
          appender.appendDataChunk(chunk)
        }
        this.#nextSeq += BigInt(block.count)
      }
    } finally {
      appender.closeSync()
    }
  }

  /** Every column of the table, in its order. */
  #valuesOf({ blocks, count }: EventColumns): (string | bigint | null)[][] {
    const numbers: Readonly<Record<string, Float64Array>> = {
      time_ms: wholeMs(blocks, timesOf),
      received_ms: wholeMs(blocks, receivedOf),
      log_offset: logOffsets(blocks),
      bytes: sizes(blocks),
    }
    return columns.map(({ name, text }) => {
      if (text) return blocks.flatMap((block) => textsOf(textColumnOf(block, text)).map((value) => value ?? null))
      if (name === 'seq') return Array.from({ length: count }, (_, at) => this.#nextSeq + BigInt(at))
      return Array.from(numbers[name] ?? [], (value) => (Number.isNaN(value) ? null : BigInt(value)))
    })
  }
}

export async function consumedOffset(session: Session, topic: string, partition: number): Promise<number | undefined> {
  const [row] = await session.rows(
    `SELECT next FROM consumed WHERE topic = ${text(topic)} AND part = ${number(partition)}`,
  )
  return row ? Number(row.next) : undefined
}

export async function consumedOffsets(session: Session): Promise<ConsumedOffset[]> {
  const rows = await session.rows('SELECT topic, part, next FROM consumed ORDER BY topic, part')
  return rows.map(({ topic, part, next }) => ({ topic: String(topic), partition: Number(part), next: Number(next) }))
}
