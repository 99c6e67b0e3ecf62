import type { EventBlock } from '../../../../platform/events/event-block.ts'
import type { Database, Session } from '../database.ts'
import { number, text } from '../literal.ts'
import { type EncodedSegment, encodeSegment } from './encode.ts'
import { SEGMENT_SUFFIX, SegmentFiles, type WrittenFile } from './segment-files.ts'

/** A segment that is written and not yet known: record it in the transaction that notes the offsets, or drop it. */
export interface NewSegment {
  readonly file: WrittenFile
  readonly encoded: EncodedSegment
}

/**
 * Segments of a size class are joined when so many of one day stand side by side, so that a search has few files to open. Two classes:
 * an event's bytes are copied twice in all.
 */
const MB = 1024 * 1024
const JOINED = [
  { fromBytes: 0, belowBytes: 4 * MB, files: 16 },
  { fromBytes: 4 * MB, belowBytes: 48 * MB, files: 8 },
] as const
/** Appends after which it is looked whether there is something to join. */
const LOOK_EVERY = 16

/** Batches that are large enough go straight into files of their own; the database notes only that they are there. */
export class Segments {
  readonly #database: Database
  readonly #files: SegmentFiles
  #appended = 0

  constructor(database: Database) {
    this.#database = database
    this.#files = new SegmentFiles(database.sealedFolder)
  }

  /** Durable when it resolves, but not yet known to any search. */
  async write(blocks: readonly EventBlock[]): Promise<NewSegment> {
    const encoded = encodeSegment(blocks)
    return { file: await this.#files.write(encoded), encoded }
  }

  /** Makes it known with the transaction. */
  async record(session: Session, { file: { file, bytes }, encoded }: NewSegment): Promise<void> {
    const { day, minMs, maxMs, group, sources } = encoded
    await session.run(
      `INSERT INTO sealed VALUES (${text(file)}, ${orNull(day)}, ${number(minMs)}, ${number(maxMs)}, ${number(group.rows)}, ${number(bytes)})`,
    )
    const shares = [...sources].map(
      ([source, share]) =>
        `(${text(file)}, ${text(source)}, ${number(share.events)}, ${number(share.bytes)}, ${number(share.minMs)}, ${number(share.maxMs)})`,
    )
    await session.run(`INSERT INTO sealed_usage VALUES ${shares.join(', ')}`)
    this.#appended++
  }

  drop({ file }: NewSegment): Promise<void> {
    return this.#files.remove([file.file])
  }

  /** Whether joining is to be looked at; not again before more was appended. */
  isJoiningDue(): boolean {
    if (this.#appended < LOOK_EVERY) return false
    this.#appended = 0
    return true
  }

  /** Joins small segments of the same day, and those of several days with each other. One caller at a time, and none that forgets or seals. */
  async joinSmall(): Promise<void> {
    for (const size of JOINED) for (const group of await this.#joinable(size)) await this.#join(group.files, group.day)
  }

  #joinable(size: (typeof JOINED)[number]): Promise<{ day: number | undefined; files: string[] }[]> {
    return this.#database.read(async (session) => {
      const rows = await session.rows(
        `SELECT day, string_agg(file, '/' ORDER BY min_ms, file) AS files FROM sealed
         WHERE ends_with(file, ${text(SEGMENT_SUFFIX)}) AND file_bytes >= ${size.fromBytes} AND file_bytes < ${size.belowBytes}
         GROUP BY day HAVING count(*) >= ${size.files}`,
      )
      return rows.map(({ day, files }) => ({
        day: day === null ? undefined : Number(day),
        files: String(files).split('/'),
      }))
    })
  }

  async #join(files: readonly string[], day: number | undefined): Promise<void> {
    const joined = await this.#files.join(files, day)
    const old = files.map(text).join(', ')
    try {
      await this.#database.write(async (session) => {
        await session.run(
          `INSERT INTO sealed SELECT ${text(joined.file)}, ${orNull(day)}, min(min_ms), max(max_ms), sum(events), ${number(joined.bytes)}
           FROM sealed WHERE file IN (${old})`,
        )
        await session.run(
          `INSERT INTO sealed_usage SELECT ${text(joined.file)}, source_id, sum(events), sum(bytes), min(min_ms), max(newest_ms)
           FROM sealed_usage WHERE file IN (${old}) GROUP BY source_id`,
        )
        await session.run(`DELETE FROM sealed WHERE file IN (${old})`)
        await session.run(`DELETE FROM sealed_usage WHERE file IN (${old})`)
      })
    } catch (error) {
      await this.#files.remove([joined.file])
      throw error
    }
    await this.#database.currentReadsEnded()
    await this.#files.remove(files)
  }
}

const orNull = (value: number | undefined): string => (value === undefined ? 'NULL' : number(value))
