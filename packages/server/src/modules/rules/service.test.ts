import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Actor } from '@watchfloor/contracts/kernel'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { steppedClock } from '../../platform/clock/clock.ts'
import { openCrypto } from '../../platform/crypto/envelope.ts'
import { createOutbox } from '../../platform/outbox/create-outbox.ts'
import { outboxMigrations } from '../../platform/outbox/outbox-migrations.ts'
import type { Sql } from '../../platform/sql/sql.ts'
import { openTestSql } from '../../testing/embedded-sql.ts'
import { openTestCache } from '../../testing/memory-cache.ts'
import { makeModules } from '../../testing/module-host.ts'
import { quietLog } from '../../testing/quiet-log.ts'
import { type Audit, auditModule } from '../audit/index.ts'
import { rulesModule } from './module.ts'
import { RuleReader } from './reader.ts'
import { Rules } from './service.ts'

const clock = steppedClock(Date.UTC(2026, 2, 1))
const ada: Actor = { kind: 'user', id: 'u1', name: 'ada@example.org', roles: [], permissions: new Set() }
const folder = mkdtempSync(join(tmpdir(), 'watchfloor-rules-'))

/** Answers only when so many have asked, so that their saves truly meet. */
class MeetingReader extends RuleReader {
  #awaited = 0
  #meet: () => void = () => {}
  #met: Promise<void> = Promise.resolve()

  expect(readers: number): void {
    this.#awaited = readers
    this.#met = new Promise((resolve) => {
      this.#meet = resolve
    })
  }

  override async read(files: Parameters<RuleReader['read']>[0]): ReturnType<RuleReader['read']> {
    const read = await super.read(files)
    if (--this.#awaited <= 0) this.#meet()
    await this.#met
    return read
  }
}
const reader = new MeetingReader(clock)
let sql: Sql
let audit: Audit
let rules: Rules

beforeAll(async () => {
  sql = await openTestSql([...outboxMigrations, ...(auditModule.migrations ?? []), ...(rulesModule.migrations ?? [])])
  const parts = { sql, clock, cache: openTestCache(clock), crypto: await openCrypto({ folder, clock }) }
  audit = makeModules(parts, [auditModule]).use(auditModule)
  rules = new Rules({ sql, clock, audit, reader, outbox: createOutbox({ sql, clock, log: quietLog }) })
})
afterAll(async () => {
  await reader.close()
  await sql?.close()
  rmSync(folder, { recursive: true, force: true })
})
beforeEach(async () => {
  await sql.raw.exec('DELETE FROM rule; DELETE FROM rule_version; DELETE FROM outbox_event')
  await rules.setPolicy(ada, { levels: ['high', 'critical'], statuses: ['stable', 'test'] })
  await sql.raw.exec('DELETE FROM outbox_event')
})

const idOf = (number: number): string => `aaaaaaaa-0000-4000-8000-00000000000${number}`
const textOf = (number: number, more: { title?: string; level?: string; word?: string } = {}): string =>
  `title: ${more.title ?? `Rule ${number}`}
id: ${idOf(number)}
status: stable
level: ${more.level ?? 'high'}
logsource:
  product: windows
detection:
  selection:
    CommandLine|contains: ${more.word ?? 'whoami'}
  condition: selection
`
const broken = `title: Broken
logsource:
  product: windows
detection:
  selection:
    CommandLine|nosuchmodifier: a
  condition: selection
`
const importAll = (...texts: string[]) =>
  rules.importFiles(
    ada,
    'pack',
    texts.map((text, at) => ({ path: `${at}.yml`, text })),
  )
const running = async () => (await rules.runnable()).rules.map((rule) => rule.id)
const timesTold = async () => (await sql.raw.query('SELECT 1 FROM outbox_event')).rows.length

describe('an import', () => {
  it('adds rules, runs those of the policy, and tells so once', async () => {
    expect(await importAll(textOf(1), textOf(2, { level: 'low' }))).toMatchObject({ added: 2, enabled: 1, refused: 0 })
    expect(await running()).toEqual([idOf(1)])
    expect(await timesTold()).toBe(1)
  })

  it('changes nothing and tells nobody when it comes again', async () => {
    await importAll(textOf(1))
    const before = await rules.runnable()
    expect(await importAll(textOf(1))).toMatchObject({ added: 0, updated: 0, unchanged: 1 })
    expect(await rules.runnable()).toEqual(before)
    expect(await timesTold()).toBe(1)
  })

  it('leaves switched what somebody switched, while its text follows', async () => {
    await importAll(textOf(1), textOf(2, { level: 'low' }))
    await rules.bulk(ada, { ids: [idOf(1)] }, 'off')
    await rules.bulk(ada, { ids: [idOf(2)] }, 'on')
    expect(await importAll(textOf(1, { word: 'net' }), textOf(2, { level: 'low', word: 'net' }))).toMatchObject({
      updated: 2,
    })
    expect(await running()).toEqual([idOf(2)])
    expect(await rules.get(idOf(1))).toMatchObject({ switch: 'off', enabled: false, version: 2 })
  })

  it('counts a rule with errors as refused and as nothing else, the first time and again', async () => {
    const counts = { added: 1, updated: 0, unchanged: 0, refused: 1 }
    const first = await importAll(textOf(1), broken)
    expect(first).toMatchObject(counts)
    expect(first.diagnostics).toContainEqual(expect.objectContaining({ level: 'error', file: '1.yml' }))
    expect(await importAll(textOf(1), broken)).toMatchObject({ ...counts, added: 0, unchanged: 1 })
  })
})

describe('filters and correlations', () => {
  const filter = `title: Not the administrators
id: bbbbbbbb-0000-4000-8000-000000000001
logsource:
  product: windows
filter:
  rules:
    - ${idOf(1)}
  selection:
    User: admin
  condition: not selection
`
  const correlation = `title: Many
id: cccccccc-0000-4000-8000-000000000001
status: stable
level: high
correlation:
  type: event_count
  rules:
    - ${idOf(2)}
  group-by:
    - User
  timespan: 5m
  condition:
    gte: 3
`
  const idsOf = async () => {
    const { rules: alone, parts, filters, correlations } = await rules.runnable()
    return [alone, parts, filters, correlations].map((list) => list.map((one) => one.id.slice(0, 1) + one.id.slice(-1)))
  }

  it('wait for the rules that they name, and run beside them', async () => {
    expect(await importAll(filter, correlation)).toMatchObject({ added: 2, waiting: 2, enabled: 0 })
    expect(await idsOf()).toEqual([[], [], [], []])
    await importAll(textOf(1), textOf(2))
    expect(await idsOf()).toEqual([['a1', 'a2'], [], ['b1'], ['c1']])
    await rules.bulk(ada, { ids: [idOf(1)] }, 'delete')
    expect(await idsOf()).toEqual([['a2'], [], [], ['c1']])
  })

  it('wait when they lead back to themselves, and say so', async () => {
    const called = (name: string, ...of: string[]) =>
      correlation
        .replace(
          /^id: .*$/m,
          `id: ${name.charCodeAt(1)}${name.charCodeAt(0)}00-0000-4000-8000-000000000000\nname: ${name}`,
        )
        .replace('title: Many', `title: ${name}`)
        .replace(`    - ${idOf(2)}`, of.map((one) => `    - ${one}`).join('\n'))
    const said = async () => {
      const { items } = await rules.list({ kind: 'correlation' }, { sort: 'title', offset: 0, limit: 10 })
      const details = await Promise.all(items.map(({ id }) => rules.get(id)))
      return details.map(({ title, state, enabled, diagnostics }) => [
        `${title} ${state} ${enabled}`,
        ...diagnostics.map(({ code, message }) => `${code} ${message}`),
      ])
    }
    await importAll(textOf(2), called('one', 'two'), called('two', 'three', idOf(2)), called('three', 'one'))
    await importAll(called('outer', 'two'), called('sound', idOf(2)))
    const cycle = (names: string) => `has errors: the correlation refers to itself: ${names}`
    expect(await said()).toEqual([
      ['one waiting false', expect.stringContaining(cycle('"one" → "two" → "three" → "one"'))],
      ['outer waiting false', expect.stringContaining(cycle('"two" → "three" → "one" → "two"'))],
      ['sound ready true'],
      ['three waiting false', expect.stringContaining(cycle('"three" → "one" → "two" → "three"'))],
      ['two waiting false', expect.stringContaining(cycle('"two" → "three" → "one" → "two"'))],
    ])
    await importAll(called('three', idOf(2)))
    expect((await said()).every(([state]) => state?.endsWith(' ready true'))).toBe(true)
  })

  it('are matched over rules that are off when they name them', async () => {
    await importAll(textOf(1), textOf(2, { level: 'low' }), correlation)
    expect(await idsOf()).toEqual([['a1'], ['a2'], [], ['c1']])
    await rules.bulk(ada, { ids: ['cccccccc-0000-4000-8000-000000000001'] }, 'off')
    expect(await idsOf()).toEqual([['a1'], [], [], []])
  })
})

describe('the policy', () => {
  it('decides for every rule that nobody has switched', async () => {
    await importAll(textOf(1), textOf(2, { level: 'low' }), textOf(3))
    await rules.bulk(ada, { ids: [idOf(3)] }, 'on')
    await rules.setPolicy(ada, { levels: ['low'], statuses: ['stable'] })
    expect(await running()).toEqual([idOf(2), idOf(3)])
    await rules.bulk(ada, { ids: [idOf(3)] }, 'policy')
    expect(await running()).toEqual([idOf(2)])
  })
})

describe('an edit', () => {
  it('of one version by three people at once is taken from one of them', async () => {
    await importAll(textOf(1))
    reader.expect(3)
    const saves = await Promise.allSettled(
      ['a', 'b', 'c'].map((word) => rules.update(ada, idOf(1), textOf(1, { word }), { expectedVersion: 1 })),
    )
    const refused = saves.flatMap((save) => (save.status === 'rejected' ? [save.reason] : []))
    expect(refused).toMatchObject([{ code: 'STALE_EDIT' }, { code: 'STALE_EDIT' }])
    expect(await rules.get(idOf(1))).toMatchObject({ version: 2 })
    const { items } = await audit.list({ action: 'rules.update', objectId: idOf(1) }, { limit: 10 })
    expect(items).toMatchObject([{ before: { version: 1 } }])
  })

  it('is refused when the rule was deleted meanwhile, has errors, or carries another id', async () => {
    await importAll(textOf(1))
    await expect(rules.update(ada, idOf(1), broken, { expectedVersion: 1 })).rejects.toMatchObject({
      code: 'RULE_INVALID',
    })
    await expect(rules.update(ada, idOf(1), textOf(2), { expectedVersion: 1 })).rejects.toMatchObject({
      code: 'UNPROCESSABLE',
    })
    await rules.bulk(ada, { ids: [idOf(1)] }, 'delete')
    await expect(rules.update(ada, idOf(1), textOf(1), { expectedVersion: 1 })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
  })

  it('that makes one new rule twice at once makes it once', async () => {
    reader.expect(2)
    const saves = await Promise.allSettled([1, 2].map(() => rules.create(ada, textOf(4), 'own')))
    expect(saves.filter((save) => save.status === 'rejected')).toMatchObject([{ reason: { code: 'CONFLICT' } }])
    expect(await rules.get(idOf(4))).toMatchObject({ version: 1, origin: 'own' })
  })
})
