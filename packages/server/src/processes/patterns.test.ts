import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PatternImportResult, StixPatternRecord } from '@watchfloor/contracts/intel'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type Address, type ChildServer, call, startChild } from './testing/child-server.ts'

let dataDir: string
let child: ChildServer
let address: Address

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'watchfloor-patterns-'))
  child = startChild(dataDir)
  address = await child.address
}, 60_000)
afterAll(async () => {
  await child?.stop()
  await rm(dataDir, { recursive: true, force: true })
})

const detectionPage = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      kind: z.string(),
      ruleId: z.string(),
      ruleTitle: z.string(),
      level: z.string(),
      eventId: z.string(),
      retrospective: z.boolean(),
      evidence: z.unknown(),
    }),
  ),
})
const alertPage = z.object({ items: z.array(z.object({ ruleId: z.string(), title: z.string(), count: z.number() })) })

const post = <Answer>(path: string, body: object, method = 'POST'): Promise<Answer> =>
  call(address, path, { method, body: JSON.stringify(body) }) as Promise<Answer>
const detections = async (ruleId: string) =>
  detectionPage.parse(await call(address, `/api/v1/detections?limit=500&ruleId=${ruleId}`)).items
const running = async () =>
  z.object({ patterns: z.number() }).parse(await call(address, '/api/v1/detections/indicators')).patterns
const pattern = (id: string) => call(address, `/api/v1/patterns/${id}`) as Promise<StixPatternRecord>
const send = (records: readonly object[]) =>
  call(address, '/api/v1/events?source=sensor', {
    method: 'POST',
    body: records.map((record) => JSON.stringify(record)).join('\n'),
  })
const started = (commandLine: string, more: object = {}) => ({
  EventID: 1,
  Channel: 'Microsoft-Windows-Sysmon/Operational',
  Computer: 'ws-1.example.com',
  Image: 'C:\\Windows\\System32\\cmd.exe',
  CommandLine: commandLine,
  ...more,
})
const indicator = (last: number, text: string, more: object = {}) => ({
  type: 'indicator',
  spec_version: '2.1',
  id: `indicator--00000000-0000-4000-8000-${String(last).padStart(12, '0')}`,
  name: `Indicator ${last}`,
  pattern: text,
  pattern_type: 'stix',
  valid_from: '2026-01-01T00:00:00Z',
  ...more,
})

/** Imports indicators and waits until so many patterns run. */
async function importBundle(objects: readonly object[], expected: number): Promise<StixPatternRecord[]> {
  const body = { bundle: { type: 'bundle', objects }, source: 'feed', confidence: 85 }
  expect(await post<PatternImportResult>('/api/v1/patterns/import', body)).toMatchObject({ refused: 0 })
  await expect.poll(running, { timeout: 20_000 }).toBe(expected)
  return ((await call(address, '/api/v1/patterns?limit=100')) as { items: StixPatternRecord[] }).items
}

describe('STIX patterns on the live stream', () => {
  it('raise an alert that says what was met, and count the sighting', async () => {
    const [kept] = await importBundle([indicator(1, "[process:command_line LIKE '%vssadmin%delete%']")], 1)
    const ruleId = `pattern:${kept?.id}`
    await send([started('whoami'), started('vssadmin.exe delete shadows /all')])
    await expect.poll(async () => (await detections(ruleId)).length, { timeout: 20_000 }).toBe(1)
    const [hit] = await detections(ruleId)
    expect(hit).toMatchObject({
      kind: 'pattern',
      ruleTitle: 'Indicator 1',
      level: 'high',
      retrospective: false,
      evidence: {
        type: 'pattern',
        patternId: ruleId,
        eventIds: [hit?.eventId],
        matched: [{ path: 'process:command_line', value: 'vssadmin.exe delete shadows /all' }],
      },
    })
    await expect
      .poll(async () => alertPage.parse(await call(address, '/api/v1/alerts?limit=50')).items, { timeout: 20_000 })
      .toMatchObject([{ ruleId, title: 'Indicator 1', count: 1 }])
    expect((await pattern(kept!.id)).sightings).toMatchObject({ count: 1, lastSeen: expect.any(String) })
  }, 60_000)

  it('over several events wait for the rest, across batches, and name all of them', async () => {
    const text =
      "([process:command_line LIKE '%stage-one%'] FOLLOWEDBY [process:command_line LIKE '%stage-two%']) WITHIN 300 SECONDS"
    const all = await importBundle([indicator(2, text)], 2)
    const kept = all.find((one) => one.scope === 'sequence')
    const ruleId = `pattern:${kept?.id}`
    const at = (ms: number) => ({ UtcTime: new Date(Date.now() - 60_000 + ms).toISOString() })
    await send([started('stage-two early', at(0)), started('stage-one', at(1000))])
    await expect
      .poll(
        async () => ((await call(address, '/api/v1/sources')) as { items: { received: number }[] }).items[0]?.received,
        { timeout: 20_000 },
      )
      .toBe(4)
    expect(await detections(ruleId)).toEqual([])
    await send([started('stage-two', at(2000))])
    await expect.poll(async () => (await detections(ruleId)).length, { timeout: 20_000 }).toBe(1)
    const [hit] = await detections(ruleId)
    const evidence = z.object({ eventIds: z.array(z.string()) }).parse(hit?.evidence)
    expect(evidence.eventIds).toHaveLength(2)
    expect(evidence.eventIds[1]).toBe(hit?.eventId)
  }, 60_000)

  it('that are switched off, expired or deleted say nothing, and those that are changed say the new', async () => {
    const off = indicator(3, "[process:command_line LIKE '%quiet-off%']")
    const ended = indicator(4, "[process:command_line LIKE '%quiet-ended%']", { valid_until: '2026-02-01T00:00:00Z' })
    const all = await importBundle([off, ended], 3)
    const kept = all.find((one) => one.name === 'Indicator 3')
    await post(`/api/v1/patterns/${kept?.id}`, { pattern: "[process:command_line LIKE '%loud%']" }, 'PATCH')
    const [first] = all.filter((one) => one.name === 'Indicator 1')
    await call(address, `/api/v1/patterns/${first?.id}`, { method: 'DELETE' })
    await expect.poll(running, { timeout: 20_000 }).toBe(2)
    await send([started('quiet-off'), started('quiet-ended'), started('vssadmin delete'), started('loud')])
    await expect.poll(async () => (await detections(`pattern:${kept?.id}`)).length, { timeout: 20_000 }).toBe(1)
    expect(await detections(`pattern:${all.find((one) => one.name === 'Indicator 4')?.id}`)).toEqual([])
    expect(await detections(`pattern:${first?.id}`)).toHaveLength(1)
  }, 60_000)

  it('that merely list values are looked up as indicators, and seen as those', async () => {
    const [kept] = await importBundle([indicator(5, "[ipv4-addr:value = '198.51.100.3']")], 2)
    expect(kept).toMatchObject({ scope: 'index', indicators: 1 })
    await expect
      .poll(() => call(address, '/api/v1/detections/indicators'), { timeout: 20_000 })
      .toMatchObject({ indicators: 1 })
    await send([{ host: { name: 'host-1' }, src_ip: '192.0.2.10', dest_ip: '198.51.100.3', proto: 'tcp' }])
    await expect.poll(async () => (await pattern(kept!.id)).sightings.count, { timeout: 20_000 }).toBe(1)
  }, 60_000)
})

describe('what is new or has changed', () => {
  it('is looked for in history by itself, all of an import at once, and detected as it would have been live', async () => {
    // What stands is seen some seconds after the last change, and not gone over.
    await new Promise((resolve) => setTimeout(resolve, 6000))
    await post('/api/v1/settings/hunts.changedIndicatorDays', { value: 2 }, 'PUT')
    const hourAgo = new Date(Date.now() - 3_600_000).toISOString()
    await send([
      started('historic-tool --run', { UtcTime: hourAgo }),
      { '@timestamp': hourAgo, host: { name: 'host-9' }, destination: { ip: '203.0.113.200' } },
    ])
    const range = `from=${new Date(Date.now() - 7_200_000).toISOString()}&to=${new Date(Date.now() - 1_800_000).toISOString()}`
    await expect
      .poll(async () => call(address, `/api/v1/events/histogram?${range}&buckets=1`), { timeout: 20_000 })
      .toMatchObject({ total: 2 })
    const now = new Date().toISOString()
    const given = { valid_from: now, valid_until: '2099-01-01T00:00:00Z' }
    const all = await importBundle(
      [
        indicator(6, "[process:command_line LIKE '%historic-tool%']", given),
        indicator(7, "[ipv4-addr:value = '203.0.113.200']", given),
      ],
      (await running()) + 1,
    )
    const kept = all.find((one) => one.name === 'Indicator 6')
    await expect.poll(async () => (await detections(`pattern:${kept?.id}`)).length, { timeout: 40_000 }).toBe(1)
    expect(await detections(`pattern:${kept?.id}`)).toMatchObject([
      { kind: 'pattern', retrospective: true, evidence: { type: 'pattern', patternId: `pattern:${kept?.id}` } },
    ])
    const listed = all.find((one) => one.name === 'Indicator 7')
    await expect.poll(async () => (await pattern(listed!.id)).sightings.count, { timeout: 40_000 }).toBe(1)
    const runs = (await call(address, '/api/v1/hunts/runs')) as {
      items: { reason: string; kind: string; hits: number }[]
    }
    expect(runs.items.map(({ reason, kind, hits }) => [reason, kind, hits]).sort()).toEqual([
      ['change', 'indicators', 1],
      ['change', 'pattern', 1],
    ])
  }, 120_000)
})
