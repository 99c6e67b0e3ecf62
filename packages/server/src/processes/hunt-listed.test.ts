import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { HuntHit, HuntRunDetail } from '@watchfloor/contracts/hunts'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { type Address, type ChildServer, call, startChild } from './testing/child-server.ts'

let dataDir: string
let child: ChildServer
let address: Address

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'watchfloor-hunt-listed-'))
  child = startChild(dataDir)
  address = await child.address
}, 60_000)
afterAll(async () => {
  await child?.stop()
  await rm(dataDir, { recursive: true, force: true })
})

const detectionPage = z.object({
  items: z.array(z.object({ kind: z.string(), ruleId: z.string(), retrospective: z.boolean(), evidence: z.unknown() })),
})
const listPage = z.object({ items: z.array(z.object({ id: z.string(), source: z.string() })) })

const detections = async () => detectionPage.parse(await call(address, '/api/v1/detections?limit=500')).items
const post = <Answer>(path: string, body: object): Promise<Answer> =>
  call(address, path, { method: 'POST', body: JSON.stringify(body) }) as Promise<Answer>
const importList = (source: string, text: string, more = '') =>
  call(address, `/api/v1/indicators/import?source=${source}${more}`, { method: 'POST', body: text })
const send = (ip: string) =>
  call(address, '/api/v1/events?source=sensor', {
    method: 'POST',
    body: JSON.stringify({ host: { name: 'host-1' }, src_ip: '192.0.2.10', dest_ip: ip, proto: 'tcp' }),
  })
const start = (listed: object) =>
  post<HuntRunDetail>('/api/v1/hunts/runs', {
    search: { kind: 'indicators', listed },
    range: { lastMinutes: 1440 },
    keep: 'detections',
  })

async function hunted(listed: object): Promise<HuntRunDetail> {
  const { id } = await start(listed)
  const run = () => call(address, `/api/v1/hunts/runs/${id}`) as Promise<HuntRunDetail>
  await expect.poll(async () => (await run()).state, { timeout: 20_000 }).toBe('done')
  return run()
}

it('finds in history what is listed by a filter, as the live stream would have told it, and nothing twice', async () => {
  await send('203.0.113.9')
  const range = `from=${new Date(Date.now() - 3_600_000).toISOString()}&to=${new Date(Date.now() + 3_600_000).toISOString()}`
  await expect
    .poll(async () => call(address, `/api/v1/events/histogram?${range}&buckets=1`), { timeout: 20_000 })
    .toMatchObject({ total: 1 })
  await importList('feed-a', '203.0.113.9\n', '&confidence=55&labels=scanner')
  await importList('feed-b', '203.0.113.9\n198.51.100.7\n', '&confidence=90')
  await expect
    .poll(async () => call(address, '/api/v1/detections/indicators'), { timeout: 20_000 })
    .toMatchObject({ indicators: 3 })

  const run = await hunted({ source: 'feed-a', labels: ['scanner'], minConfidence: 50 })
  expect(run).toMatchObject({ hits: 1, detections: 1, eventsDone: 1 })
  const hits = (await call(address, `/api/v1/hunts/runs/${run.id}/hits`)) as { items: HuntHit[] }
  const { items } = listPage.parse(await call(address, '/api/v1/indicators?text=203.0.113.9'))
  const best = items.find((one) => one.source === 'feed-b')
  const ruleId = `indicator:${best?.id}`
  expect(hits.items).toMatchObject([{ ruleId, kind: 'indicator', matched: [{ value: '203.0.113.9' }] }])
  expect(await detections()).toMatchObject([
    {
      kind: 'indicator',
      ruleId,
      retrospective: true,
      evidence: { type: 'indicator', sources: [{ name: 'feed-b' }, { name: 'feed-a' }] },
    },
  ])
  expect(await hunted({ source: 'feed-b', types: ['ipv4'] })).toMatchObject({ hits: 1, detections: 0 })

  await send('198.51.100.7')
  await expect.poll(async () => (await detections()).length, { timeout: 20_000 }).toBe(2)
  expect(await hunted({})).toMatchObject({ hits: 2, detections: 0 })
}, 90_000)

it('refuses a filter that takes nothing, and one beside pasted values', async () => {
  await expect(start({ source: 'nobody' })).rejects.toThrow('no indicator that is listed')
  await expect(start({ addedSince: '2999-01-01T00:00:00Z' })).rejects.toThrow('no indicator that is listed')
  const both = { kind: 'indicators', values: '203.0.113.9', listed: { source: 'feed-a' } }
  await expect(post('/api/v1/hunts/runs', { search: both, range: { lastMinutes: 60 } })).rejects.toThrow('422')
})
