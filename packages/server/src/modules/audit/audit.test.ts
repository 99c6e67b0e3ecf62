import { randomBytes } from 'node:crypto'
import type { Actor } from '@watchfloor/contracts/kernel'
import { sql as statement } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { steppedClock } from '../../platform/clock/clock.ts'
import type { Sql } from '../../platform/sql/sql.ts'
import { openTestSql } from '../../testing/embedded-sql.ts'
import { quietLog } from '../../testing/quiet-log.ts'
import { csvOf } from './export-text.ts'
import { createAuditTables } from './migrations/2026-11-21-00-audit.ts'
import { sealWaiting } from './sealer.ts'
import { type Audit, createAudit } from './service.ts'

const startMs = Date.UTC(2026, 2, 1)
const key = randomBytes(32)
const anna: Actor = {
  kind: 'user',
  id: 'u1',
  name: 'anna@example.org',
  roles: ['analyst'],
  permissions: new Set(),
  origin: { ip: '192.0.2.7', userAgent: 'test', requestId: 'r1' },
}

let sql: Sql
let audit: Audit
const clock = steppedClock(startMs)

beforeAll(async () => {
  sql = await openTestSql([createAuditTables])
  const getKey = async () => key
  audit = createAudit({
    sql,
    clock,
    key: getKey,
    seal: () => sealWaiting({ sql, clock, log: quietLog, key: getKey }),
    onRecord() {},
  })
})
afterAll(() => sql?.close())

const tables = ['audit_record', 'audit_anchor', 'audit_head']

/** What an intruder with the database's password does: the triggers are in the way of accidents only. */
async function tamper(text: string): Promise<void> {
  for (const table of tables) await sql.raw.exec(`ALTER TABLE ${table} DISABLE TRIGGER USER`)
  await sql.raw.exec(text)
  for (const table of tables) await sql.raw.exec(`ALTER TABLE ${table} ENABLE TRIGGER USER`)
}

async function write(count: number): Promise<void> {
  await sql.tx(async (db) => {
    for (let index = 0; index < count; index++)
      await audit.record(db, anna, { action: 'alerts.close', object: { type: 'alert', id: `a${index}` } })
  })
}

beforeEach(async () => {
  await tamper(`TRUNCATE ${tables.join(', ')} RESTART IDENTITY`)
})

describe('writing', () => {
  it('stands if and only if the change does', async () => {
    const failed = sql.tx(async (db) => {
      await audit.record(db, anna, { action: 'alerts.close', object: { type: 'alert', id: 'a1' } })
      throw new Error('no')
    })
    await expect(failed).rejects.toThrow('no')
    expect((await audit.list({}, { limit: 10 })).items).toEqual([])
  })

  it('keeps who, what, from where, and no secret', async () => {
    await sql.tx((db) =>
      audit.record(db, anna, {
        action: 'settings.change',
        object: { type: 'setting', id: 'mail.password', title: 'Mail' },
        before: { port: 25 },
        after: { port: 587, password: 'hunter2hunter2' },
        reason: 'new relay',
        count: 1,
      }),
    )
    const { items } = await audit.list({}, { limit: 10 })
    expect(items[0]).toMatchObject({
      number: null,
      at: '2026-03-01T00:00:00.000Z',
      actor: { kind: 'user', id: 'u1', name: 'anna@example.org' },
      action: 'settings.change',
      object: { type: 'setting', id: 'mail.password', title: 'Mail' },
      before: { port: 25 },
      after: { port: 587, password: '•••' },
      reason: 'new relay',
      count: 1,
      ip: '192.0.2.7',
      userAgent: 'test',
      requestId: 'r1',
    })
    const dump = await statement<{ row: string }>`SELECT audit_record::text AS row FROM audit_record`.execute(sql.db)
    expect(JSON.stringify(dump.rows)).not.toContain('hunter2')
  })

  it.each([
    "UPDATE audit_record SET actor_name = 'somebody else'",
    'UPDATE audit_record SET number = 7, hash = $$x$$, reason = $$other$$',
    'DELETE FROM audit_record',
    'TRUNCATE audit_record',
    "INSERT INTO audit_record (at_ms, actor_kind, actor_id, actor_name, action, object_type, object_id, number, hash) VALUES (1, 'user', 'x', 'x', 'x', 'x', 'x', 1, 'x')",
  ])('the table refuses %s', async (text) => {
    await write(1)
    await expect(sql.raw.exec(text)).rejects.toThrow(/written once/)
  })

  it('the table refuses to change a sealed record or its seal', async () => {
    await write(1)
    await audit.seal()
    await expect(sql.raw.exec("UPDATE audit_record SET hash = 'x'")).rejects.toThrow(/written once/)
    await expect(sql.raw.exec('UPDATE audit_record SET number = NULL, hash = NULL')).rejects.toThrow(/written once/)
  })
})

describe('reading', () => {
  it('pages newest first and filters', async () => {
    await write(3)
    await sql.tx((db) =>
      audit.record(
        db,
        { ...anna, id: 'u2', name: 'ben@example.org' },
        {
          action: 'rules.disable',
          object: { type: 'rule', id: 'r1', title: '100 % noise' },
        },
      ),
    )
    const first = await audit.list({}, { limit: 3 })
    expect(first.items.map((item) => item.object.id)).toEqual(['r1', 'a2', 'a1'])
    const second = await audit.list({}, { limit: 3, cursor: first.next })
    expect(second.items.map((item) => item.object.id)).toEqual(['a0'])
    expect(second.next).toBeUndefined()
    const ids = async (filter: Parameters<Audit['list']>[0]) =>
      (await audit.list(filter, { limit: 10 })).items.map((item) => item.object.id)
    expect(await ids({ action: 'rules.' })).toEqual(['r1'])
    expect(await ids({ actor: 'ben@' })).toEqual(['r1'])
    expect(await ids({ actor: 'u1', objectId: 'a1' })).toEqual(['a1'])
    expect(await ids({ text: '% n' })).toEqual(['r1'])
    expect(await ids({ text: '_' })).toEqual([])
    expect(await ids({ to: '2026-03-01T00:00:00.000Z' })).toEqual([])
  })

  it('refuses a cursor of another query', async () => {
    await write(3)
    const { next } = await audit.list({}, { limit: 1 })
    await expect(audit.list({ actor: 'u1' }, { limit: 1, cursor: next })).rejects.toMatchObject({ code: 'BAD_REQUEST' })
  })

  it('exports as CSV that runs no formula, and records that it did', async () => {
    await sql.tx((db) =>
      audit.record(db, anna, { action: 'alerts.close', object: { type: 'alert', id: 'a1', title: '=cmd()' } }),
    )
    let csv = ''
    for await (const line of csvOf(audit.export(anna, {}, new AbortController().signal))) csv += line
    expect(csv).toContain(`"'=cmd()"`)
    expect(csv).toContain('audit.export')
  })
})

describe('the chain', () => {
  it('seals in order without gaps, though rolled-back writers leave gaps in the ids', async () => {
    await write(2)
    await sql
      .tx(async (db) => {
        await audit.record(db, anna, { action: 'alerts.close', object: { type: 'alert', id: 'lost' } })
        throw new Error('rolled back')
      })
      .catch(() => {})
    await write(2)
    expect(await audit.seal()).toBe(4)
    expect(await audit.seal()).toBe(0)
    const { items } = await audit.list({}, { limit: 10 })
    expect(items.map((item) => item.number)).toEqual([4, 3, 2, 1])
    expect(await audit.verify()).toMatchObject({ intact: true, checked: 4, unsealed: 0, firstBroken: null })
  })

  it('verifies an empty log, and one that still waits', async () => {
    expect(await audit.verify()).toMatchObject({ intact: true, checked: 0, head: null })
    await write(2)
    expect(await audit.verify()).toMatchObject({ intact: true, checked: 0, unsealed: 2 })
  })

  it.each([
    ['a changed text', "UPDATE audit_record SET actor_name = 'x' WHERE number = 3", 3, 'record-changed'],
    ['a changed hash', "UPDATE audit_record SET hash = repeat('0', 64) WHERE number = 3", 3, 'record-changed'],
    ['a changed time', 'UPDATE audit_record SET at_ms = at_ms + 1 WHERE number = 1', 1, 'record-changed'],
    ['a removed record', 'DELETE FROM audit_record WHERE number = 2', 2, 'record-missing'],
    ['the first removed', 'DELETE FROM audit_record WHERE number = 1', 1, 'record-missing'],
    ['the last removed', 'DELETE FROM audit_record WHERE number = 5', 5, 'tail-missing'],
    ['all removed', 'DELETE FROM audit_record', 1, 'tail-missing'],
    [
      'one removed and the rest renumbered',
      'DELETE FROM audit_record WHERE number = 2; UPDATE audit_record SET number = number - 1 WHERE number = 3',
      2,
      'record-changed',
    ],
    [
      'two exchanged',
      'UPDATE audit_record SET number = 99 WHERE number = 2; UPDATE audit_record SET number = 2 WHERE number = 3; UPDATE audit_record SET number = 3 WHERE number = 99',
      2,
      'record-changed',
    ],
    ['the end moved', 'DELETE FROM audit_record WHERE number = 5; UPDATE audit_head SET number = 4', 4, 'head-changed'],
    ['the end removed', 'DELETE FROM audit_record WHERE number = 5; DELETE FROM audit_head', 4, 'head-missing'],
  ])('finds %s', async (_what, text, number, kind) => {
    await write(5)
    await audit.seal()
    await tamper(text)
    expect(await audit.verify()).toMatchObject({ intact: false, firstBroken: { number, kind } })
  })

  describe('with anchors', () => {
    beforeEach(async () => {
      for (let round = 0; round < 3; round++) {
        await write(2)
        await audit.seal()
        clock.advance(60 * 60 * 1000)
      }
      await write(1)
      await audit.seal()
    })

    it('is anchored every hour', async () => {
      expect(await audit.verify()).toMatchObject({ intact: true, checked: 7, anchors: 3 })
    })

    it.each([
      ['a changed anchor', "UPDATE audit_anchor SET hash = repeat('0', 64) WHERE number = 4", 4, 'anchor-changed'],
      ['a removed anchor', 'DELETE FROM audit_anchor WHERE number = 4', 4, 'anchor-missing'],
      ['the last anchor removed', 'DELETE FROM audit_anchor WHERE number = 7', 7, 'anchor-missing'],
    ])('finds %s', async (_what, text, number, kind) => {
      await tamper(text)
      expect(await audit.verify()).toMatchObject({ intact: false, firstBroken: { number, kind } })
    })

    it('finds an older end put back in place of the newer', async () => {
      await tamper('CREATE TABLE kept_head AS SELECT * FROM audit_head')
      clock.advance(60 * 60 * 1000)
      await write(2)
      await audit.seal()
      await tamper(
        'DELETE FROM audit_record WHERE number > 7; DELETE FROM audit_head; INSERT INTO audit_head SELECT * FROM kept_head; DROP TABLE kept_head',
      )
      expect(await audit.verify()).toMatchObject({ intact: false, firstBroken: { number: 8, kind: 'tail-missing' } })
    })
  })

  it('seals and walks more than one step', async () => {
    await write(2300)
    expect(await audit.seal()).toBe(2300)
    expect(await audit.verify()).toMatchObject({ intact: true, checked: 2300 })
  })
})
