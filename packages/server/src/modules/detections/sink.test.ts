import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encodeChunk } from '@watchfloor/engines/logs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { steppedClock } from '../../platform/clock/clock.ts'
import { openCrypto } from '../../platform/crypto/envelope.ts'
import { createMetrics } from '../../platform/metrics/prometheus.ts'
import { createOutbox } from '../../platform/outbox/create-outbox.ts'
import { outboxMigrations } from '../../platform/outbox/outbox-migrations.ts'
import type { Sql } from '../../platform/sql/sql.ts'
import { ThreadPool } from '../../platform/threads/pool.ts'
import { openTestSql } from '../../testing/embedded-sql.ts'
import { openTestCache } from '../../testing/memory-cache.ts'
import { makeModules } from '../../testing/module-host.ts'
import { quietLog } from '../../testing/quiet-log.ts'
import { auditModule } from '../audit/index.ts'
import { eventsModule } from '../events/index.ts'
import { intelModule } from '../intel/index.ts'
import { rulesModule } from '../rules/index.ts'
import { detectionsModule } from './module.ts'
import type { MatchResult, MatchTask, RuleSet } from './pipeline/messages.ts'
import { createDetectionSink } from './sink.ts'

const clock = steppedClock(Date.UTC(2026, 2, 1))
const folder = mkdtempSync(join(tmpdir(), 'watchfloor-sink-'))
const pool = new ThreadPool<MatchTask, MatchResult>({
  file: new URL('./pipeline/match.worker.ts', import.meta.url),
  size: 1,
  name: 'match',
  heapMb: 256,
  lazy: true,
})
let sql: Sql

beforeAll(async () => {
  const migrations = [auditModule, eventsModule, rulesModule, intelModule].flatMap((module) => module.migrations ?? [])
  sql = await openTestSql([...outboxMigrations, ...migrations, ...(detectionsModule.migrations ?? [])])
})
afterAll(async () => {
  await pool.close()
  await sql?.close()
  rmSync(folder, { recursive: true, force: true })
})

const yaml = `title: Whoami
id: aaaaaaaa-0000-4000-8000-000000000001
status: stable
level: critical
logsource:
  product: windows
detection:
  selection:
    CommandLine|contains: whoami
  condition: selection
`
const rule = {
  id: 'aaaaaaaa-0000-4000-8000-000000000001',
  version: 3,
  title: 'Whoami',
  level: 'critical',
  techniques: ['T1033'],
  yaml,
} as const

describe('what a batch of the log came to', () => {
  it('names the rule as it was when it matched, also when it was switched off before the batch is written', async () => {
    const outbox = createOutbox({ sql, clock, log: quietLog })
    const parts = { sql, clock, outbox, cache: openTestCache(clock), crypto: await openCrypto({ folder, clock }) }
    // None of these is reached from here.
    const absent = undefined as never
    const apart = { bus: absent, events: absent, outgoing: absent, jobs: absent, metrics: createMetrics(), randomBytes }
    const modules = makeModules({ ...parts, ...apart }, [auditModule, eventsModule, rulesModule, intelModule])
    const { sources } = modules.use(eventsModule)
    const sink = createDetectionSink({
      ...parts,
      log: quietLog,
      rules: modules.use(rulesModule),
      intel: modules.use(intelModule),
      sources,
    })
    const chunk = encodeChunk({ sourceId: 's1', receivedMs: clock.now(), format: 'json', product: 'windows' }, [
      Buffer.from(JSON.stringify({ CommandLine: 'cmd /c whoami', Computer: 'ws-1' })),
      Buffer.from(JSON.stringify({ CommandLine: 'whoami /all', Computer: 'ws-1' })),
    ])

    await pool.broadcast({ revision: 1, rules: [rule], filters: [] } satisfies RuleSet, { startThreads: true })
    const result = await pool.run({ epoch: 'e', partition: 0, offset: 0, chunk, from: 0, to: 2 })
    await pool.broadcast({ revision: 2, rules: [], filters: [] } satisfies RuleSet)
    await sink.save(0, [{ partition: 0, offset: 0, result }], 1)

    const { rows } = await sql.raw.query(
      'SELECT rule_id, rule_title, rule_version, level, techniques FROM detection ORDER BY id',
    )
    const { id, version, title, level, techniques } = rule
    const wanted = { rule_id: id, rule_title: title, rule_version: version, level, techniques }
    expect(rows).toEqual([wanted, wanted])
  })
})
