import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Detection } from '@watchfloor/contracts/detections'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { openLmdbBus } from '../../../adapters/embedded/bus/lmdb-bus.ts'
import type { Bus } from '../../../platform/bus/bus.ts'
import { systemClock } from '../../../platform/clock/clock.ts'
import { createMetrics } from '../../../platform/metrics/prometheus.ts'
import type { Sql } from '../../../platform/sql/sql.ts'
import { TaskCrashed } from '../../../platform/threads/pool.ts'
import { openTestSql } from '../../../testing/embedded-sql.ts'
import { quietLog } from '../../../testing/quiet-log.ts'
import type { PatternText } from './messages.ts'
import { type CollectPool, collectPool, PatternOwner } from './owner.ts'
import { encodeParts } from './part-record.ts'
import { partTopic } from './parts-sink.ts'

const beginMs = Date.UTC(2026, 2, 1)
const stages: PatternText = {
  rule: { kind: 'pattern', id: 'pattern:pat-1', version: 1, title: 'Two stages', level: 'high', techniques: [] },
  text: "([process:name = 'a.exe'] FOLLOWEDBY [process:name = 'b.exe']) WITHIN 60 SECONDS",
  patternVersion: '2.1',
  validFromMs: null,
  validUntilMs: null,
  scope: 'sequence',
}

let folder: string
let sql: Sql
let bus: Bus
let owner: PatternOwner
let dies = false
/** What was written, by id: writing it again changes nothing. */
let written: Map<string, Detection>
let refusals = 0

/** The real thread, which can be made to die with all it knows. */
function mortalPool(): CollectPool {
  let real = collectPool()
  return {
    async run(task, options) {
      if (!dies) return real.run(task, options)
      dies = false
      await real.close()
      real = collectPool()
      throw new TaskCrashed('patterns', 'out of memory')
    },
    close: () => real.close(),
  }
}

async function open(patterns: readonly PatternText[] = [stages]): Promise<void> {
  const parts = {
    bus,
    sql,
    clock: systemClock,
    log: quietLog,
    metrics: createMetrics(),
    record: async (_db: unknown, detections: readonly Detection[]) => {
      if (refusals-- > 0) throw new Error('the database is away')
      for (const one of detections) written.set(one.id, one)
      return detections.length
    },
  }
  owner = new PatternOwner(parts, mortalPool())
  await owner.start()
  await owner.take(patterns)
}

const part = (id: string, second: number, name: string) => ({
  patterns: [stages.rule.id],
  eventId: id,
  timeMs: beginMs + second * 1000,
  sourceId: 's1',
  entities: { 'host.name': 'ws-1' },
  ecs: { 'process.name': name },
})

async function publish(...parts: ReturnType<typeof part>[]): Promise<void> {
  await bus.publish(
    partTopic,
    [...encodeParts(parts)].map((value) => ({ value })),
  )
  await owner.settled()
}

const found = () =>
  [...written.values()].map(({ eventId, evidence }) => [eventId, evidence?.type === 'pattern' && evidence.eventIds])

beforeAll(async () => {
  sql = await openTestSql([])
})
afterAll(() => sql?.close())
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'watchfloor-parts-'))
  bus = await openLmdbBus({ folder: join(folder, 'log'), clock: systemClock, log: quietLog })
  written = new Map()
  refusals = 0
})
afterEach(async () => {
  await owner.stop()
  await bus.close()
  await rm(folder, { recursive: true, force: true })
})

it('tells a pattern when its last event comes, in whatever batch, and not out of order or too late', async () => {
  await open()
  await publish(part('e1', 10, 'b.exe'), part('e2', 20, 'a.exe'))
  expect(found()).toEqual([])
  await publish(part('e3', 90, 'b.exe'))
  expect(found()).toEqual([])
  await publish(part('e4', 70, 'b.exe'))
  expect(found()).toEqual([['e4', ['e2', 'e4']]])
  expect([...written.values()][0]).toMatchObject({
    id: 'pattern:pat-1@e4',
    kind: 'pattern',
    ruleTitle: 'Two stages',
    entities: { 'host.name': 'ws-1' },
  })
})

it('goes on after an end with what waited, also when it was said that it is safe', async () => {
  await open()
  await publish(part('e1', 10, 'a.exe'))
  await owner.stop()
  await open()
  await publish(part('e2', 20, 'b.exe'))
  expect(found()).toEqual([['e2', ['e1', 'e2']]])
  await owner.stop()
  expect((await bus.stats(partTopic))[0]?.committed.patterns).toBe(2)
  await open()
})

it('reads again what a thread that died had known, and what the database refused', async () => {
  await open()
  await publish(part('e1', 10, 'a.exe'))
  dies = true
  await publish(part('e2', 20, 'b.exe'))
  expect(found()).toEqual([['e2', ['e1', 'e2']]])
  await publish(part('e3', 30, 'a.exe'))
  refusals = 1
  await publish(part('e4', 40, 'b.exe'))
  expect(found()).toContainEqual(['e4', ['e3', 'e4']])
})

it('keeps what waits when another pattern comes, and drops it with its pattern', async () => {
  await open()
  await publish(part('e1', 10, 'a.exe'))
  await owner.take([stages, { ...stages, rule: { ...stages.rule, id: 'pattern:pat-2' } }])
  await publish(part('e2', 20, 'b.exe'))
  expect(found()).toEqual([['e2', ['e1', 'e2']]])
  await publish(part('e3', 30, 'a.exe'))
  await owner.take([{ ...stages, rule: { ...stages.rule, version: 2 } }])
  await publish(part('e4', 40, 'b.exe'))
  expect(found()).toHaveLength(1)
})
