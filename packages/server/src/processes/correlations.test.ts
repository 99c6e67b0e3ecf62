import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type Address, type ChildServer, call, startChild } from './testing/child-server.ts'

const failureId = '6f1a8b52-3d0c-4c8e-9a51-0d6f4b8f2a10'
const successId = '6f1a8b52-3d0c-4c8e-9a51-0d6f4b8f2a11'
const guessingId = '6f1a8b52-3d0c-4c8e-9a51-0d6f4b8f2a12'
const enteredId = '6f1a8b52-3d0c-4c8e-9a51-0d6f4b8f2a13'
const failures = 10

const baseRule = (id: string, name: string, eventId: number) => `title: ${name}
id: ${id}
name: ${name}
status: stable
level: high
logsource: {product: windows, service: security}
detection:
  selection: {EventID: ${eventId}}
  condition: selection
`

const correlation = (id: string, title: string, name: string, body: string) => `title: ${title}
id: ${id}
name: ${name}
status: stable
level: high
tags: [attack.t1110.001]
correlation:
${body.replace(/^/gm, '  ')}
`

/** Many failed logons of one account, and a chain: the account got in afterwards. */
const rules = [
  baseRule(failureId, 'failed_logon', 4625),
  baseRule(successId, 'logon', 4624),
  correlation(
    guessingId,
    'Guessed passwords',
    'guessing',
    `type: event_count
rules: [failed_logon]
group-by: [TargetUserName]
timespan: 5m
condition: {gte: ${failures}}`,
  ),
  correlation(
    enteredId,
    'Guessed passwords, then a logon',
    'entered',
    `type: temporal_ordered
rules: [guessing, logon]
group-by: [TargetUserName]
timespan: 10m`,
  ),
].map((text, at) => ({ path: `${at}.yml`, text }))

/** In the middle of a period of the timespan, so that nothing depends on when the test runs. */
const beginMs = Math.floor((Date.now() - 3_600_000) / 600_000) * 600_000

const logon = (eventId: number, second: number, user: string) =>
  JSON.stringify({
    '@timestamp': new Date(beginMs + second * 1000).toISOString(),
    EventID: eventId,
    Channel: 'Security',
    Provider_Name: 'Microsoft-Windows-Security-Auditing',
    Computer: 'host-1.example.com',
    TargetUserName: user,
    IpAddress: '192.0.2.17',
  })

const detectionPage = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      kind: z.string(),
      ruleId: z.string(),
      eventId: z.string(),
      time: z.string(),
      techniques: z.array(z.string()),
      evidence: z.unknown(),
    }),
  ),
})
const groupShape = z.object({ group: z.record(z.string(), z.string()) })
const alertPage = z.object({ items: z.array(z.object({ id: z.string(), ruleId: z.string(), count: z.number() })) })

let dataDir: string
let child: ChildServer
let address: Address

async function start(): Promise<void> {
  child = startChild(dataDir, { WATCHFLOOR_DETECTIONS_CORRELATION_CHECKPOINT_SECONDS: '0.2' })
  address = await child.address
}

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'watchfloor-correlations-'))
  await start()
}, 60_000)
afterEach(async () => {
  await child?.stop()
  await rm(dataDir, { recursive: true, force: true })
})

async function importRules(files: readonly { path: string; text: string }[], running: number): Promise<void> {
  const body = JSON.stringify({ pack: 'correlations', files })
  await call(address, '/api/v1/rules/import', { method: 'POST', body })
  // What comes before the threads have the rules is not matched.
  await expect
    .poll(() => child.lines.some((line) => line.includes(`"rules":${running},`)), { timeout: 40_000 })
    .toBe(true)
}

async function send(lines: readonly string[]): Promise<void> {
  await call(address, '/api/v1/events?source=security', {
    method: 'POST',
    body: lines.join('\n'),
  })
}

const detections = async (ruleId: string) =>
  detectionPage.parse(await call(address, `/api/v1/detections?ruleId=${ruleId}&limit=200`)).items
const alerts = async () => alertPage.parse(await call(address, '/api/v1/alerts?limit=200')).items
const failuresOf = (user: string, from: number, count: number) =>
  Array.from({ length: count }, (_, at) => logon(4625, from + at, user))

async function metric(name: string): Promise<number> {
  const response = await fetch(`${address.url}/metrics`, { headers: { 'x-api-key': address.apiKey } })
  return Number(new RegExp(`^${name} (\\S+)`, 'm').exec(await response.text())?.[1] ?? Number.NaN)
}

describe('correlations on the live stream', () => {
  it('raise one alert with the events behind it, and their rules none', async () => {
    await importRules(rules, 2)
    await send([...failuresOf('alice', 10, failures + 5), ...failuresOf('bob', 10, failures - 1)])
    await send([logon(4624, 60, 'alice'), logon(4624, 60, 'bob')])
    await expect.poll(() => detections(enteredId), { timeout: 40_000 }).toHaveLength(1)
    expect(await detections(enteredId)).toMatchObject([
      {
        kind: 'correlation',
        techniques: ['T1110.001'],
        time: new Date(beginMs + 60_000).toISOString(),
        evidence: {
          type: 'correlation',
          group: { TargetUserName: 'alice' },
          value: null,
          rules: [
            { ruleId: guessingId, title: 'Guessed passwords', count: 1 },
            { ruleId: successId, title: 'logon', count: 1 },
          ],
        },
      },
    ])
    const [hit] = await detections(enteredId)
    const evidence = z.object({ eventIds: z.array(z.string()) }).parse(hit?.evidence)
    expect(evidence.eventIds).toHaveLength(failures + 1)
    expect(evidence.eventIds[0]).toBe(hit?.eventId)
    for (const ruleId of [failureId, successId, guessingId]) expect(await detections(ruleId)).toEqual([])
    await expect.poll(alerts, { timeout: 40_000 }).toMatchObject([{ ruleId: enteredId, count: 1 }])
    expect(await metric('watchfloor_correlation_groups')).toBe(4)
  }, 120_000)

  it('let their rules raise detections too when they say so', async () => {
    const generating = rules.map(({ path, text }) => ({
      path,
      text: text.replace('type: event_count', 'type: event_count\n  generate: true'),
    }))
    await importRules(generating.slice(0, 3), 2)
    await send(failuresOf('alice', 10, failures))
    await expect.poll(() => detections(guessingId), { timeout: 40_000 }).toHaveLength(1)
    expect(await detections(failureId)).toHaveLength(failures)
  }, 120_000)

  it.each(['stop', 'kill'] as const)(
    'survive a %s in the middle of a window, with nothing twice or missing',
    async (end) => {
      await importRules(rules, 2)
      const users = Array.from({ length: 40 }, (_, at) => `user-${at}`)
      for (let round = 0; round < 3; round++) {
        // Each user is four failures further, and reaches ten in the last round.
        await send(users.flatMap((user) => failuresOf(user, 10 + round * 4, 4)))
        if (round < 2) {
          await sleep(round * 150)
          await child[end]()
          await start()
        }
      }
      await send(users.map((user) => logon(4624, 100, user)))
      await expect.poll(() => detections(enteredId), { timeout: 40_000 }).toHaveLength(users.length)
      const groups = (await detections(enteredId)).map(
        ({ evidence }) => groupShape.parse(evidence).group.TargetUserName,
      )
      expect(groups.toSorted()).toEqual(users.toSorted())
      await expect
        .poll(async () => (await alerts()).map(({ count }) => count), { timeout: 40_000 })
        .toEqual(users.map(() => 1))
    },
    240_000,
  )
})
