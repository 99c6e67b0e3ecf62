import { randomUUID } from 'node:crypto'
import { copyFile, link, mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { allColumns } from './columns.ts'
import type { Database, Session } from './database.ts'
import { instantMs, number, text } from './literal.ts'
import { DAY_MS, dayName, eventTable, parquet } from './sources.ts'

/** A sealed file smaller than this is written anew together with late events of its day. */
const SMALL_FILE_BYTES = 64 * 1024 * 1024
const ROW_GROUP_ROWS = 20_480
const LIST = allColumns.join(', ')
/** SQL: the UTC day of a row, floored also before 1970. */
const DAY = `CAST(floor(time_ms / ${DAY_MS}.0) AS BIGINT)`

interface SealedFile {
  readonly file: string
  /** Undefined when it holds events of several. */
  readonly day: number | undefined
}

/** What becomes of events with time: sealing days, forgetting, copying for a backup. One of these at a time. */
export class Retention {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  async usage(): Promise<{ sourceId: string; events: number; bytes: number; newestMs: number }[]> {
    const rows = await this.#database.read((session) =>
      session.rows(`SELECT source_id, sum(events) AS events, sum(bytes) AS bytes, max(newest_ms) AS newest_ms FROM (
        SELECT source_id, count(*) AS events, sum(bytes) AS bytes, max(time_ms) AS newest_ms FROM hot GROUP BY source_id
        UNION ALL SELECT source_id, events, bytes, newest_ms FROM sealed_usage) GROUP BY source_id ORDER BY source_id`),
    )
    return rows.map((row) => ({
      sourceId: String(row.source_id),
      events: Number(row.events),
      bytes: Number(row.bytes),
      newestMs: Number(row.newest_ms),
    }))
  }

  async seal(beforeMs: number): Promise<{ days: string[]; events: number }> {
    await this.#pourOut(Math.floor(beforeMs / DAY_MS) * DAY_MS)
    const days = await this.#database.read((session) =>
      session.rows(
        `SELECT DISTINCT ${DAY} AS day FROM hot WHERE time_ms < ${instantMs(Math.floor(beforeMs / DAY_MS) * DAY_MS)} ORDER BY day`,
      ),
    )
    let events = 0
    for (const { day } of days) events += await this.#sealDay(Number(day))
    if (events > 0) await this.#database.maintain((session) => session.run('CHECKPOINT'))
    return { days: days.map(({ day }) => dayName(Number(day))), events }
  }

  /** Files of several days that are all over: their rows go back among the hot ones, and with those into the files of their days. */
  async #pourOut(beforeMs: number): Promise<void> {
    const mixed = await this.#database.read((session) =>
      session.rows(`SELECT file FROM sealed WHERE day IS NULL AND max_ms < ${instantMs(beforeMs)}`),
    )
    for (const row of mixed) {
      const file = String(row.file)
      await this.#database.write(async (session) => {
        await session.run(`INSERT INTO hot SELECT ${LIST} FROM ${parquet(this.#database.sealedFolder, [file])}`)
        await forget(session, [file])
      })
      await this.#deleteFiles([file])
    }
  }

  /** Copies the day's rows aside while appends go on, then takes exactly those out of the hot table. */
  async #sealDay(day: number): Promise<number> {
    const ofDay = `time_ms >= ${instantMs(day * DAY_MS)} AND time_ms < ${instantMs((day + 1) * DAY_MS)}`
    const file = newFileName(day)
    const { merged, events, lastSeq } = await this.#database.read(async (session) => {
      const small = await session.rows(
        `SELECT file FROM sealed WHERE day = ${number(day)} AND file_bytes < ${SMALL_FILE_BYTES}`,
      )
      const merged = small.map((row) => String(row.file))
      const [hot] = await session.rows(`SELECT count(*) AS events, max(seq) AS seq FROM hot WHERE ${ofDay}`)
      const rows = `SELECT ${LIST} FROM hot WHERE ${ofDay}`
      const all =
        merged.length === 0
          ? rows
          : `${rows} UNION ALL SELECT ${LIST} FROM ${parquet(this.#database.sealedFolder, merged)}`
      await this.#writeFile(session, all, file)
      return { merged, events: Number(hot?.events ?? 0), lastSeq: BigInt(String(hot?.seq ?? 0)) }
    }, MAINTENANCE_TIMEOUT_MS)
    await this.#database.write(async (session) => {
      await session.run(`DELETE FROM hot WHERE ${ofDay} AND seq <= ${lastSeq}`)
      await this.#record(session, { file, day })
      await forget(session, merged)
    })
    await this.#deleteFiles(merged)
    return events
  }

  /** Writes rows aside, makes them durable, and moves them into place. In the order they came: sorting whole events needs more memory than there is. */
  async #writeFile(session: Session, select: string, file: string): Promise<void> {
    const aside = join(this.#database.sealedFolder, `${file}.part`)
    await session.run(
      `COPY (${select}) TO ${text(aside)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${ROW_GROUP_ROWS})`,
    )
    await sync(aside)
    await rename(aside, join(this.#database.sealedFolder, file))
    await sync(this.#database.sealedFolder)
  }

  async #record(session: Session, { file, day }: SealedFile): Promise<void> {
    const { size } = await stat(join(this.#database.sealedFolder, file))
    const rows = parquet(this.#database.sealedFolder, [file])
    await session.run(
      `INSERT INTO sealed SELECT ${text(file)}, ${day === undefined ? 'NULL' : number(day)}, min(time_ms), max(time_ms), count(*), ${number(size)} FROM ${rows}`,
    )
    await session.run(
      `INSERT INTO sealed_usage SELECT ${text(file)}, source_id, count(*), sum(bytes), min(time_ms), max(time_ms) FROM ${rows} GROUP BY source_id`,
    )
  }

  async #deleteFiles(files: readonly string[]): Promise<void> {
    if (files.length === 0) return
    await this.#database.currentReadsEnded()
    for (const file of files) await rm(join(this.#database.sealedFolder, file), { force: true })
  }

  async retain(policy: { sourceId: string; beforeMs?: number; maxBytes?: number }): Promise<{ removed: number }> {
    // Old events that came in lately (an import) are as young as their arrival.
    const age = 'greatest(time_ms, received_ms)'
    let removed = policy.beforeMs === undefined ? 0 : await this.#forgetBefore(policy.sourceId, age, policy.beforeMs)
    if (policy.maxBytes !== undefined) {
      const cutMs = await this.#cutFor(policy.sourceId, policy.maxBytes)
      if (cutMs !== undefined) removed += await this.#forgetBefore(policy.sourceId, 'time_ms', cutMs)
    }
    return { removed }
  }

  /** The instant from which on a source's events fit into so many bytes; undefined when all do. */
  #cutFor(sourceId: string, maxBytes: number): Promise<number | undefined> {
    const ofSource = `source_id = ${text(sourceId)}`
    return this.#database.read(async (session) => {
      const table = await eventTable(session, this.#database.sealedFolder)
      // Coarse first: the day in which the bytes run out, then the instant within it.
      const [day] = await session.rows(`SELECT day, newer FROM (
          SELECT day, bytes, coalesce(sum(bytes) OVER (ORDER BY day DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS newer
          FROM (SELECT ${DAY} AS day, sum(bytes) AS bytes FROM ${table} WHERE ${ofSource} GROUP BY day))
        WHERE newer + bytes > ${number(maxBytes)} ORDER BY day DESC LIMIT 1`)
      if (!day) return undefined
      const start = Number(day.day) * DAY_MS
      const [cut] = await session.rows(`SELECT min(time_ms) AS kept FROM (
          SELECT time_ms, sum(bytes) OVER (ORDER BY time_ms DESC) AS newer FROM ${table}
          WHERE ${ofSource} AND time_ms >= ${instantMs(start)} AND time_ms < ${instantMs(start + DAY_MS)})
        WHERE newer + ${String(day.newer)} <= ${number(maxBytes)}`)
      return cut?.kept === null || cut?.kept === undefined ? start + DAY_MS : Number(cut.kept)
    }, MAINTENANCE_TIMEOUT_MS)
  }

  /** @param instant SQL: what of an event is compared, never before its own time */
  async #forgetBefore(sourceId: string, instant: string, beforeMs: number): Promise<number> {
    const old = `source_id = ${text(sourceId)} AND ${instant} < ${instantMs(beforeMs)}`
    const affected = await this.#database.read((session) =>
      session.rows(`SELECT file, day FROM sealed WHERE file IN (
        SELECT file FROM sealed_usage WHERE source_id = ${text(sourceId)} AND min_ms < ${instantMs(beforeMs)})`),
    )
    let removed = 0
    for (const { file, day } of affected)
      removed += await this.#rewrite({ file: String(file), day: day === null ? undefined : Number(day) }, old)
    removed += await this.#database.write(async (session) => {
      const [row] = await session.rows(`SELECT count(*) AS count FROM hot WHERE ${old}`)
      const count = Number(row?.count ?? 0)
      if (count > 0) await session.run(`DELETE FROM hot WHERE ${old}`)
      return count
    })
    return removed
  }

  /** Takes rows out of a sealed file; one that held nothing else is deleted. */
  async #rewrite({ file, day }: SealedFile, old: string): Promise<number> {
    const rows = parquet(this.#database.sealedFolder, [file])
    const fresh = newFileName(day)
    const { gone, kept } = await this.#database.read(async (session) => {
      const [counts] = await session.rows(
        `SELECT count(*) FILTER (WHERE ${old}) AS gone, count(*) FILTER (WHERE NOT (${old})) AS kept FROM ${rows}`,
      )
      const kept = Number(counts?.kept ?? 0)
      const gone = Number(counts?.gone ?? 0)
      if (kept > 0 && gone > 0) await this.#writeFile(session, `SELECT ${LIST} FROM ${rows} WHERE NOT (${old})`, fresh)
      return { gone, kept }
    }, MAINTENANCE_TIMEOUT_MS)
    if (gone === 0) return 0
    await this.#database.write(async (session) => {
      await forget(session, [file])
      if (kept > 0) await this.#record(session, { file: fresh, day })
    })
    await this.#deleteFiles([file])
    return gone
  }

  /** Copies one consistent state. Sealed files never change, so they are linked where the file system allows it. */
  async snapshot(intoFolder: string): Promise<void> {
    const sealedInto = join(intoFolder, 'sealed')
    await mkdir(sealedInto, { recursive: true })
    const target = join(intoFolder, 'events.duckdb')
    await this.#database.attached(target, async (session) => {
      await session.run('COPY FROM DATABASE events TO snapshot')
      for (const { file } of await session.rows('SELECT file FROM sealed')) {
        await place(join(this.#database.sealedFolder, String(file)), join(sealedInto, String(file)))
      }
    })
    await sync(target)
    await sync(sealedInto)
    await sync(intoFolder)
  }
}

const MAINTENANCE_TIMEOUT_MS = 3_600_000
const newFileName = (day: number | undefined): string =>
  `${day === undefined ? 'days' : dayName(day)}-${randomUUID().slice(0, 8)}.parquet`

async function forget(session: Session, files: readonly string[]): Promise<void> {
  if (files.length === 0) return
  const list = files.map(text).join(', ')
  await session.run(`DELETE FROM sealed WHERE file IN (${list})`)
  await session.run(`DELETE FROM sealed_usage WHERE file IN (${list})`)
}

/** Makes a file or folder durable. */
async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function place(from: string, to: string): Promise<void> {
  try {
    await link(from, to)
  } catch {
    await copyFile(from, to)
  }
}
