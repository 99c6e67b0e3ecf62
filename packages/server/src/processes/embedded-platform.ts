import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { openFileBlobs } from '../adapters/embedded/blobs/file-blobs.ts'
import { openLmdbBus } from '../adapters/embedded/bus/lmdb-bus.ts'
import { createMemoryCache } from '../adapters/embedded/cache/memory-cache.ts'
import { openDuckDbEventStore } from '../adapters/embedded/events/duckdb-event-store.ts'
import { lockDirectory } from '../adapters/embedded/lock/directory-lock.ts'
import { openEmbeddedSql } from '../adapters/embedded/sql/embedded-sql.ts'
import { openPostgresSql } from '../adapters/postgres/sql/postgres-sql.ts'
import { jobsMigrations } from '../adapters/sql-jobs/job-migrations.ts'
import { createSqlJobs } from '../adapters/sql-jobs/sql-jobs.ts'
import { ScanProcesses } from '../adapters/yara/scan-processes.ts'
import { systemClock } from '../platform/clock/clock.ts'
import type { ServerConfig } from '../platform/config/config.ts'
import { openCrypto } from '../platform/crypto/envelope.ts'
import { parseMasterKey } from '../platform/crypto/master-key.ts'
import { createOutgoingHttp } from '../platform/http/outgoing-client.ts'
import { createLive } from '../platform/live/live.ts'
import type { Log } from '../platform/log/log.ts'
import { createMetrics } from '../platform/metrics/prometheus.ts'
import type { HealthPart, Platform } from '../platform/module/module.ts'
import { createOutbox } from '../platform/outbox/create-outbox.ts'
import { outboxMigrations } from '../platform/outbox/outbox-migrations.ts'
import type { Migration } from '../platform/sql/sql.ts'

export interface OpenPlatform {
  readonly platform: Platform
  /** Tables that the platform itself needs. */
  readonly migrations: readonly Migration[]
  health(): Promise<HealthPart[]>
  /** Closes everything in the order of dependence; after the modules have stopped. */
  close(): Promise<void>
}

export interface PlatformSettings {
  readonly server: ServerConfig
  readonly log: Log
  /** Keeps what makes a first start quick, over all data directories. */
  readonly cacheDir?: string | undefined
}

const pingMs = 5000
const stopJobsMs = 10_000

/**
 * Everything embedded in one process, in one data directory; the database may be a PostgreSQL server.
 * @throws DirectoryInUse when another server has the directory
 */
export async function openEmbeddedPlatform({ server, log, cacheDir }: PlatformSettings): Promise<OpenPlatform> {
  const clock = systemClock
  const metrics = createMetrics({ process: true })
  const { dataDir } = server
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  // Of the whole directory and before anything in it is opened: the database may stand elsewhere, the log never does.
  const lock = lockDirectory(dataDir, clock.now())
  const closers: (() => Promise<void>)[] = [async () => lock.release()]
  const opened = <Part extends { close(): Promise<void> }>(part: Part): Part => {
    closers.push(() => part.close())
    return part
  }
  const close = async () => {
    for (const one of closers.splice(0).reverse())
      await one().catch((error: unknown) => log.error('a part did not close cleanly', { error: String(error) }))
  }

  try {
    const sql = opened(
      server.databaseUrl
        ? openPostgresSql({ connectionString: server.databaseUrl, log })
        : await openEmbeddedSql({
            directory: join(dataDir, 'sql'),
            ...(cacheDir ? { imageDirectory: cacheDir } : {}),
            clock,
            log,
          }),
    )
    const [bus, events, crypto] = await Promise.all([
      openLmdbBus({ folder: join(dataDir, 'log'), clock, log }),
      openDuckDbEventStore({ folder: join(dataDir, 'events') }),
      openCrypto({
        folder: join(dataDir, 'keys'),
        clock,
        ...(server.masterKey ? { masterKey: parseMasterKey(server.masterKey, 'WATCHFLOOR_MASTER_KEY') } : {}),
      }),
    ])
    opened(bus)
    opened(events)
    const cache = opened(createMemoryCache({ clock, log }))
    const live = opened(await createLive(cache, `${clock.now()}`))
    const outgoing = opened(createOutgoingHttp({ networksForData: server.outgoingNetworks }))
    const outbox = createOutbox({ sql, clock, log })
    const jobs = createSqlJobs({ sql, clock, log })
    jobs.define({
      name: 'sql.vacuum',
      cron: '11 4 * * *',
      retries: 0,
      timeoutSeconds: 3600,
      concurrency: 1,
      run: () => sql.vacuum(),
    })
    const blobs = await openFileBlobs({ folder: join(dataDir, 'blobs'), crypto })
    // One at a time: each process holds all rules.
    const yara = opened(new ScanProcesses({ size: 1 }))
    const platform: Platform = {
      sql,
      bus,
      events,
      jobs,
      blobs,
      cache,
      clock,
      crypto,
      outbox,
      outgoing,
      live,
      yara,
      log,
      metrics,
      randomBytes: (count) => randomBytes(count),
    }
    const parts: [string, () => Promise<unknown>][] = [
      ['database', () => sql.ping(pingMs)],
      ['event store', () => events.ping(pingMs)],
      ['log', () => bus.stats('events.raw')],
      ['blobs', () => blobs.ping()],
    ]
    return {
      platform,
      migrations: [...outboxMigrations, ...jobsMigrations],
      health: () => Promise.all(parts.map(([name, ask]) => healthOf(name, ask))),
      async close() {
        await jobs.stop(stopJobsMs)
        await outbox.stop()
        await close()
      },
    }
  } catch (error) {
    await close()
    throw error
  }
}

async function healthOf(name: string, ask: () => Promise<unknown>): Promise<HealthPart> {
  try {
    await ask()
    return { name, state: 'up' }
  } catch (error) {
    return { name, state: 'down', message: error instanceof Error ? error.message : String(error) }
  }
}
