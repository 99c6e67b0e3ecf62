import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Address, type ChildServer, call, startChild } from './testing/child-server.ts'
import { rough } from './testing/rough-client.ts'

let dataDir: string
let child: ChildServer
let address: Address

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'watchfloor-intake-'))
  child = startChild(dataDir)
  address = await child.address
}, 60_000)

afterAll(async () => {
  await child?.stop()
  await rm(dataDir, { recursive: true, force: true })
})

interface Kept {
  readonly id: string
  readonly raw: string
  readonly parser: string
  readonly time: string
  readonly sourceName: string
  readonly fields: Readonly<Record<string, unknown>>
}

interface SourceView {
  readonly id: string
  readonly name: string
  readonly health: string
  readonly received: number
  readonly rejected: number
  readonly parseFailures: number
  readonly storedEvents: number
  readonly storedBytes: number
}

async function kept(sourceName: string, count: number): Promise<Kept[]> {
  const range = 'from=1990-01-01T00:00:00.000Z&to=2200-01-01T00:00:00.000Z&limit=500&order=oldest'
  let items: Kept[] = []
  for (let waits = 0; waits < 150; waits++) {
    const page = (await call(address, `/api/v1/events/search?${range}`)) as { items: Kept[] }
    items = page.items.filter((item) => item.sourceName === sourceName)
    if (items.length >= count) return items
    await sleep(100)
  }
  return items
}

const sources = async () => ((await call(address, '/api/v1/sources')) as { items: SourceView[] }).items
const sourceNamed = async (name: string) => (await sources()).find((one) => one.name === name)
const send = (name: string, body: string, headers: Record<string, string> = {}) =>
  rough(address, { path: `/api/v1/events?source=${name}`, body, headers })

describe('text in HEC envelopes', () => {
  const line = 'Jun 14 15:16:01 combo sshd[19939]: Failed password for root from 192.0.2.7 port 4242 ssh2'
  const hec = (source: string, ...envelopes: object[]) =>
    rough(address, {
      path: `/services/collector/event?source=${source}`,
      body: envelopes.map((one) => JSON.stringify(one)).join(''),
    })

  it('stays the line it was, and is read as such, whatever time and host the envelope names', async () => {
    await hec('hec-text', { event: line, time: 1_772_323_200.5, host: 'edge-1' })
    const [event] = await kept('hec-text', 1)
    expect(event).toMatchObject({ raw: line, parser: 'syslog' })
    expect(event?.fields).toMatchObject({ 'source.ip': '192.0.2.7', 'user.name': 'root', 'host.name': 'combo' })
    expect(event?.time).not.toBe('2026-03-01T00:00:00.500Z')
  })

  it('gets time and host of its own envelope where it names none', async () => {
    await hec(
      'hec-hints',
      { event: 'the pump stopped', time: '1772323200.5', host: 'pump-1' },
      { event: 'the pump started', time: 1_772_323_260, host: 'pump-2' },
      { event: 'nobody knows when', time: null, host: null },
    )
    const events = await kept('hec-hints', 3)
    expect(events.map(({ raw, fields, time }) => [raw, fields['host.name'], time]).slice(0, 2)).toEqual([
      ['the pump stopped', 'pump-1', '2026-03-01T00:00:00.500Z'],
      ['the pump started', 'pump-2', '2026-03-01T00:01:00.000Z'],
    ])
    expect(events[2]?.raw).toBe('nobody knows when')
    expect(events[2]?.fields).not.toHaveProperty(['host.name'])
  })

  it('says which part of an envelope is wrong', async () => {
    const answer = await hec('hec-wrong', { event: 'x', host: 7 })
    expect(answer).toMatchObject({ status: 400, json: { code: 6, text: expect.stringContaining('host') } })
  })
})

describe('a _bulk body', () => {
  const bulk = (lines: object[]) =>
    rough(address, { path: '/intake/elastic/_bulk', body: lines.map((one) => `${JSON.stringify(one)}\n`).join('') })

  it('gives every event to the source of its own index', async () => {
    const answer = await bulk([
      { create: { _index: 'idx-a' } },
      { message: 'a1' },
      { create: { _index: 'idx-b' } },
      { message: 'b1' },
      { create: { _index: 'idx-a' } },
      { message: 'a2' },
      { delete: { _index: 'idx-b', _id: '1' } },
    ])
    expect(answer).toMatchObject({ status: 200, json: { errors: true } })
    expect((answer.json.items as Record<string, { _index: string; status: number }>[]).map(itemOf)).toEqual([
      ['idx-a', 201],
      ['idx-b', 201],
      ['idx-a', 201],
      ['idx-b', 400],
    ])
    expect((await kept('idx-a', 2)).map((event) => event.fields.message)).toEqual(['a1', 'a2'])
    expect((await kept('idx-b', 1)).map((event) => event.fields.message)).toEqual(['b1'])
  })
  const itemOf = (item: Record<string, { _index: string; status: number }>) => {
    const [{ _index, status }] = Object.values(item) as [{ _index: string; status: number }]
    return [_index, status]
  }

  it('makes no source when it is empty', async () => {
    const before = (await sources()).length
    expect(await bulk([])).toMatchObject({ status: 200, json: { errors: false, items: [] } })
    expect(await sources()).toHaveLength(before)
  })

  it('has one source for an index that is named anew each day', async () => {
    const days = ['daily-2026.11.20', 'daily-2026.11.21', 'daily-2026-11-21', 'daily-2026.11', 'daily']
    const answer = await bulk(days.flatMap((_index) => [{ create: { _index } }, { message: _index }]))
    expect(JSON.stringify(answer.json.items)).toContain('"_index":"daily-2026.11.20"')
    expect(await kept('daily', 5)).toHaveLength(5)
  })
})

describe('an idempotency key', () => {
  it('counts for one source, in its whole length', async () => {
    const long = 'k'.repeat(200)
    const body = '{"message":"same"}'
    expect(await send('key-a', body, { 'idempotency-key': `${long}1` })).toMatchObject({ json: { replayed: false } })
    expect(await send('key-b', body, { 'idempotency-key': `${long}1` })).toMatchObject({ json: { replayed: false } })
    expect(await send('key-a', '{"message":"other"}', { 'idempotency-key': `${long}2` })).toMatchObject({ status: 202 })
    expect(await send('key-a', body, { 'idempotency-key': `${long}1` })).toMatchObject({ json: { replayed: true } })
  })

  it('counts what was refused once, however often the request is repeated', async () => {
    for (let times = 0; times < 3; times++)
      await send('key-c', '{"message":"good"}\nbad\n', { 'idempotency-key': 'replayed' })
    await expect.poll(async () => (await sourceNamed('key-c'))?.rejected, { timeout: 15_000 }).toBe(1)
    await send('key-c', 'bad\n')
    await expect.poll(async () => (await sourceNamed('key-c'))?.rejected, { timeout: 15_000 }).toBe(2)
  }, 40_000)
})

describe('a source of plain text', () => {
  const text = (name: string, body: string) => send(name, body, { 'content-type': 'text/plain' })

  it('is well, and one whose JSON is broken is failing', async () => {
    await text('plain', 'the pump stopped\nthe pump started\n')
    await text('broken', '{"pump":"stopped\n{"pump":"started\n')
    await kept('plain', 2)
    await kept('broken', 2)
    await expect.poll(async () => (await sourceNamed('plain'))?.received, { timeout: 15_000 }).toBe(2)
    await expect.poll(async () => (await sourceNamed('broken'))?.received, { timeout: 15_000 }).toBe(2)
    expect(await sourceNamed('plain')).toMatchObject({ parseFailures: 0, health: 'ok' })
    expect(await sourceNamed('broken')).toMatchObject({ parseFailures: 2, health: 'failing' })
  }, 40_000)
})

it('deletes a source that is switched off', async () => {
  await send('unwanted', '{"message":"x"}')
  const id = (await sourceNamed('unwanted'))?.id
  const path = `/api/v1/sources/${id}`
  const headers = { 'content-type': 'application/json' }
  expect(await rough(address, { path, method: 'DELETE' })).toMatchObject({ status: 409, json: { code: 'CONFLICT' } })
  await rough(address, { path, method: 'PATCH', headers, body: '{"enabled":false}' })
  expect((await rough(address, { path, method: 'DELETE' })).status).toBe(204)
  expect(await sourceNamed('unwanted')).toBeUndefined()
  expect(await send('unwanted', '{"message":"y"}')).toMatchObject({ status: 202 })
})

it('counts every refused record, also those that the answer has no room for', async () => {
  const refused = async () => {
    const text = await (await fetch(`${address.url}/metrics`, { headers: { 'x-api-key': address.apiKey } })).text()
    const lines = text.split('\n').filter((one) => one.startsWith('watchfloor_intake_refused_total{'))
    return lines.reduce((sum, one) => sum + Number(one.split(' ').at(-1)), 0)
  }
  const before = await refused()
  await send('all-bad', 'bad\n'.repeat(500))
  expect((await refused()) - before).toBe(500)
})
