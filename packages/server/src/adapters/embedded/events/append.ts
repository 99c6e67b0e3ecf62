import { BIGINT, type DuckDBConnection, DuckDBDataChunk, VARCHAR } from '@duckdb/node-api'
import type { ConsumedOffset, EventColumns } from '../../../platform/events/event-store.ts'
import { insertStaged } from './columns.ts'
import type { Database, Session } from './database.ts'
import { isDiskFull, storeFull } from './faults.ts'
import { number, text } from './literal.ts'
import { wellFormedJson } from './well-formed.ts'

/** Rows of a DuckDB vector. */
const CHUNK_ROWS = 2048
const TYPES = [VARCHAR, BIGINT, BIGINT, VARCHAR, VARCHAR, VARCHAR, VARCHAR, BIGINT]

/** Puts batches into the hot table, each with its offsets in one transaction. */
export class Appender {
  readonly #database: Database
  #nextSeq: bigint

  private constructor(database: Database, nextSeq: bigint) {
    this.#database = database
    this.#nextSeq = nextSeq
  }

  static async open(database: Database): Promise<Appender> {
    const [row] = await database.read((session) => session.rows('SELECT coalesce(max(seq), 0) AS seq FROM hot'))
    return new Appender(database, BigInt(String(row?.seq ?? 0)) + 1n)
  }

  async append(
    batch: EventColumns,
    consumed: ConsumedOffset & { first: number },
  ): Promise<{ appended: number; skipped: boolean }> {
    try {
      return await this.#database.write(async (session, connection) => {
        const known = await consumedOffset(session, consumed.topic, consumed.partition)
        if (known !== undefined && known >= consumed.next) return { appended: 0, skipped: true }
        if (known !== undefined && known > consumed.first) {
          throw new Error(
            `a batch of ${consumed.topic}/${consumed.partition} from ${consumed.first} to ${consumed.next} overlaps what is ` +
              `stored up to ${known}; read on from there`,
          )
        }
        if (batch.count > 0) await this.#insert(session, connection, batch)
        await session.run(
          `INSERT OR REPLACE INTO consumed VALUES (${text(consumed.topic)}, ${number(consumed.partition)}, ${number(consumed.next)})`,
        )
        return { appended: batch.count, skipped: false }
      })
    } catch (error) {
      throw isDiskFull(error) ? storeFull() : error
    }
  }

  async #insert(session: Session, connection: DuckDBConnection, batch: EventColumns): Promise<void> {
    const ecs = batch.ecsJson.map((json, at) => wellFormedJson(json, batch.id[at] ?? ''))
    await session.run('DELETE FROM staging')
    const appender = await connection.createAppender('staging', undefined, 'temp')
    try {
      for (let from = 0; from < batch.count; from += CHUNK_ROWS) {
        const to = Math.min(batch.count, from + CHUNK_ROWS)
        const chunk = DuckDBDataChunk.create(TYPES, to - from)
        chunk.setColumns([
          batch.id.slice(from, to),
          bigints(batch.timeMs, from, to),
          bigints(batch.receivedMs, from, to),
          batch.sourceId.slice(from, to),
          batch.parser.slice(from, to),
          ecs.slice(from, to),
          batch.raw.slice(from, to),
          Array.from({ length: to - from }, (_, at) => this.#nextSeq + BigInt(from + at)),
        ])
        appender.appendDataChunk(chunk)
      }
    } finally {
      appender.closeSync()
    }
    await session.run(insertStaged)
    await session.run('DELETE FROM staging')
    this.#nextSeq += BigInt(batch.count)
  }
}

const bigints = (values: Float64Array, from: number, to: number): bigint[] =>
  Array.from(values.subarray(from, to), (value) => BigInt(Math.trunc(Number.isFinite(value) ? value : 0)))

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
