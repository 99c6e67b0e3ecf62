import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type Address, type ChildServer, call, startChild } from './testing/child-server.ts'

let dataDir: string
let child: ChildServer
let address: Address

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'watchfloor-indicators-'))
  child = startChild(dataDir)
  address = await child.address
}, 60_000)
afterAll(async () => {
  await child?.stop()
  await rm(dataDir, { recursive: true, force: true })
})

const matching = z.object({ indicators: z.number(), revision: z.number() })
const detectionPage = z.object({
  items: z.array(
    z.object({
      kind: z.string(),
      ruleId: z.string(),
      ruleTitle: z.string(),
      level: z.string(),
      entities: z.record(z.string(), z.string()),
      evidence: z.unknown(),
    }),
  ),
})
const alertPage = z.object({ items: z.array(z.object({ ruleId: z.string(), title: z.string(), count: z.number() })) })
const listPage = z.object({ items: z.array(z.object({ id: z.string(), value: z.string(), source: z.string() })) })

const post = (path: string, body: unknown, method = 'POST') =>
  call(address, path, { method, body: JSON.stringify(body) })
const running = async () => matching.parse(await call(address, '/api/v1/detections/indicators'))

/** Imports a list and waits until the stream is matched with it. */
async function importList(source: string, text: string, more = ''): Promise<void> {
  const before = await running()
  await call(address, `/api/v1/indicators/import?source=${source}${more}`, { method: 'POST', body: text })
  await expect.poll(async () => (await running()).revision, { timeout: 20_000 }).toBeGreaterThan(before.revision)
}

const flow = (host: string, ip: string) =>
  JSON.stringify({ host: { name: host }, src_ip: '192.0.2.10', dest_ip: ip, proto: 'tcp' })
async function send(lines: readonly string[]): Promise<void> {
  await call(address, '/api/v1/events?source=sensor', { method: 'POST', body: lines.join('\n') })
}
const detections = async () =>
  detectionPage
    .parse(await call(address, '/api/v1/detections?limit=500'))
    .items.filter((one) => one.kind === 'indicator')
const titles = async () => (await detections()).map((one) => one.ruleTitle).sort()
const indicators = async (text: string) => listPage.parse(await call(address, `/api/v1/indicators?text=${text}`)).items

describe('indicators on the live stream', () => {
  it('raise an alert that names the value, everybody who lists it, and how sure they are', async () => {
    await importList('feed-a', '203.0.113.9\n', '&confidence=55&labels=scanner')
    await importList('feed-b', '203.0.113.9\n', '&confidence=90&tlp=green')
    await send([flow('host-1', '203.0.113.9'), flow('host-1', '198.51.100.1')])
    await expect.poll(titles, { timeout: 20_000 }).toEqual(['Known indicator 203.0.113.9 (source feed-b and 1 more)'])
    const listed = (await indicators('203.0.113.9')).find((one) => one.source === 'feed-b')
    const [hit] = await detections()
    expect(hit).toMatchObject({
      ruleId: `indicator:${listed?.id}`,
      level: 'high',
      evidence: {
        type: 'indicator',
        indicatorId: listed?.id,
        indicatorType: 'ipv4',
        value: '203.0.113.9',
        indicator: '203.0.113.9',
        field: 'destination.ip',
        sources: [
          { name: 'feed-b', confidence: 90, tlp: 'green' },
          { name: 'feed-a', confidence: 55, tlp: 'amber' },
        ],
        labels: ['scanner'],
      },
    })
    await expect
      .poll(async () => alertPage.parse(await call(address, '/api/v1/alerts?limit=50')).items, { timeout: 20_000 })
      .toMatchObject([{ ruleId: `indicator:${listed?.id}`, count: 1 }])
  }, 60_000)

  it('say nothing when they have expired, are switched off, deleted, or on a warning list', async () => {
    await importList(
      'quiet',
      'value,expires\n203.0.113.20,2020-01-01\n203.0.113.21,\n203.0.113.22,\n203.0.113.23,\n203.0.113.24,\n',
    )
    const [off] = await indicators('203.0.113.21')
    const [gone] = await indicators('203.0.113.22')
    await post(`/api/v1/indicators/${off?.id}`, { enabled: false }, 'PATCH')
    await call(address, `/api/v1/indicators/${gone?.id}`, { method: 'DELETE' })
    const list = { name: 'Harmless', version: 1, type: 'cidr', list: ['203.0.113.23/32'] }
    await post('/api/v1/warning-lists/import', { slug: 'harmless', list })
    const before = await titles()
    await send([20, 21, 22, 23, 24].map((last) => flow('host-2', `203.0.113.${last}`)))
    await expect.poll(titles, { timeout: 20_000 }).toContain('Known indicator 203.0.113.24 (source quiet)')
    expect((await titles()).filter((title) => !before.includes(title))).toEqual([
      'Known indicator 203.0.113.24 (source quiet)',
    ])
  }, 60_000)

  it('are named with the warning lists that only inform', async () => {
    await post('/api/v1/warning-lists/harmless', { effect: 'inform' }, 'PATCH')
    // The stream hears of the change a moment after the answer.
    const titlesAfterAnother = async () => {
      await send([flow('host-3', '203.0.113.23')])
      return await titles()
    }
    await expect
      .poll(titlesAfterAnother, { timeout: 20_000, interval: 500 })
      .toContain('Known indicator 203.0.113.23 (source quiet)')
    const hit = (await detections()).find((one) => one.ruleTitle.includes('203.0.113.23'))
    expect(hit?.evidence).toMatchObject({ labels: ['on warning list: Harmless'] })
  }, 60_000)

  it('meet domains above, networks around, files and URLs', async () => {
    await importList('kinds', 'evil.example\n198.51.100.0/24\ndropper.exe\nhttp://kit.example/gate/\n')
    const before = new Set(await titles())
    await send([
      JSON.stringify({ dns: { question: { name: 'a.b.EVIL.example.' } } }),
      flow('host-4', '198.51.100.200'),
      JSON.stringify({ EventID: 1, Channel: 'Microsoft-Windows-Sysmon/Operational', Image: 'C:\\x\\Dropper.exe' }),
      JSON.stringify({ url: { full: 'https://kit.example/gate/index.php?x=1' } }),
    ])
    await expect
      .poll(async () => (await titles()).filter((title) => !before.has(title)), { timeout: 20_000 })
      .toEqual(
        ['198.51.100.0/24', 'dropper.exe', 'evil.example', 'http://kit.example/gate/'].map(
          (value) => `Known indicator ${value} (source kinds)`,
        ),
      )
  }, 60_000)

  it('can be imported by the thousands while events flow, and nothing is lost or told twice', async () => {
    await importList('flow', '203.0.113.77\n')
    const stop = new AbortController()
    let sent = 0
    const flowing = (async () => {
      while (!stop.signal.aborted) {
        await send(Array.from({ length: 20 }, () => flow(`host-${sent++}`, '203.0.113.77')))
      }
    })()
    for (let part = 0; part < 4; part++)
      await importList('bulk', Array.from({ length: 5000 }, (_, at) => `n${part}-${at}.bulk.example`).join('\n'))
    stop.abort()
    await flowing
    const id = (await indicators('203.0.113.77'))[0]?.id
    const alerts = async () =>
      alertPage
        .parse(await call(address, '/api/v1/alerts?limit=500'))
        .items.filter((one) => one.ruleId === `indicator:${id}`)
        .reduce((sum, one) => sum + one.count, 0)
    await expect.poll(alerts, { timeout: 30_000 }).toBe(sent)
    await send([JSON.stringify({ dns: { question: { name: 'n3-4999.bulk.example' } } })])
    await expect.poll(titles, { timeout: 20_000 }).toContain('Known indicator n3-4999.bulk.example (source bulk)')
    expect(child.lines.filter((line) => /"level":"(?:error|fatal)"/.test(line))).toEqual([])
  }, 120_000)
})
