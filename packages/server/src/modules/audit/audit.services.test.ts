import { randomBytes } from 'node:crypto'
import type { Actor } from '@watchfloor/contracts/kernel'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '../../platform/clock/clock.ts'
import type { Sql } from '../../platform/sql/sql.ts'
import { openTestPostgres, testPostgresUrl } from '../../testing/postgres.ts'
import { quietLog } from '../../testing/quiet-log.ts'
import { createAuditTables } from './migrations/2026-11-21-00-audit.ts'
import { sealWaiting } from './sealer.ts'
import { createAudit } from './service.ts'

const serverUrl = testPostgresUrl()
const anna: Actor = { kind: 'user', id: 'u1', name: 'anna@example.org', roles: [], permissions: new Set() }

describe('audit on PostgreSQL', () => {
  let sql: Sql
  beforeAll(async () => {
    sql = await openTestPostgres(serverUrl ?? '')
    await sql.migrate([createAuditTables])
  })
  afterAll(() => sql?.close())

  it('makes one chain of what many write while several processes seal', async () => {
    const key = async () => secret
    const secret = randomBytes(32)
    const seal = () => sealWaiting({ sql, clock: systemClock, log: quietLog, key })
    const audit = createAudit({ sql, clock: systemClock, key, seal, onRecord() {} })
    let writing = true
    let written = 0
    const writer = async (name: number) => {
      for (let turn = 0; turn < 60; turn++)
        await sql
          .tx(async (db) => {
            await audit.record(db, anna, { action: 'test.write', object: { type: 'test', id: `${name}-${turn}` } })
            await new Promise((resolve) => setTimeout(resolve, (turn * name) % 7))
            await audit.record(db, anna, { action: 'test.write', object: { type: 'test', id: `${name}-${turn}b` } })
            if (turn % 5 === 0) throw new Error('rolled back')
            written += 2
          })
          .catch(() => {})
    }
    const sealer = async () => {
      while (writing) await seal()
    }
    const sealers = Array.from({ length: 3 }, sealer)
    await Promise.all(Array.from({ length: 6 }, (_, name) => writer(name)))
    writing = false
    await Promise.all(sealers)
    await seal()
    expect(written).toBe(6 * 48 * 2)
    expect(await audit.verify()).toMatchObject({ intact: true, checked: written, unsealed: 0 })
    const { rows } = await sql.raw.query(
      'SELECT count(*) AS disordered FROM audit_record AS a JOIN audit_record AS b ON b.number = a.number + 1 WHERE (b.xid, b.id) < (a.xid, a.id)',
    )
    expect(rows).toEqual([{ disordered: 0 }])
  })
})
