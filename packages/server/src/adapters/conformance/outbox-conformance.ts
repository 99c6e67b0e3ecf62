import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { systemClock } from '../../platform/clock/clock.ts'
import { createOutbox, type OutboxCare, type OutboxSettings } from '../../platform/outbox/create-outbox.ts'
import type { DomainEvent, DomainEventType, Outbox } from '../../platform/outbox/outbox.ts'
import { outboxMigrations } from '../../platform/outbox/outbox-migrations.ts'
import type { Sql } from '../../platform/sql/sql.ts'
import { quietLog } from '../../testing/quiet-log.ts'

const written = z.object({ writer: z.number(), n: z.number() })
type Written = z.infer<typeof written>
const wrote: DomainEventType<'test.wrote', Written> = { name: 'test.wrote', schema: written }
const spoke: DomainEventType<'test.spoke', { word: string }> = {
  name: 'test.spoke',
  schema: z.object({ word: z.string().max(20) }),
}

export interface OutboxConformanceHost {
  open(): Promise<Sql>
  /** A second program on the same database; absent where one process has it alone. */
  openAgain?(first: Sql): Promise<Sql>
}

/** What the outbox must do on every SQL adapter. */
export function outboxConformance(host: OutboxConformanceHost): void {
  let sql: Sql
  const started: (Outbox & OutboxCare)[] = []
  beforeAll(async () => {
    sql = await host.open()
    await sql.migrate(outboxMigrations)
  }, 60_000)
  afterAll(() => sql.close())
  beforeEach(() => sql.raw.exec('TRUNCATE outbox_event, outbox_consumer, outbox_dead_letter'))
  afterEach(async () => {
    for (const outbox of started.splice(0)) await outbox.stop()
  })

  const make = (settings: Partial<OutboxSettings> = {}, on: Sql = sql): Outbox & OutboxCare => {
    const outbox = createOutbox({
      sql: on,
      clock: systemClock,
      log: quietLog,
      settings: { firstPauseMs: 1, ...settings },
    })
    started.push(outbox)
    return outbox
  }
  const add = <Body>(outbox: Outbox, type: DomainEventType<string, Body>, ...bodies: Body[]) =>
    sql.tx((db) => outbox.add(db, type, bodies))

  it('delivers what was committed, in order, at once, and nothing that was rolled back', async () => {
    const outbox = make()
    const seen = collector<Written>()
    outbox.consume('reader', [wrote], seen.handle)
    await outbox.start()
    await add(outbox, wrote, { writer: 1, n: 1 }, { writer: 1, n: 2 })
    const rolledBack = sql.tx(async (db) => {
      await outbox.add(db, wrote, [{ writer: 1, n: 99 }])
      throw new Error('no')
    })
    await expect(rolledBack).rejects.toThrow('no')
    const startedMs = performance.now()
    await add(outbox, wrote, { writer: 1, n: 3 })
    await seen.until(3)
    expect(performance.now() - startedMs).toBeLessThan(900)
    expect(seen.bodies().map((body) => body.n)).toEqual([1, 2, 3])
  })

  it('gives each consumer the types it asked for, each in its own time', async () => {
    const outbox = make()
    const words = collector<{ word: string }>()
    const numbers = collector<Written>()
    outbox.consume('words', [spoke], words.handle)
    outbox.consume('numbers', [wrote], async (events) => {
      await pause(20)
      await numbers.handle(events)
    })
    await outbox.start()
    await add(outbox, wrote, { writer: 1, n: 1 })
    await add(outbox, spoke, { word: 'hello' })
    await Promise.all([words.until(1), numbers.until(1)])
    expect(words.bodies()).toEqual([{ word: 'hello' }])
    expect(numbers.bodies()).toEqual([{ writer: 1, n: 1 }])
  })

  it('goes on where the consumer stopped, and gives again what was not handled', async () => {
    const first = make({ tries: 1000, longestPauseMs: 5 })
    const before = collector<Written>()
    first.consume('reader', [wrote], async (events) => {
      if (events.some((event) => event.body.n === 3)) throw new Error('the program is about to end')
      await before.handle(events)
    })
    await first.start()
    await add(first, wrote, ...[1, 2, 3, 4].map((n) => ({ writer: 1, n })))
    await before.until(2)
    await first.stop()
    const second = make()
    const after = collector<Written>()
    second.consume('reader', [wrote], after.handle)
    await second.start()
    await after.until(2)
    expect(before.bodies().map((body) => body.n)).toEqual([1, 2])
    expect(after.bodies().map((body) => body.n)).toEqual([3, 4])
  })

  it('sets an event aside that fails every time, delivers its neighbours, and gives it again on request', async () => {
    const outbox = make({ tries: 3 })
    const seen = collector<Written>()
    let isCured = false
    let triesOfSecond = 0
    outbox.consume('reader', [wrote], async (events) => {
      if (events.some((event) => event.body.n === 2)) {
        triesOfSecond += events.length === 1 ? 1 : 0
        if (!isCured) throw new Error('cannot bear 2')
      }
      await seen.handle(events)
    })
    await outbox.start()
    await add(outbox, wrote, ...[1, 2, 3, 4].map((n) => ({ writer: 1, n })))
    await seen.until(3)
    expect(seen.bodies().map((body) => body.n)).toEqual([1, 3, 4])
    expect(triesOfSecond).toBe(3)
    const dead = await outbox.deadLetters(10)
    expect(dead).toMatchObject([{ consumer: 'reader', name: 'test.wrote', body: { writer: 1, n: 2 } }])
    expect(dead[0]?.error).toContain('cannot bear 2')
    isCured = true
    expect(await outbox.redeliver('reader', dead[0]?.seq ?? 0)).toBe(true)
    expect(await outbox.deadLetters(10)).toEqual([])
    expect(await outbox.redeliver('reader', dead[0]?.seq ?? 0)).toBe(false)
  })

  it('refuses an invalid body when it is added, and sets one aside that the table holds', async () => {
    const outbox = make()
    const seen = collector<{ word: string }>()
    outbox.consume('reader', [spoke], seen.handle)
    await outbox.start()
    await expect(add(outbox, spoke, { word: 'x'.repeat(21) })).rejects.toThrow(/test.spoke.*invalid/s)
    await sql.raw.exec(`INSERT INTO outbox_event (name, body, at_ms) VALUES ('test.spoke', '{"word": 7}', 1)`)
    await add(outbox, spoke, { word: 'fine' })
    await seen.until(1)
    expect(seen.bodies()).toEqual([{ word: 'fine' }])
    expect(await outbox.deadLetters(10)).toHaveLength(1)
  })

  it('lets live streams see every event from now on, until they leave', async () => {
    const outbox = make()
    await outbox.start()
    await add(outbox, spoke, { word: 'before' })
    const seen = collector<unknown>()
    const leave = outbox.tap((events) => void seen.handle(events))
    await pause(100)
    await add(outbox, spoke, { word: 'one' })
    await add(outbox, wrote, { writer: 1, n: 1 })
    await seen.until(2)
    leave()
    await add(outbox, spoke, { word: 'after' })
    await pause(100)
    expect(seen.bodies()).toEqual([{ word: 'one' }, { writer: 1, n: 1 }])
  })

  it('deletes what is old once every consumer has it behind, and nothing before', async () => {
    const outbox = make({ keepMs: -60_000 })
    const seen = collector<Written>()
    outbox.consume('fast', [wrote], seen.handle)
    await outbox.start()
    await sql.raw.exec(`INSERT INTO outbox_consumer (name, xid, seq) VALUES ('slow', '0', 0)`)
    await add(outbox, wrote, { writer: 1, n: 1 }, { writer: 1, n: 2 })
    await seen.until(2)
    await outbox.stop()
    expect(await outbox.prune()).toBe(0)
    await sql.raw.exec(`DELETE FROM outbox_consumer WHERE name = 'slow'`)
    expect(await outbox.prune()).toBe(2)
  })

  it('goes on after a restore whose transaction ids lie in the future', async () => {
    const first = make()
    const before = collector<Written>()
    first.consume('reader', [wrote], before.handle)
    await first.start()
    await add(first, wrote, { writer: 1, n: 1 })
    await before.until(1)
    await first.stop()
    await add(first, wrote, { writer: 1, n: 2 })
    // What a dump from a cluster with a longer history looks like here.
    await sql.raw.exec(`UPDATE outbox_event SET xid = (xid::text::numeric + 10000000000)::text::xid8;
      UPDATE outbox_consumer SET xid = (xid::text::numeric + 10000000000)::text::xid8 WHERE xid > '0'`)
    const second = make()
    const after = collector<Written>()
    second.consume('reader', [wrote], after.handle)
    await second.start()
    await add(second, wrote, { writer: 1, n: 3 })
    await after.until(2)
    expect(after.bodies().map((body) => body.n)).toEqual([2, 3])
  })

  it('misses nothing and repeats nothing with eight writers that commit out of order', async () => {
    const writers = 8
    const transactionsEach = 40
    const outbox = make({ batchSize: 7 })
    const seen = collector<Written>()
    const tapped = collector<unknown>()
    outbox.consume('reader', [wrote], seen.handle)
    outbox.tap((events) => void tapped.handle(events))
    await outbox.start()
    await pause(50)
    const write = async (writer: number) => {
      let n = 0
      for (let transaction = 0; transaction < transactionsEach; transaction += 1) {
        await sql.tx(async (db) => {
          await outbox.add(db, wrote, [{ writer, n: n++ }])
          // The others take sequence numbers and commit while this one is open.
          await pause((writer * 7 + transaction * 3) % 13)
          await outbox.add(db, wrote, [{ writer, n: n++ }])
        })
      }
    }
    await Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)))
    const total = writers * transactionsEach * 2
    await seen.until(total)
    await tapped.until(total)
    await pause(100)
    const inOrder = Array.from({ length: transactionsEach * 2 }, (_, n) => n)
    for (let writer = 0; writer < writers; writer += 1)
      expect(seen.bodies().flatMap((body) => (body.writer === writer ? [body.n] : []))).toEqual(inOrder)
    expect(seen.bodies()).toHaveLength(total)
    expect(tapped.bodies()).toEqual(seen.bodies())
  }, 60_000)

  describe.skipIf(host.openAgain === undefined)(
    `two programs on one database${host.openAgain ? '' : ' (skipped: this engine serves one process alone)'}`,
    () => {
      it('share a consumer without giving it anything twice, and the second takes over from the first', async () => {
        const otherSql = await host.openAgain?.(sql)
        if (otherSql === undefined) throw new Error('unreachable')
        const seen = collector<Written>()
        const byHolder = { first: 0, second: 0 }
        const first = make()
        const second = make({ pollMs: 50 }, otherSql)
        try {
          first.consume('reader', [wrote], async (events) => {
            byHolder.first += events.length
            await seen.handle(events)
          })
          second.consume('reader', [wrote], async (events) => {
            byHolder.second += events.length
            await seen.handle(events)
          })
          await first.start()
          await add(first, wrote, { writer: 1, n: 0 })
          await seen.until(1)
          await second.start()
          for (let n = 1; n < 50; n += 1) await add(first, wrote, { writer: 1, n })
          await seen.until(50)
          expect(byHolder).toEqual({ first: 50, second: 0 })
          await first.stop()
          for (let n = 50; n < 60; n += 1) await add(first, wrote, { writer: 1, n })
          await seen.until(60)
          expect(byHolder).toEqual({ first: 50, second: 10 })
          expect(seen.bodies().map((body) => body.n)).toEqual(Array.from({ length: 60 }, (_, n) => n))
        } finally {
          await second.stop()
          await otherSql.close()
        }
      })
    },
  )
}

function collector<Body>() {
  const events: DomainEvent<Body>[] = []
  let check = () => {}
  return {
    async handle(more: DomainEvent<Body>[]): Promise<void> {
      events.push(...more)
      check()
    },
    bodies: (): Body[] => events.map((event) => event.body),
    until(count: number): Promise<void> {
      const reached = Promise.withResolvers<void>()
      const timer = setTimeout(
        () => reached.reject(new Error(`waited for ${count} events, got ${events.length}`)),
        20_000,
      )
      check = () => {
        if (events.length >= count) reached.resolve()
      }
      check()
      return reached.promise.finally(() => clearTimeout(timer))
    },
  }
}
