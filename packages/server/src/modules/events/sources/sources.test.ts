import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemActor } from '@watchfloor/contracts/kernel'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { columnsOf } from '../../../adapters/conformance/event-samples.ts'
import { openDuckDbEventStore } from '../../../adapters/embedded/events/duckdb-event-store.ts'
import { steppedClock } from '../../../platform/clock/clock.ts'
import { openCrypto } from '../../../platform/crypto/envelope.ts'
import type { EventStore } from '../../../platform/events/event-store.ts'
import type { JobRun } from '../../../platform/jobs/jobs.ts'
import { createMetrics } from '../../../platform/metrics/prometheus.ts'
import { createOutbox } from '../../../platform/outbox/create-outbox.ts'
import { outboxMigrations } from '../../../platform/outbox/outbox-migrations.ts'
import type { Sql } from '../../../platform/sql/sql.ts'
import { openTestSql } from '../../../testing/embedded-sql.ts'
import { makeModules } from '../../../testing/module-host.ts'
import { quietLog } from '../../../testing/quiet-log.ts'
import { auditModule } from '../../audit/index.ts'
import { eventsConfig } from '../config.ts'
import { eventsModule } from '../module.ts'
import { retentionJobs } from '../retention.ts'
import type { Sources } from './service.ts'

const minuteMs = 60_000
const dayMs = 86_400_000
const actor = systemActor('a test')
const clock = steppedClock(Date.UTC(2026, 2, 1))
const folder = mkdtempSync(join(tmpdir(), 'watchfloor-sources-'))
let sql: Sql
let events: EventStore
/** As one process has them; another call is what a restarted one has. */
let makeSources: () => Promise<Sources>
let sources: Sources
let offset = 0

beforeAll(async () => {
  sql = await openTestSql([...outboxMigrations, ...(auditModule.migrations ?? []), ...(eventsModule.migrations ?? [])])
  events = await openDuckDbEventStore({ folder: join(folder, 'events') })
  const crypto = await openCrypto({ folder, clock })
  makeSources = async () => {
    const outbox = createOutbox({ sql, clock, log: quietLog })
    const parts = { sql, events, clock, outbox, crypto, metrics: createMetrics(), randomBytes }
    // The log is not reached from here.
    const modules = makeModules({ ...parts, bus: undefined as never }, [auditModule, eventsModule])
    const made = modules.use(eventsModule).sources
    await made.load()
    return made
  }
  sources = await makeSources()
})
afterAll(async () => {
  await events?.close()
  await sql?.close()
  rmSync(folder, { recursive: true, force: true })
})

const progress = (sourceId: string, received: number, parseFailures: number) =>
  sql.tx((db) =>
    sources.recordProgress(db, [
      { sourceId, received, parseFailures, bytes: 100, receivedMs: clock.now(), newestEventMs: clock.now() },
    ]),
  )
const healthOf = async (id: string, of = sources) => (await of.list()).find((one) => one.id === id)?.health
const store = (sourceId: string, count: number) => {
  const first = offset
  offset += count
  return events.append(columnsOf(Array(count).fill({ sourceId, timeMs: clock.now(), raw: 'a line' }), first), {
    topic: 'logs',
    partition: 0,
    first,
    next: offset,
  })
}

describe("a source's health", () => {
  it('says how it is now: neither a good year nor a bad one decides', async () => {
    const { id } = await sources.ensure(actor, 'http', 'health')
    await progress(id, 100_000, 0)
    expect(await healthOf(id)).toBe('ok')
    clock.advance(11 * minuteMs)
    await progress(id, 10, 5)
    expect(await healthOf(id)).toBe('failing')
    clock.advance(11 * minuteMs)
    await progress(id, 10, 0)
    expect(await healthOf(id)).toBe('ok')
    sources.countRejected(id, 10)
    expect(await healthOf(id)).toBe('failing')
  })

  it('goes by everything that ever came when nothing came lately', async () => {
    const { id } = await sources.ensure(actor, 'http', 'restarted')
    await progress(id, 10, 9)
    expect(await healthOf(id, await makeSources())).toBe('failing')
    await progress(id, 1000, 0)
    expect(await healthOf(id, await makeSources())).toBe('ok')
  })

  it('is failing while its files cannot be read', async () => {
    const { id } = await sources.ensure(actor, 'file', 'unreadable')
    sources.setFailing(id, true)
    expect(await healthOf(id)).toBe('failing')
    sources.setFailing(id, false)
    expect(await healthOf(id)).toBe('new')
  })
})

describe('a change to a source', () => {
  it('is answered with what the source has stored', async () => {
    const { id } = await sources.ensure(actor, 'http', 'changed')
    await store(id, 3)
    const changed = await sources.update(actor, id, { name: 'renamed' })
    expect(changed).toMatchObject({ name: 'renamed', storedEvents: 3 })
    expect(changed.storedBytes).toBeGreaterThan(0)
  })
})

describe('deleting a source', () => {
  const retain = () => {
    const config = eventsConfig.parse({ retentionDays: 30 })
    const [job] = retentionJobs({ store: events, sources, clock, config, log: quietLog })
    const run = { signal: new AbortController().signal, progress: async () => {} }
    return job?.run(run as unknown as JobRun<undefined>)
  }

  it('is refused while it is switched on, and when it is gone already', async () => {
    const { id } = await sources.ensure(actor, 'http', 'on')
    await expect(sources.delete(actor, id)).rejects.toMatchObject({ code: 'CONFLICT' })
    await sources.update(actor, id, { enabled: false })
    await sources.delete(actor, id)
    await expect(sources.delete(actor, id)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(sources.update(actor, id, { enabled: true })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    const { rows } = await sql.raw.query(`SELECT count(*)::int AS n FROM audit_record WHERE action = 'sources.delete'`)
    expect(rows).toEqual([{ n: 1 }])
  })

  it('frees its name; its events stay under it until their own retention', async () => {
    const old = await sources.ensure(actor, 'http', 'freed')
    await sources.update(actor, old.id, { enabled: false, retention_days: 5 })
    await store(old.id, 4)
    await sources.delete(actor, old.id)
    expect((await sources.list()).map((one) => one.name)).not.toContain('freed')
    const fresh = await sources.ensure(actor, 'http', 'freed')
    expect(fresh.id).not.toBe(old.id)

    const eventsOf = async (id: string) => (await events.usage()).find((one) => one.sourceId === id)?.events ?? 0
    clock.advance(4 * dayMs)
    await retain()
    expect(await eventsOf(old.id)).toBe(4)
    expect((await makeSources()).nameOf(old.id)).toBe('freed')
    clock.advance(2 * dayMs)
    await retain()
    expect(await eventsOf(old.id)).toBe(0)
    expect((await makeSources()).known(old.id)).toBeUndefined()
    expect((await makeSources()).known(fresh.id)?.name).toBe('freed')
  })
})
