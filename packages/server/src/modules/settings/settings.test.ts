import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Actor } from '@watchfloor/contracts/kernel'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { steppedClock } from '../../platform/clock/clock.ts'
import { openCrypto } from '../../platform/crypto/envelope.ts'
import { memoryLog } from '../../platform/log/memory-log.ts'
import type { Sql } from '../../platform/sql/sql.ts'
import { openTestSql } from '../../testing/embedded-sql.ts'
import { openTestCache } from '../../testing/memory-cache.ts'
import { makeModules } from '../../testing/module-host.ts'
import { type Audit, auditModule } from '../audit/index.ts'
import { settingsModule } from './module.ts'
import { defineOrganisation } from './organisation.ts'
import { createSettings } from './service.ts'

const anna: Actor = { kind: 'user', id: 'u1', name: 'anna@example.org', roles: [], permissions: new Set() }
const clock = steppedClock(Date.UTC(2026, 2, 1))
const log = memoryLog()

let sql: Sql
let audit: Audit
let make: () => ReturnType<typeof createSettings>
const folder = mkdtempSync(join(tmpdir(), 'watchfloor-settings-'))

beforeAll(async () => {
  sql = await openTestSql([...(auditModule.migrations ?? []), ...(settingsModule.migrations ?? [])])
  const parts = { sql, clock, cache: openTestCache(clock), crypto: await openCrypto({ folder, clock }), log }
  audit = makeModules(parts, [auditModule]).use(auditModule)
  make = () => createSettings({ ...parts, audit })
})
afterAll(async () => {
  await sql?.close()
  rmSync(folder, { recursive: true, force: true })
})

function defineAll(settings: ReturnType<typeof createSettings>) {
  const text = { title: 'T', description: 'D.' }
  return {
    organisation: defineOrganisation(settings),
    minutes: settings.define({
      ...text,
      key: 'test.minutes',
      schema: z.number().int().min(5).max(60),
      default: 10,
      unit: 'minutes',
    }),
    on: settings.define({ ...text, key: 'test.on', schema: z.boolean(), default: false }),
    level: settings.define({ ...text, key: 'test.level', schema: z.enum(['low', 'high']), default: 'low' }),
    levels: settings.define({ ...text, key: 'test.levels', schema: z.array(z.enum(['low', 'high'])), default: [] }),
    free: settings.define({ ...text, key: 'test.free', schema: z.object({ a: z.number() }), default: { a: 1 } }),
    password: settings.define({ ...text, key: 'test.password', schema: z.string(), default: '', secret: true }),
  }
}

describe('settings', () => {
  it('have their default until somebody changes them, and again after a reset', async () => {
    const settings = make()
    const { minutes } = defineAll(settings)
    expect(await minutes.get()).toBe(10)
    expect(await settings.view('test.minutes')).toMatchObject({ value: 10, isSet: false, version: 0, updatedBy: null })
    const changed = await settings.set(anna, 'test.minutes', 20, { expectedVersion: 0, reason: 'slow day' })
    expect(changed).toMatchObject({ value: 20, default: 10, isSet: true, version: 1, updatedBy: 'anna@example.org' })
    expect(await minutes.get()).toBe(20)
    expect(await settings.reset(anna, 'test.minutes')).toMatchObject({ value: 10, isSet: false, version: 2 })
    expect(await minutes.get()).toBe(10)
    const { items } = await audit.list({ objectId: 'test.minutes' }, { limit: 5 })
    expect(items.map(({ action, before, after, reason }) => ({ action, before, after, reason }))).toEqual([
      { action: 'settings.reset', before: { value: 20 }, after: { value: 10 }, reason: null },
      { action: 'settings.change', before: { value: 10 }, after: { value: 20 }, reason: 'slow day' },
    ])
  })

  it('refuse what does not fit, what is unknown and what is stale', async () => {
    const settings = make()
    defineAll(settings)
    await expect(settings.set(anna, 'test.minutes', 3)).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      issues: [{ at: 'body.value' }],
    })
    await expect(settings.set(anna, 'test.minutes', '20')).rejects.toMatchObject({ code: 'VALIDATION_FAILED' })
    await expect(settings.set(anna, 'no.such', 1)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(settings.set(anna, 'test.minutes', 30, { expectedVersion: 1 })).rejects.toMatchObject({
      code: 'STALE_EDIT',
      details: { version: 2 },
    })
    await expect(settings.set(anna, 'organisation.timeZone', 'Mars/Olympus')).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
    })
    expect((await settings.set(anna, 'organisation.timeZone', 'Europe/Berlin')).value).toBe('Europe/Berlin')
  })

  it('tell which control edits them', async () => {
    const settings = make()
    defineAll(settings)
    const views = Object.fromEntries((await settings.list()).map((view) => [view.key, view]))
    expect(views['test.minutes']).toMatchObject({ control: 'number', minimum: 5, maximum: 60, unit: 'minutes' })
    expect(views['test.on']?.control).toBe('boolean')
    expect(views['test.level']).toMatchObject({ control: 'choice', choices: ['low', 'high'] })
    expect(views['test.levels']).toMatchObject({ control: 'choices', choices: ['low', 'high'] })
    expect(views['test.free']?.control).toBe('json')
    expect(views['organisation.name']).toMatchObject({ control: 'text', group: 'organisation' })
    expect(views['test.password']?.control).toBe('secret')
  })

  it('show a secret to its module alone', async () => {
    const settings = make()
    const { password } = defineAll(settings)
    const view = await settings.set(anna, 'test.password', 'hunter2hunter2')
    expect(view).toMatchObject({ value: null, default: null, isSet: true })
    expect(await password.get()).toBe('hunter2hunter2')
    const { rows } = await sql.raw.query('SELECT setting::text AS row FROM setting')
    const audited = await audit.list({}, { limit: 50 })
    expect(JSON.stringify([rows, audited, await settings.list(), log.lines])).not.toContain('hunter2')
  })

  it('reach other processes at once', async () => {
    const [here, there] = [make(), make()]
    defineAll(here)
    const { on } = defineAll(there)
    await here.start()
    await there.start()
    expect(await on.get()).toBe(false)
    await here.set(anna, 'test.on', true)
    expect(await on.get()).toBe(true)
    await here.stop()
    await there.stop()
  })

  it('fall back to the default when what is stored no longer fits', async () => {
    const settings = make()
    await sql.raw.exec(`UPDATE setting SET value = '"old"' WHERE key = 'test.on'`)
    const { on } = defineAll(settings)
    expect(await on.get()).toBe(false)
    expect(log.lines.at(-1)).toMatchObject({ level: 'warn', fields: { setting: 'test.on' } })
  })

  it('are defined once, with a default that fits', () => {
    const settings = make()
    defineAll(settings)
    expect(() => defineAll(settings)).toThrow(/defined twice/)
    const wrong = { key: 'test.wrong', title: '', description: '', schema: z.number().max(1), default: 2 }
    expect(() => settings.define(wrong)).toThrow()
  })
})
