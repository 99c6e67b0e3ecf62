import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type DuckDBConnection, DuckDBInstance, type DuckDBValue } from '@duckdb/node-api'
import { Refusal } from '@watchfloor/contracts/kernel'
import { schema } from './columns.ts'
import { needsReopening, searchFault } from './faults.ts'
import { addressMacros } from './ip-network.ts'
import { text } from './literal.ts'
import { Turns } from './turns.ts'

export interface DatabaseOptions {
  readonly folder: string
  /** DuckDB's buffers, MB; what does not fit is spilled to disk. */
  readonly memoryMb: number
  readonly threads: number
  /** Batches of so many events become a file of their own. */
  readonly segmentRows: number
  /** A search that runs longer is ended. */
  readonly queryTimeoutMs: number
  /** Searches that run at the same time; more wait. */
  readonly readers: number
}

const MAX_WAITING_READS = 200

/** What the database file is called in SQL. */
export const CATALOG = 'events'
/**
 * Rows that are compressed together. Each checkpoint writes the last, unfinished group anew: with DuckDB's 122,880 rows of several
 * kilobytes each event was written several times over.
 */
const ROW_GROUP_ROWS = 16_384

export type Row = Record<string, DuckDBValue>

/** SQL on one connection. */
export interface Session {
  run(sql: string): Promise<void>
  rows(sql: string): Promise<Row[]>
}

interface Opened {
  readonly instance: DuckDBInstance
  readonly writer: DuckDBConnection
  readonly readers: readonly DuckDBConnection[]
}

/**
 * The DuckDB file: one writer that takes turns, a few readers. DuckDB invalidates the whole database after some faults (a full
 * disk among them); it is then opened again before the next use.
 */
export class Database {
  readonly options: DatabaseOptions
  readonly sealedFolder: string
  readonly #writes = new Turns()
  readonly #idleReaders: DuckDBConnection[] = []
  readonly #running = new Map<DuckDBConnection, Promise<void>>()
  readonly #waitingReads: ((connection: DuckDBConnection) => void)[] = []
  #opened: Opened
  #reopening: Promise<void> | undefined

  private constructor(options: DatabaseOptions, opened: Opened) {
    this.options = options
    this.sealedFolder = join(options.folder, 'sealed')
    this.#opened = opened
    this.#idleReaders.push(...opened.readers)
  }

  static async open(options: DatabaseOptions): Promise<Database> {
    mkdirSync(join(options.folder, 'sealed'), { recursive: true })
    rmSync(join(options.folder, 'spill'), { recursive: true, force: true })
    const database = new Database(options, await openFile(options))
    await database.#dropOrphans()
    return database
  }

  /** Runs statements in one transaction on the writer; all or none. */
  write<Result>(task: (session: Session, connection: DuckDBConnection) => Promise<Result>): Promise<Result> {
    return this.#writes.run(async () => {
      await this.#reopening
      const { writer } = this.#opened
      try {
        await writer.run('BEGIN TRANSACTION')
        const result = await task(sessionOn(writer), writer)
        await writer.run('COMMIT')
        return result
      } catch (error) {
        if (needsReopening(error)) await this.#reopen()
        else await this.#rollBack(writer)
        throw error
      }
    })
  }

  async #rollBack(writer: DuckDBConnection): Promise<void> {
    try {
      await writer.run('ROLLBACK')
    } catch (error) {
      // The transaction was ended by the fault itself, or the database has to be opened anew.
      if (needsReopening(error)) await this.#reopen()
    }
  }

  /** Statements that cannot stand in a transaction, on the writer. */
  maintain<Result>(task: (session: Session) => Promise<Result>): Promise<Result> {
    return this.#writes.run(async () => {
      await this.#reopening
      try {
        return await task(sessionOn(this.#opened.writer))
      } catch (error) {
        if (needsReopening(error)) await this.#reopen()
        throw error
      }
    })
  }

  /** Reads one consistent state. @error UNPROCESSABLE when it takes too long · QUERY_INVALID for a pattern DuckDB cannot read */
  async read<Result>(
    task: (session: Session) => Promise<Result>,
    timeoutMs = this.options.queryTimeoutMs,
  ): Promise<Result> {
    await this.#reopening
    const connection = await this.#takeReader()
    const ended = Promise.withResolvers<void>()
    this.#running.set(connection, ended.promise)
    const timer = setTimeout(() => connection.interrupt(), timeoutMs)
    let broken = false
    try {
      await connection.run('BEGIN TRANSACTION READ ONLY')
      return await task(sessionOn(connection))
    } catch (error) {
      broken = needsReopening(error)
      throw searchFault(error, timeoutMs)
    } finally {
      clearTimeout(timer)
      await connection.run('ROLLBACK').catch(() => undefined)
      this.#running.delete(connection)
      ended.resolve()
      this.#giveReader(connection)
      if (broken) void this.#writes.run(() => this.#reopen())
    }
  }

  async #takeReader(): Promise<DuckDBConnection> {
    const idle = this.#idleReaders.pop()
    if (!idle && this.#waitingReads.length >= MAX_WAITING_READS) {
      throw new Refusal('BACK_PRESSURE', `${MAX_WAITING_READS} searches wait already`, { retryAfterSeconds: 5 })
    }
    return idle ? Promise.resolve(idle) : new Promise((resolve) => this.#waitingReads.push(resolve))
  }

  #giveReader(connection: DuckDBConnection): void {
    // A reader of a database that was closed meanwhile is of no use to anybody.
    if (!this.#opened.readers.includes(connection)) return
    const waiting = this.#waitingReads.shift()
    if (waiting) waiting(connection)
    else this.#idleReaders.push(connection)
  }

  /** Resolves when the searches that run now have ended, so that no file is taken from under one. */
  async currentReadsEnded(): Promise<void> {
    await Promise.all(this.#running.values())
  }

  /** One consistent state beside another database file, made for it and called `snapshot`. */
  async attached(file: string, task: (session: Session) => Promise<void>): Promise<void> {
    await this.#reopening
    const connection = await connect(this.#opened.instance)
    try {
      await connection.run(`ATTACH ${text(file)} AS snapshot (ROW_GROUP_SIZE ${ROW_GROUP_ROWS})`)
      try {
        await connection.run('BEGIN TRANSACTION')
        await task(sessionOn(connection))
        await connection.run('COMMIT')
        await connection.run('CHECKPOINT snapshot')
      } catch (error) {
        await connection.run('ROLLBACK').catch(() => undefined)
        throw error
      } finally {
        await connection.run('DETACH snapshot')
      }
    } finally {
      connection.closeSync()
    }
  }

  #reopen(): Promise<void> {
    this.#reopening ??= (async () => {
      await this.#shut()
      this.#opened = await openFile(this.options)
      this.#idleReaders.splice(0, this.#idleReaders.length, ...this.#opened.readers)
      while (this.#waitingReads.length > 0 && this.#idleReaders.length > 0) {
        this.#waitingReads.shift()!(this.#idleReaders.pop()!)
      }
    })().finally(() => {
      this.#reopening = undefined
    })
    return this.#reopening
  }

  /** Ends what runs before the connections are taken away. */
  async #shut(): Promise<void> {
    for (const connection of this.#running.keys()) connection.interrupt()
    await this.currentReadsEnded()
    closeFile(this.#opened)
  }

  /** Sealed files that no row names: a crash came between writing and recording, or between forgetting and deleting. */
  async #dropOrphans(): Promise<void> {
    const known = await this.read(
      async (session) => new Set((await session.rows('SELECT file FROM sealed')).map(({ file }) => String(file))),
    )
    for (const file of readdirSync(this.sealedFolder)) {
      if (!known.has(file)) rmSync(join(this.sealedFolder, file), { recursive: true })
    }
  }

  async close(): Promise<void> {
    await this.#writes.idle()
    await this.maintain((session) => session.run('CHECKPOINT')).catch(() => undefined)
    await this.#shut()
  }
}

function sessionOn(connection: DuckDBConnection): Session {
  return {
    async run(sql) {
      await connection.run(sql)
    },
    async rows(sql) {
      return (await connection.runAndReadAll(sql)).getRowObjects()
    },
  }
}

async function connect(instance: DuckDBInstance): Promise<DuckDBConnection> {
  const connection = await instance.connect()
  await connection.run(`USE ${CATALOG}`)
  return connection
}

async function openFile(options: DatabaseOptions): Promise<Opened> {
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: `${options.memoryMb}MB`,
    threads: `${options.threads}`,
    temp_directory: join(options.folder, 'spill'),
    checkpoint_threshold: '64MB',
    preserve_insertion_order: 'false',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  })
  const first = await instance.connect()
  await first.run(
    `ATTACH ${text(join(options.folder, 'events.duckdb'))} AS ${CATALOG} (ROW_GROUP_SIZE ${ROW_GROUP_ROWS})`,
  )
  first.closeSync()
  const writer = await connect(instance)
  for (const statement of schema) await writer.run(statement)
  const readers: DuckDBConnection[] = []
  for (let count = 0; count < options.readers; count++) {
    const reader = await connect(instance)
    for (const statement of addressMacros) await reader.run(statement)
    readers.push(reader)
  }
  return { instance, writer, readers }
}

function closeFile({ instance, writer, readers }: Opened): void {
  for (const connection of [writer, ...readers]) connection.closeSync()
  instance.closeSync()
}
