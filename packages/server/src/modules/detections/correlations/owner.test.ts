import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Detection } from '@watchfloor/contracts/detections'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openFileBlobs } from '../../../adapters/embedded/blobs/file-blobs.ts'
import { openLmdbBus } from '../../../adapters/embedded/bus/lmdb-bus.ts'
import type { Blobs } from '../../../platform/blobs/blobs.ts'
import type { Bus } from '../../../platform/bus/bus.ts'
import { systemClock } from '../../../platform/clock/clock.ts'
import { openCrypto } from '../../../platform/crypto/envelope.ts'
import { memoryLog } from '../../../platform/log/memory-log.ts'
import { createMetrics } from '../../../platform/metrics/prometheus.ts'
import type { Sql } from '../../../platform/sql/sql.ts'
import { TaskCrashed } from '../../../platform/threads/pool.ts'
import { openTestSql } from '../../../testing/embedded-sql.ts'
import type { RunnableRule, RunnableSet } from '../../rules/index.ts'
import { createCorrelationState } from '../migrations/2026-11-21-13-correlation-state.ts'
import { encodeMatches } from './match-record.ts'
import { matchTopic } from './matches-sink.ts'
import { CorrelationOwner, type CorrelationPool, correlationPool } from './owner.ts'

const beginMs = Date.UTC(2026, 2, 1)

const runnable = (id: string, more: Partial<RunnableRule> = {}): RunnableRule => ({
  id,
  name: id,
  switch: 'policy',
  version: 1,
  title: `Title of ${id}`,
  level: 'high',
  techniques: [],
  yaml: '',
  ...more,
})

const guessing = (more: Partial<RunnableRule> = {}, atLeast = 3) => ({
  ...runnable('guessing', more),
  isPart: false,
  yaml: `title: guessing
name: guessing
correlation:
  type: event_count
  rules: [failed]
  group-by: [User]
  timespan: 5m
  condition: {gte: ${atLeast}}
`,
})

const setOf = (
  correlations: RunnableSet['correlations'],
  rules = [runnable('failed'), runnable('other')],
): RunnableSet => ({
  revision: 1,
  rules,
  parts: [],
  filters: [],
  correlations,
})

let folder: string
let sql: Sql
let bus: Bus
let blobs: Blobs
let metrics: ReturnType<typeof createMetrics>
let log: ReturnType<typeof memoryLog>
let pool: ReturnType<typeof mortalPool>
let owner: CorrelationOwner
/** What was written, by id: writing it again changes nothing. */
let written: Map<string, Detection>
let twice: number
let refusals: number

/** The real thread, which can be made to die with all it knows. */
function mortalPool(): CorrelationPool & { dies: boolean } {
  let real = correlationPool()
  const mortal = {
    dies: false,
    async run(task: Parameters<CorrelationPool['run']>[0]) {
      if (!mortal.dies) return real.run(task)
      mortal.dies = false
      await real.close()
      real = correlationPool()
      throw new TaskCrashed('correlate', 'out of memory')
    },
    close: () => real.close(),
  }
  return mortal
}

beforeAll(async () => {
  sql = await openTestSql([createCorrelationState])
})
afterAll(() => sql?.close())
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'watchfloor-owner-'))
  log = memoryLog()
  metrics = createMetrics()
  await sql.raw.exec('DELETE FROM correlation_state')
  bus = await openLmdbBus({ folder: join(folder, 'log'), clock: systemClock, log })
  const crypto = await openCrypto({ folder: join(folder, 'keys'), clock: systemClock })
  blobs = await openFileBlobs({ folder: join(folder, 'blobs'), crypto })
  written = new Map()
  twice = 0
  refusals = 0
  await open()
})
afterEach(async () => {
  await owner.stop()
  await bus.close()
  await rm(folder, { recursive: true, force: true })
})

async function open(): Promise<void> {
  pool = mortalPool()
  owner = new CorrelationOwner(
    { maxGroups: 1000, latenessMs: 60_000, checkpointEveryMs: 600_000 },
    {
      sql,
      bus,
      blobs,
      clock: systemClock,
      log,
      metrics,
      async record(_db, detections) {
        if (refusals > 0) {
          refusals--
          throw new Error('the database is away')
        }
        for (const one of detections) {
          if (written.has(one.id)) twice++
          written.set(one.id, one)
        }
        return detections.length
      },
    },
    pool,
  )
  await owner.start()
}

/** Without the goodbye that makes everything durable. */
async function crash(): Promise<void> {
  const dead = owner
  pool.run = () => Promise.reject(new Error('this owner is dead'))
  await dead.stop()
  await open()
}

async function fail(user: string, ...seconds: number[]): Promise<void> {
  const matches = seconds.map((second) => ({
    ruleId: 'failed',
    eventId: `${user}-${second}`,
    timeMs: beginMs + second * 1000,
    values: { User: user },
    sourceId: 'source-1',
    entities: { 'host.name': 'host-1' },
  }))
  for (const value of encodeMatches(matches)) await bus.publish(matchTopic, [{ value }])
}

const groups = (): string[] =>
  [...written.values()]
    .map(({ evidence }) => (evidence?.type === 'correlation' ? (evidence.group.User ?? '') : ''))
    .toSorted()

describe('the owner of correlations', () => {
  it('says what each rule is for', async () => {
    const set = await owner.take(setOf([guessing()]))
    expect(set).toMatchObject({
      correlations: 1,
      rules: [{ id: 'failed', isQuiet: true, wanted: ['User'] }, { id: 'other' }],
    })
    expect(set.rules[1]).not.toHaveProperty('wanted')
    const pinned = await owner.take(setOf([guessing()], [runnable('failed', { switch: 'on' })]))
    expect(pinned.rules[0]).not.toHaveProperty('isQuiet')
    const unknown = await owner.take(setOf([guessing()], [runnable('other')]))
    expect(unknown.rules[0]).not.toHaveProperty('isQuiet')
    expect(log.lines.map(({ message }) => message)).toContain('a correlation cannot run')
  })

  it('leaves the thread alone when a change of the rules does not concern it', async () => {
    const set = setOf([guessing()])
    const tagged = await owner.take(set)
    pool.run = () => Promise.reject(new Error('nothing is to be asked'))
    const edited = set.rules.map((rule) => ({ ...rule, version: 2, yaml: 'edited' }))
    expect((await owner.take({ ...set, rules: edited })).rules[0]).toEqual({
      ...tagged.rules[0],
      version: 2,
      yaml: 'edited',
    })
  })

  it('starts no thread while there are no correlations', async () => {
    pool.run = () => Promise.reject(new Error('nothing is to be asked'))
    expect(await owner.take(setOf([]))).toMatchObject({ correlations: 0, rules: [{ id: 'failed' }, { id: 'other' }] })
  })

  it('makes a detection of a window, with the events behind it', async () => {
    await owner.take(setOf([guessing()]))
    await fail('alice', 1, 2, 3, 4)
    await owner.settled()
    expect([...written.values()]).toMatchObject([
      {
        kind: 'correlation',
        ruleId: 'guessing',
        ruleTitle: 'Title of guessing',
        eventId: 'alice-3',
        sourceId: 'source-1',
        time: new Date(beginMs + 3000).toISOString(),
        entities: { 'host.name': 'host-1' },
        evidence: {
          value: 3,
          eventIds: ['alice-3', 'alice-2', 'alice-1'],
          rules: [{ ruleId: 'failed', title: 'Title of failed', count: 3 }],
        },
      },
    ])
  })

  it.each([
    ['was stopped', () => owner.stop().then(open)],
    ['died', crash],
  ])('goes on where it was when it %s', async (_, end) => {
    await owner.take(setOf([guessing()]))
    await fail('alice', 1, 2, 3)
    await fail('bob', 1, 2)
    await owner.settled()
    await end()
    await fail('bob', 3)
    await owner.take(setOf([guessing()]))
    await owner.settled()
    expect(groups()).toEqual(['alice', 'bob'])
  })

  it('reads again what a thread knew that died', async () => {
    await owner.take(setOf([guessing()]))
    await fail('alice', 1, 2)
    await owner.settled()
    pool.dies = true
    await fail('alice', 3)
    await expect.poll(groups, { timeout: 15_000 }).toEqual(['alice'])
    expect(owner.trouble).toBeUndefined()
  })

  it('does not let a clock that runs ahead make other events late', async () => {
    await owner.take(setOf([guessing()]))
    const second = Math.floor((Date.now() - beginMs) / 1000)
    await fail('alice', second + 7200)
    await fail('alice', second - 3, second - 2)
    await owner.settled()
    expect(groups()).toEqual(['alice'])
  })

  it('forgets the idlest groups when there are too many, and counts them', async () => {
    await owner.take(setOf([guessing()]))
    await Promise.all(Array.from({ length: 1200 }, (_, at) => fail(`user-${at}`, 1)))
    await owner.settled()
    const text = await metrics.render()
    expect(text).toContain('watchfloor_correlation_groups 1000\n')
    expect(text).toContain('watchfloor_correlation_evicted_total 200\n')
  })

  it('keeps what fired until the database takes it', async () => {
    await owner.take(setOf([guessing()]))
    refusals = 2
    await fail('alice', 1, 2, 3)
    await expect.poll(groups, { timeout: 15_000 }).toEqual(['alice'])
    expect(twice).toBe(0)
  })

  it('keeps what it knows of a correlation while others change, and begins anew with one that has changed', async () => {
    await owner.take(setOf([guessing()]))
    await fail('alice', 1, 2)
    await owner.settled()
    const other = { ...guessing({}, 2), ...runnable('second'), yaml: guessing({}, 2).yaml.replace('[User]', '[Host]') }
    await owner.take(setOf([guessing(), other]))
    await fail('alice', 3)
    await owner.settled()
    expect(groups()).toEqual(['alice'])
  })

  it('begins anew, and says so, when its snapshot is gone', async () => {
    await owner.take(setOf([guessing()]))
    await fail('alice', 1, 2)
    await owner.settled()
    await owner.stop()
    for await (const { sha256 } of blobs.list()) await blobs.delete(sha256)
    await open()
    await owner.take(setOf([guessing()]))
    await fail('alice', 3, 4, 5)
    await owner.settled()
    expect(groups()).toEqual(['alice'])
    expect(log.lines.map(({ message }) => message)).toContain(
      'what correlations remembered cannot be read; they begin anew',
    )
  })

  it('lets the log of matches be trimmed behind what is durable, and keeps two snapshots', async () => {
    const count = async () => {
      let files = 0
      for await (const _ of blobs.list()) files++
      return files
    }
    for (let round = 1; round <= 4; round++) {
      await owner.take(setOf([guessing()]))
      await fail('alice', round)
      await owner.settled()
      await owner.stop()
      await open()
    }
    expect(await count()).toBe(2)
    expect(await bus.committed(matchTopic, 'correlations', 0)).toBe(4)
  })
})
