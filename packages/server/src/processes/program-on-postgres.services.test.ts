import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { alertPage } from '@watchfloor/contracts/alerts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { memoryLog } from '../platform/log/memory-log.ts'
import { openTestPostgres, testPostgresUrl } from '../testing/postgres.ts'
import type { LocalServer } from './local-access.ts'
import { type RunningServer, readConfig, serve } from './serve.ts'

const url = testPostgresUrl()

const rule = `title: A rule that the test's events match
id: 5b0a8f0e-7f5e-4d8e-9a4b-0d2d6d0b7a11
status: test
level: high
logsource:
  product: windows
  category: process_creation
detection:
  selection:
    Image|endswith: '\\whoami.exe'
  condition: selection
`

const event = (host: string) =>
  JSON.stringify({
    Channel: 'Microsoft-Windows-Sysmon/Operational',
    EventID: 1,
    SourceName: 'Microsoft-Windows-Sysmon',
    Hostname: host,
    EventTime: '2026-03-01 12:00:00',
    Image: 'C:\\Windows\\System32\\whoami.exe',
    CommandLine: 'whoami /all',
  })

const missing = url ? '' : ' (skipped: WATCHFLOOR_TEST_DATABASE_URL is not set)'

describe.skipIf(missing !== '')(`the whole program on PostgreSQL${missing}`, () => {
  let dataDir: string
  let database: Awaited<ReturnType<typeof openTestPostgres>>
  let server: RunningServer
  let local: LocalServer

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'watchfloor-postgres-'))
    database = await openTestPostgres(url as string)
    server = await serve(
      readConfig({ WATCHFLOOR_DATA_DIR: dataDir, WATCHFLOOR_PORT: '0', DATABASE_URL: database.connectionString }),
      { log: memoryLog(), checkOutputs: true },
    )
    local = JSON.parse(await readFile(join(dataDir, 'local.json'), 'utf8')) as LocalServer
  }, 60_000)

  afterAll(async () => {
    await server?.stop()
    await database?.close()
    await rm(dataDir, { recursive: true, force: true })
  })

  const call = async (method: string, path: string, type?: string, body?: string) => {
    const answer = await fetch(`${local.url}${path}`, {
      method,
      headers: { 'x-api-key': local.apiKey, ...(type ? { 'content-type': type } : {}) },
      ...(body === undefined ? {} : { body }),
    })
    expect(answer.ok, `${method} ${path}: ${answer.status}`).toBe(true)
    return answer.json()
  }

  it('imports a rule, takes events and raises one alert for each host', async () => {
    await call('POST', '/api/v1/rules', 'application/json', JSON.stringify({ yaml: rule }))
    // What arrives before the threads have a rule is not matched by it.
    await expect.poll(async () => (await fetch(`${local.url}/metrics`)).text()).toContain('watchfloor_rules_running 1')
    const lines = ['alpha', 'beta', 'alpha'].map((name) => `${event(`${name}.example.com`)}\n`).join('')
    await call('POST', '/api/v1/events?source=test', 'application/x-ndjson', lines)
    const alerts = async () => (await call('GET', '/api/v1/alerts?sort=count')) as z.infer<typeof alertPage>
    await expect
      .poll(async () => (await alerts()).items.map(({ entities, count }) => [entities['host.name'], count]), {
        timeout: 20_000,
      })
      .toEqual([
        ['alpha.example.com', 2],
        ['beta.example.com', 1],
      ])
    expect(await call('GET', '/api/v1/audit/verify')).toMatchObject({ intact: true })
  }, 40_000)
})
