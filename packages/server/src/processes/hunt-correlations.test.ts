import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { HuntHit, HuntRunDetail } from '@watchfloor/contracts/hunts'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { type Address, type ChildServer, call, startChild } from './testing/child-server.ts'

const failureId = '7a1c9d40-3d0c-4c8e-9a51-0d6f4b8f2a10'
const guessingId = '7a1c9d40-3d0c-4c8e-9a51-0d6f4b8f2a12'
const failures = 10

const rules = [
  `title: Failed logon
id: ${failureId}
name: failed_logon
status: stable
level: high
logsource: {product: windows, service: security}
detection:
  selection: {EventID: 4625}
  condition: selection
`,
  `title: Guessed passwords
id: ${guessingId}
status: stable
level: high
correlation:
  type: event_count
  rules: [failed_logon]
  group-by: [TargetUserName]
  timespan: 5m
  condition: {gte: ${failures}}
`,
]

/** At the beginning of a period of the timespan, so that nothing depends on when the test runs. */
const beginMs = Math.floor((Date.now() - 3_600_000) / 600_000) * 600_000

const failed = (user: string, second: number): string =>
  JSON.stringify({
    '@timestamp': new Date(beginMs + second * 1000).toISOString(),
    EventID: 4625,
    Channel: 'Security',
    Provider_Name: 'Microsoft-Windows-Security-Auditing',
    Computer: 'host-1.example.com',
    TargetUserName: user,
    IpAddress: '192.0.2.17',
  })

const burst = (user: string, fromSecond: number) =>
  Array.from({ length: failures }, (_, at) => failed(user, fromSecond + at))

const detectionPage = z.object({
  items: z.array(
    z.object({
      kind: z.string(),
      eventId: z.string(),
      retrospective: z.boolean(),
      evidence: z.object({
        type: z.literal('correlation'),
        group: z.record(z.string(), z.string()),
        value: z.number(),
        eventIds: z.array(z.string()),
      }),
    }),
  ),
})

let dataDir: string
let child: ChildServer
let address: Address

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'watchfloor-hunt-correlations-'))
  child = startChild(dataDir, {})
  address = await child.address
}, 60_000)
afterAll(async () => {
  await child?.stop()
  await rm(dataDir, { recursive: true, force: true })
})

const post = (path: string, body: object) => call(address, path, { method: 'POST', body: JSON.stringify(body) })

async function send(lines: readonly string[]): Promise<void> {
  await fetch(`${address.url}/api/v1/events?source=security`, {
    method: 'POST',
    headers: { 'x-api-key': address.apiKey, 'content-type': 'application/x-ndjson' },
    body: lines.join('\n'),
  })
}

async function stored(count: number): Promise<void> {
  const range = `from=${new Date(beginMs).toISOString()}&to=${new Date(beginMs + 3_600_000).toISOString()}`
  const total = async () =>
    ((await call(address, `/api/v1/events/histogram?${range}&buckets=1`)) as { total: number }).total
  await expect.poll(total, { timeout: 30_000 }).toBe(count)
}

async function hunt(search: object): Promise<{ run: HuntRunDetail; hits: HuntHit[] }> {
  const body = { search: { kind: 'sigma', ...search }, range: { lastMinutes: 1440 }, keep: 'detections' }
  let run = (await post('/api/v1/hunts/runs', body)) as HuntRunDetail
  for (let looks = 0; looks < 600 && run.state !== 'done'; looks++) {
    if (run.state === 'failed') throw new Error(`the run has failed: ${run.message}`)
    await sleep(50)
    run = (await call(address, `/api/v1/hunts/runs/${run.id}`)) as HuntRunDetail
  }
  const { items } = (await call(address, `/api/v1/hunts/runs/${run.id}/hits`)) as { items: HuntHit[] }
  return { run, hits: items }
}

const detectionsOf = async (ruleId: string) =>
  detectionPage.parse(await call(address, `/api/v1/detections?ruleId=${ruleId}&limit=50`)).items

it('a correlation hunted in history is detected once, however often it is hunted and though it fires live as well', async () => {
  await send(burst('anna', 0))
  await stored(failures)
  const { run: pasted, hits: pastedHits } = await hunt({ yaml: rules.join('---\n') })
  expect(pasted).toMatchObject({ state: 'done', hits: 1, detections: 1, message: null })
  expect(pastedHits[0]).toMatchObject({ kind: 'correlation', title: 'Guessed passwords' })
  expect(await detectionsOf(failureId)).toEqual([])

  const files = rules.map((text, at) => ({ path: `${at}.yml`, text }))
  await post('/api/v1/rules/import', { pack: 'correlations', files })
  const first = await hunt({ ruleIds: [guessingId] })
  expect(first.run).toMatchObject({ state: 'done', hits: 1, detections: 1 })
  const [detection] = await detectionsOf(guessingId)
  expect(detection).toMatchObject({
    kind: 'correlation',
    retrospective: true,
    evidence: { group: { TargetUserName: 'anna' }, value: failures },
  })
  expect(detection?.evidence.eventIds).toHaveLength(failures)
  expect(first.hits[0]).toMatchObject({ eventId: detection?.eventId, entities: { 'user.name': 'anna' } })
  expect((await hunt({ ruleIds: [guessingId] })).run).toMatchObject({ hits: 1, detections: 0 })

  // What comes before the threads have the rules is not matched.
  await expect.poll(() => child.lines.some((line) => line.includes('"rules":1,')), { timeout: 40_000 }).toBe(true)
  await send([...burst('anna', 60), ...burst('berta', 60)])
  await expect.poll(async () => (await detectionsOf(guessingId)).length, { timeout: 30_000 }).toBe(2)
  await stored(3 * failures)
  const last = await hunt({ ruleIds: [guessingId] })
  expect(last.run).toMatchObject({ hits: 2, detections: 0 })
  const found = await detectionsOf(guessingId)
  expect(found.map((one) => [one.evidence.group.TargetUserName, one.retrospective]).sort()).toEqual([
    ['anna', true],
    ['berta', false],
  ])
}, 180_000)
