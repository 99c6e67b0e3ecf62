import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Actor } from '@watchfloor/contracts/kernel'
import { pack as tarPack } from 'tar-stream'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ZipFile } from 'yazl'
import { steppedClock } from '../../../platform/clock/clock.ts'
import { openCrypto } from '../../../platform/crypto/envelope.ts'
import type { OutgoingRequest } from '../../../platform/http/outgoing.ts'
import { createOutbox } from '../../../platform/outbox/create-outbox.ts'
import { outboxMigrations } from '../../../platform/outbox/outbox-migrations.ts'
import type { Sql } from '../../../platform/sql/sql.ts'
import { openTestSql } from '../../../testing/embedded-sql.ts'
import { openTestCache } from '../../../testing/memory-cache.ts'
import { makeModules } from '../../../testing/module-host.ts'
import { quietLog } from '../../../testing/quiet-log.ts'
import { auditModule } from '../../audit/index.ts'
import { rulesModule } from '../module.ts'
import { RuleReader } from '../reader.ts'
import { Rules } from '../service.ts'
import { RuleOffers } from './offers.ts'
import { type ApplyOptions, RulePacks } from './service.ts'

const clock = steppedClock(Date.UTC(2026, 2, 1))
const ada: Actor = { kind: 'user', id: 'u1', name: 'ada@example.org', roles: [], permissions: new Set() }
const folder = mkdtempSync(join(tmpdir(), 'watchfloor-packs-'))
const reader = new RuleReader(clock)
let sql: Sql
let rules: Rules
let packs: RulePacks
let offers: RuleOffers
let asked: ApplyOptions[] = []
let sent: OutgoingRequest[] = []
let answer: { status: number; body: Uint8Array }

beforeAll(async () => {
  sql = await openTestSql([...outboxMigrations, ...(auditModule.migrations ?? []), ...(rulesModule.migrations ?? [])])
  const crypto = await openCrypto({ folder, clock })
  const audit = makeModules({ sql, clock, cache: openTestCache(clock), crypto }, [auditModule]).use(auditModule)
  const parts = { sql, clock, audit, reader, outbox: createOutbox({ sql, clock, log: quietLog }) }
  rules = new Rules(parts)
  offers = new RuleOffers(parts, rules.writer)
  packs = new RulePacks(
    {
      ...parts,
      outgoing: {
        async send(request) {
          sent.push(request)
          return { ...answer, headers: {}, finalUrl: request.url }
        },
        close: async () => {},
      },
      applyLater: async (_db, _id, _actor, options) => {
        asked.push(options)
      },
    },
    rules.writer,
  )
})
afterAll(async () => {
  await reader.close()
  await sql?.close()
  rmSync(folder, { recursive: true, force: true })
})
beforeEach(async () => {
  asked = []
  sent = []
  await sql.raw.exec('DELETE FROM rule; DELETE FROM rule_version; DELETE FROM rule_pack; DELETE FROM rule_pack_update')
})

const idOf = (number: number): string => `aaaaaaaa-0000-4000-8000-00000000000${number}`
const textOf = (number: number, word = 'whoami'): string => `title: Rule ${number}
id: ${idOf(number)}
status: stable
level: high
logsource:
  product: windows
detection:
  selection:
    CommandLine|contains: ${word}
  condition: selection
`
type Files = Record<string, string>

async function tarGz(files: Files): Promise<Buffer> {
  const archive = tarPack()
  for (const [name, text] of Object.entries(files)) archive.entry({ name }, text)
  archive.finalize()
  const parts: Uint8Array[] = []
  for await (const part of archive as AsyncIterable<Uint8Array>) parts.push(part)
  return gzipSync(Buffer.concat(parts))
}

async function zip(files: Files): Promise<Buffer> {
  const archive = new ZipFile()
  for (const [name, text] of Object.entries(files)) archive.addBuffer(Buffer.from(text), name)
  archive.end()
  const parts: Uint8Array[] = []
  for await (const part of archive.outputStream as unknown as AsyncIterable<Uint8Array>) parts.push(part)
  return Buffer.concat(parts)
}

/** Reads the archive as the pack's next version and applies it. */
async function apply(files: Files, options: Partial<ApplyOptions> = {}) {
  const update = await packs.readArchive(ada, 'sigma', await tarGz(files), null)
  await packs.apply(ada, update.id, { keepRemoved: false, takeTheirs: [], ...options })
  await packs.applyNow(ada, update.id, asked.at(-1) as ApplyOptions)
  return packs.update(update.id)
}
const first = { 'sigma-1/rules/a.yml': textOf(1), 'sigma-1/rules/b.yml': textOf(2), 'sigma-1/readme.md': '# Rules' }
const own = textOf(2, 'ours')

describe('an update of a pack', () => {
  it.each([
    ['a zip', zip],
    ['a tar.gz', tarGz],
  ])('from %s is compared, and changes nothing before it is applied', async (_, packed) => {
    const update = await packs.readArchive(ada, 'sigma', await packed(first), '1')
    expect(update).toMatchObject({ state: 'ready', added: 2, changed: 0, removed: 0, refused: 0, version: '1' })
    expect((await rules.list({}, { sort: 'title', offset: 0, limit: 10 })).total).toBe(0)
  })

  it('says what is added, changed, gone, and in conflict with ours, with both texts', async () => {
    expect(await apply(first)).toMatchObject({ state: 'applied', applied: 2 })
    await rules.update(ada, idOf(2), own, { expectedVersion: 1 })
    const files = { 'sigma-2/rules/b.yml': textOf(2, 'theirs'), 'sigma-2/rules/c.yml': textOf(3) }
    const update = await packs.readArchive(ada, 'sigma', await tarGz(files), '2')
    expect(update).toMatchObject({ added: 1, changed: 0, removed: 1, conflicts: 1 })
    const { items } = await packs.changes(update.id, { offset: 0, limit: 10 })
    expect(items.map((one) => [one.kind, one.ruleId])).toEqual([
      ['conflict', idOf(2)],
      ['removed', idOf(1)],
      ['added', idOf(3)],
    ])
    const { diff } = await packs.change(update.id, idOf(2))
    expect(diff.lines.filter((line) => ['added', 'removed'].includes(line.op)).map((line) => line.text.trim())).toEqual(
      ['CommandLine|contains: ours', 'CommandLine|contains: theirs'],
    )
  })

  it('leaves ours untouched and offers theirs, once', async () => {
    await apply(first)
    await rules.update(ada, idOf(2), own, { expectedVersion: 1 })
    const next = { 'sigma-2/rules/a.yml': textOf(1), 'sigma-2/rules/b.yml': textOf(2, 'theirs') }
    expect(await apply(next)).toMatchObject({ applied: 0 })
    expect(await rules.get(idOf(2))).toMatchObject({ yaml: own, isEdited: true, hasOffer: true, version: 2 })
    expect(await offers.get(idOf(2))).toMatchObject({ pack: 'sigma', diff: { added: 1, removed: 1 } })
    await offers.answer(ada, idOf(2), { action: 'decline', expectedVersion: 2 })
    expect(await packs.readArchive(ada, 'sigma', await tarGz(next), null)).toMatchObject({ conflicts: 0 })
    await expect(offers.get(idOf(2))).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('takes theirs where somebody says so, then or later', async () => {
    await apply(first)
    await rules.update(ada, idOf(1), textOf(1, 'ours'), { expectedVersion: 1 })
    await rules.update(ada, idOf(2), own, { expectedVersion: 1 })
    const next = { 'a/rules/a.yml': textOf(1, 'theirs'), 'a/rules/b.yml': textOf(2, 'theirs') }
    expect(await apply(next, { takeTheirs: [idOf(1)] })).toMatchObject({ applied: 1 })
    expect(await rules.get(idOf(1))).toMatchObject({ yaml: textOf(1, 'theirs'), isEdited: false, version: 3 })
    await offers.answer(ada, idOf(2), { action: 'take', expectedVersion: 2 })
    expect(await rules.get(idOf(2))).toMatchObject({ yaml: textOf(2, 'theirs'), isEdited: false, hasOffer: false })
  })

  it('keeps what people decided, and what is gone if asked to', async () => {
    await apply(first)
    await rules.bulk(ada, { ids: [idOf(1)] }, 'off')
    await apply({ 'x/a.yml': textOf(1, 'new') }, { keepRemoved: true })
    expect(await rules.get(idOf(1))).toMatchObject({ switch: 'off', version: 2 })
    expect(await rules.find(idOf(2))).toBeDefined()
    await apply({ 'x/a.yml': textOf(1, 'new') })
    expect(await rules.find(idOf(2))).toBeUndefined()
  })

  it('is not applied twice, and what is no archive or holds no rule is refused', async () => {
    const update = await packs.readArchive(ada, 'sigma', await tarGz(first), null)
    await packs.apply(ada, update.id, { keepRemoved: false, takeTheirs: [] })
    await expect(packs.apply(ada, update.id, { keepRemoved: false, takeTheirs: [] })).rejects.toMatchObject({
      code: 'CONFLICT',
    })
    const read = (bytes: Buffer) => packs.readArchive(ada, 'sigma', bytes, null)
    await expect(read(Buffer.from('title: no archive'))).rejects.toMatchObject({ code: 'UNSUPPORTED_MEDIA_TYPE' })
    await expect(read((await tarGz(first)).subarray(0, 60))).rejects.toMatchObject({ code: 'UNPROCESSABLE' })
    await expect(read((await zip(first)).subarray(0, 60))).rejects.toMatchObject({ code: 'UNPROCESSABLE' })
    await expect(read(await zip({ 'a.txt': 'a' }))).rejects.toMatchObject({ code: 'UNPROCESSABLE' })
  })
})

describe('a pack', () => {
  it('is fetched from the address that an administrator chose', async () => {
    await expect(packs.fetch(ada, 'sigma')).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await packs.setUrl(ada, 'sigma', 'https://rules.example.com/sigma.tar.gz')
    answer = { status: 200, body: await tarGz(first) }
    expect(await packs.fetch(ada, 'sigma')).toMatchObject({ added: 2, version: '2026-03-01' })
    expect(sent).toMatchObject([{ url: 'https://rules.example.com/sigma.tar.gz', trust: 'administrator' }])
    answer = { status: 404, body: new Uint8Array() }
    await expect(packs.fetch(ada, 'sigma')).rejects.toMatchObject({ code: 'UNPROCESSABLE' })
  })

  it('is listed with what runs and what was changed, and goes without what is ours', async () => {
    await apply(first)
    await rules.update(ada, idOf(2), own, { expectedVersion: 1 })
    expect(await packs.list()).toMatchObject([{ name: 'sigma', rules: 2, enabled: 2, edited: 1, offered: 0 }])
    expect(await packs.remove(ada, 'sigma')).toEqual({ removed: 1, kept: 1 })
    expect(await rules.get(idOf(2))).toMatchObject({ pack: null, yaml: own })
    expect(await packs.list()).toEqual([])
  })
})
