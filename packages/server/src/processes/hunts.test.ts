import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { HuntHit, HuntRunDetail, HuntSummary } from '@watchfloor/contracts/hunts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Address, type ChildServer, call, startChild } from './testing/child-server.ts'

const events = 8_000
const everyOf = 40
const wanted = events / everyOf
const nowMs = Date.now()
const hourMs = 3_600_000

/** Small pages, so that a run takes some seconds and can be met in its middle. */
const env = { WATCHFLOOR_HUNTS_PAGE_EVENTS: '20', WATCHFLOOR_HUNTS_RUNS_PER_PERSON: '3' }

const yaml = `title: Somebody asks who they are
logsource:
  category: process_creation
  product: windows
detection:
  selection:
    Image|endswith: '\\whoami.exe'
  condition: selection
level: high
`

let dataDir: string
let child: ChildServer
let address: Address

const line = (index: number): string =>
  JSON.stringify({
    EventID: 1,
    Channel: 'Microsoft-Windows-Sysmon/Operational',
    Provider_Name: 'Microsoft-Windows-Sysmon',
    Computer: `ws-${index % 7}`,
    // Many share a millisecond: the place reached must tell them apart.
    UtcTime: new Date(nowMs - 2 * hourMs + Math.floor(index / 50) * 1000).toISOString(),
    Image: index % everyOf === 0 ? 'C:\\Windows\\System32\\whoami.exe' : 'C:\\Windows\\explorer.exe',
    CommandLine: `number ${index}`,
    User: 'EXAMPLE\\anna',
  })

const post = <Answer>(path: string, body: object = {}): Promise<Answer> =>
  call(address, path, { method: 'POST', body: JSON.stringify(body) }) as Promise<Answer>
const start = (more: object = {}): Promise<HuntRunDetail> =>
  post('/api/v1/hunts/runs', { search: { kind: 'sigma', yaml }, range: { lastMinutes: 1440 }, ...more })
const runOf = (id: string) => call(address, `/api/v1/hunts/runs/${id}`) as Promise<HuntRunDetail>

async function until(id: string, is: (run: HuntRunDetail) => boolean): Promise<HuntRunDetail> {
  for (let looks = 0; looks < 1200; looks++) {
    const run = await runOf(id)
    if (is(run)) return run
    if (run.state === 'failed') throw new Error(`the run has failed: ${run.message}`)
    await sleep(25)
  }
  throw new Error(`the run did not come so far: ${JSON.stringify(await runOf(id))}`)
}

const inTheMiddle = (run: HuntRunDetail) => run.state === 'running' && run.hits > 5
const isDone = (run: HuntRunDetail) => run.state === 'done'

async function hitsOf(id: string): Promise<HuntHit[]> {
  const hits: HuntHit[] = []
  let cursor = ''
  do {
    const page = (await call(address, `/api/v1/hunts/runs/${id}/hits?limit=100${cursor}`)) as {
      items: HuntHit[]
      next?: string
    }
    hits.push(...page.items)
    cursor = page.next ? `&cursor=${page.next}` : ''
  } while (cursor)
  return hits
}

async function expectEachHitOnce(id: string): Promise<void> {
  const run = await runOf(id)
  const hits = await hitsOf(id)
  expect(new Set(hits.map((hit) => hit.eventId)).size).toBe(wanted)
  expect(hits).toHaveLength(wanted)
  expect(run).toMatchObject({ hits: wanted, hitsKept: wanted, eventsDone: events, eventsTotal: events })
  const summary = (await call(address, `/api/v1/hunts/runs/${id}/summary`)) as HuntSummary
  expect(summary.bars.reduce((sum, bar) => sum + bar.count, 0)).toBe(wanted)
}

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'watchfloor-hunts-'))
  child = startChild(dataDir, env)
  address = await child.address
  await fetch(`${address.url}/api/v1/events?source=history`, {
    method: 'POST',
    headers: { 'x-api-key': address.apiKey, 'content-type': 'application/x-ndjson' },
    body: Array.from({ length: events }, (_, index) => line(index)).join('\n'),
  })
  const range = `from=${new Date(nowMs - 24 * hourMs).toISOString()}&to=${new Date(nowMs + hourMs).toISOString()}`
  for (let looks = 0; looks < 600; looks++) {
    const { total } = (await call(address, `/api/v1/events/histogram?${range}&buckets=1`)) as { total: number }
    if (total === events) return
    await sleep(50)
  }
  throw new Error('the events did not reach the store')
}, 90_000)

afterAll(async () => {
  await child?.stop()
  await rm(dataDir, { recursive: true, force: true })
})

describe('a hunt over stored events', () => {
  it('goes on after the program was killed in its middle, and after it was stopped, with each hit and detection once', async () => {
    const { id } = await start({ keep: 'detections' })
    await until(id, inTheMiddle)
    await child.kill()
    child = startChild(dataDir, env)
    address = await child.address
    const taken = await runOf(id)
    expect(taken.eventsDone).toBeGreaterThan(0)
    await until(id, (run) => run.state === 'running' && run.hits > taken.hits + 5)
    await child.stop()
    child = startChild(dataDir, env)
    address = await child.address
    await until(id, isDone)
    await expectEachHitOnce(id)
    const found = (await call(address, `/api/v1/detections?ruleId=hunt:${id}&limit=500`)) as {
      items: { retrospective: boolean; eventId: string }[]
    }
    expect(found.items).toHaveLength(wanted)
    expect(found.items.every((one) => one.retrospective)).toBe(true)
    expect(await runOf(id)).toMatchObject({ detections: wanted })
  }, 240_000)

  it('is paused and goes on, is cancelled and stays so', async () => {
    const { id } = await start()
    await until(id, inTheMiddle)
    const paused = await post<HuntRunDetail>(`/api/v1/hunts/runs/${id}/pause`)
    await sleep(500)
    expect(await runOf(id)).toMatchObject({ state: 'paused', hits: (await runOf(id)).hits })
    expect((await runOf(id)).hits).toBeLessThan(wanted)
    expect(paused.state).toBe('paused')
    await post(`/api/v1/hunts/runs/${id}/resume`)
    await until(id, isDone)
    await expectEachHitOnce(id)
    await expect(post(`/api/v1/hunts/runs/${id}/cancel`)).rejects.toThrow('409')

    const second = await start()
    await until(second.id, inTheMiddle)
    await post(`/api/v1/hunts/runs/${second.id}/cancel`)
    await sleep(500)
    const { hits } = await runOf(second.id)
    await sleep(300)
    expect(await runOf(second.id)).toMatchObject({ state: 'cancelled', hits })
    expect(hits).toBeLessThan(wanted)
  }, 120_000)

  it('by a query finds the same, whose hits become detections afterwards, and none twice', async () => {
    const { id } = await start({ search: { kind: 'query', query: 'process.name:whoami.exe' } })
    await until(id, isDone)
    await expectEachHitOnce(id)
    expect(await post(`/api/v1/hunts/runs/${id}/keep`, { alerts: false })).toEqual({ detections: wanted })
    expect(await post(`/api/v1/hunts/runs/${id}/keep`, { alerts: false })).toEqual({ detections: 0 })
  }, 60_000)

  it('is left out by narrowing and sources, and counts what it passed over as looked at', async () => {
    const narrowed = await start({ narrowing: 'host.name:ws-0' })
    const elsewhere = await start({ sourceIds: ['no-such-source'] })
    const expected = Array.from({ length: events }, (_, at) => at).filter((at) => at % 7 === 0 && at % everyOf === 0)
    expect(await until(narrowed.id, isDone)).toMatchObject({ hits: expected.length, eventsDone: events })
    expect(await until(elsewhere.id, isDone)).toMatchObject({ hits: 0, eventsDone: 0 })
  }, 60_000)

  it('is refused with what is wrong, and when somebody has too many under way', async () => {
    await expect(start({ search: { kind: 'query', query: 'host.name:(' } })).rejects.toThrow('422')
    await expect(start({ search: { kind: 'sigma', yaml: 'title: nothing' } })).rejects.toThrow('422')
    await expect(start({ search: { kind: 'sigma', yaml: '' } })).rejects.toThrow('no rule to look for')
    const first = await start()
    const runs = [first, await start(), await start()]
    await expect(start()).rejects.toThrow('429')
    for (const run of runs) await post(`/api/v1/hunts/runs/${run.id}/cancel`)
  }, 60_000)
})
