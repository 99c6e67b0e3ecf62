import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { memoryLog } from '../platform/log/memory-log.ts'
import { type RunningServer, readConfig, serve } from './serve.ts'

const loader = `rule MAL_Loader : loader {
  meta: description = "A loader" author = "ada" reference = "https://example.com/loader" score = 95 mitre = "T1055.012"
  strings: $a = "issi" condition: $a }`
const packed = 'rule packed { meta: severity = "low" strings: $p = "ppi" condition: $p }'
const hunting = 'rule hunting { strings: $n = "Nile" condition: $n }'

interface Answer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: what a server answers, looked at by matchers
  readonly body: any
}

describe('YARA matches as alerts, in a server', () => {
  let folder: string
  let server: RunningServer
  let key: string

  const start = async () => {
    server = await serve(readConfig({ WATCHFLOOR_DATA_DIR: folder, WATCHFLOOR_PORT: '0' }), {
      log: memoryLog(),
      checkOutputs: true,
    })
    key = (JSON.parse(await readFile(join(folder, 'local.json'), 'utf8')) as { apiKey: string }).apiKey
  }
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'watchfloor-yara-alerts-'))
    await start()
  }, 60_000)
  afterAll(async () => {
    await server?.stop()
    await rm(folder, { recursive: true, force: true })
  })

  async function call(method: string, path: string, body?: unknown): Promise<Answer> {
    const isBytes = body instanceof Uint8Array
    const answer = await fetch(`${server.url}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': isBytes ? 'application/octet-stream' : 'application/json' }),
      },
      ...(body === undefined ? {} : { body: isBytes ? (body as BodyInit) : JSON.stringify(body) }),
    })
    const isJson = answer.headers.get('content-type')?.includes('json')
    return { status: answer.status, body: isJson ? await answer.json() : await answer.text() }
  }
  const upload = async (name: string, text: string): Promise<string> =>
    (await call('POST', `/artifacts?name=${encodeURIComponent(name)}`, Buffer.from(text))).body.artifact.id
  const importSet = (name: string, ...rules: string[]) =>
    call('POST', '/yara/sets', { name, files: [{ path: 'r.yar', text: rules.join('\n') }] })
  const alertsOf = async (sha256: string) => (await call('GET', `/alerts?kind=yara&entity=${sha256}`)).body.items
  const patiently = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 30_000, interval: 150 })
  /** All rescans have ended, and what they told has become alerts. */
  const quiet = async (id: string) => {
    const since = Date.now()
    await call('POST', `/artifacts/${id}/scan`)
    await patiently(async () => {
      const { scan } = (await call('GET', `/artifacts/${id}`)).body
      expect(Date.parse(scan.at)).toBeGreaterThanOrEqual(since)
      expect((await server.open.platform.jobs.list({ limit: 50 })).filter(isOpen)).toEqual([])
    })
    await new Promise((resolve) => setTimeout(resolve, 300))
  }
  const isOpen = ({ state, name }: { state: string; name: string }) =>
    name.startsWith('artifacts.') && (state === 'waiting' || state === 'running' || state === 'retrying')

  let river: string

  it('makes one alert of a file, of all rules that match it, with the event that says so', async () => {
    await importSet('rivers', loader, packed)
    river = await upload('river.exe', 'mississippi')
    await patiently(async () => expect(await alertsOf(river)).toMatchObject([{ count: 2 }]))
    const [alert] = await alertsOf(river)
    expect(alert).toMatchObject({
      title: 'YARA MAL_Loader in river.exe',
      kind: 'yara',
      severity: 'critical',
      retrospective: false,
      techniques: ['T1055.012'],
      entities: { 'file.hash.sha256': river },
    })
    const detail = (await call('GET', `/alerts/${alert.id}`)).body
    const evidences = detail.detections.map((one: { evidence: unknown }) => one.evidence)
    expect(evidences).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          type: 'yara',
          artifactId: river,
          artifactName: 'river.exe',
          sizeBytes: 11,
          rule: 'MAL_Loader',
          ruleSet: expect.objectContaining({ name: 'rivers', version: 1 }),
          file: 'r.yar',
          description: 'A loader',
          author: 'ada',
          references: ['https://example.com/loader'],
          strings: [
            { identifier: '$a', offset: 1, preview: 'issi' },
            { identifier: '$a', offset: 4, preview: 'issi' },
          ],
          stringsFound: 2,
        }),
        expect.objectContaining({ rule: 'packed' }),
      ]),
    )
    const [{ eventId }] = detail.detections
    expect((await call('GET', `/alerts/${alert.id}/why?eventId=${eventId}`)).body).toMatchObject({
      hits: expect.arrayContaining([expect.objectContaining({ selection: 'strings' })]),
    })
    await patiently(async () => {
      const found = await call('GET', `/events/search?q=${encodeURIComponent('rule.name:MAL_Loader')}&${lastHour()}`)
      expect(found.body.items).toMatchObject([
        {
          sourceName: 'Artifact scans',
          fields: { 'file.hash.sha256': river, 'rule.ruleset': 'rivers', 'event.action': 'yara-match' },
        },
      ])
    })
  }, 60_000)

  it('tells nothing twice: not on another scan, not of another version of the rules, not switched off and on', async () => {
    await quiet(river)
    await importSet('rivers', loader, packed, hunting)
    await quiet(river)
    const [set] = (await call('GET', '/yara/sets')).body.items
    await call('PATCH', `/yara/sets/${set.id}`, { enabled: false })
    await patiently(async () => expect((await call('GET', `/artifacts/${river}`)).body.matches).toEqual([]))
    // As it was at first.
    await call('PATCH', `/yara/sets/${set.id}`, { enabled: true })
    await patiently(async () => expect((await call('GET', `/artifacts/${river}`)).body.matches).toHaveLength(2))
    await quiet(river)
    // Version 2 matched no file anew before it was switched off; now it did.
    const [alert, ...others] = await alertsOf(river)
    expect(others).toEqual([])
    expect(alert.count).toBe(4)
    await quiet(river)
    expect(await alertsOf(river)).toMatchObject([{ count: 4 }])
  }, 120_000)

  it('marks what new rules find in stored files as retrospective', async () => {
    const nile = await upload('nile.txt', 'the Nile')
    await patiently(async () => expect(await alertsOf(nile)).toMatchObject([{ retrospective: false }]))
    const old = await upload('old.txt', 'Amazonas')
    await patiently(async () => expect((await call('GET', `/artifacts/${old}`)).body.scan.state).toBe('done'))
    await importSet('more', 'rule amazonas { strings: $a = "Amazonas" condition: $a }')
    await patiently(async () =>
      expect(await alertsOf(old)).toMatchObject([{ retrospective: true, severity: 'medium' }]),
    )
  }, 60_000)

  it('makes no alert where an exception says so, and makes it when the exception goes', async () => {
    const sets = (await call('GET', '/yara/sets')).body.items
    const { id: setId } = sets.find((set: { name: string }) => set.name === 'rivers')
    const wanted = { rule: { setId, name: 'hunting' }, reason: 'geography lessons' }
    const exception = (await call('POST', '/yara/exceptions', wanted)).body
    expect(exception).toMatchObject({ set: { name: 'rivers' }, rule: 'hunting', sha256: null })
    expect((await call('POST', '/yara/exceptions', wanted)).body.id).toBe(exception.id)
    expect((await call('POST', '/yara/exceptions', { reason: 'x' })).status).toBe(400)
    const id = await upload('white-nile.txt', 'White Nile')
    await patiently(async () =>
      expect((await call('GET', `/artifacts/${id}`)).body.matches).toMatchObject([{ rule: 'hunting', isSilent: true }]),
    )
    await quiet(id)
    expect(await alertsOf(id)).toEqual([])
    expect(await call('DELETE', `/yara/exceptions/${exception.id}`)).toMatchObject({ status: 204 })
    await patiently(async () => expect(await alertsOf(id)).toMatchObject([{ retrospective: true, count: 1 }]))
    expect((await call('GET', `/artifacts/${id}`)).body.matches).toMatchObject([{ isSilent: false }])

    const text = 'Blue Nile'
    const blue = await upload('blue.txt', text)
    await patiently(async () => expect(await alertsOf(blue)).toHaveLength(1))
    expect((await call('POST', '/yara/exceptions', { sha256: blue, reason: 'ours' })).status).toBe(200)
    expect((await call('GET', `/yara/exceptions?sha256=${blue}`)).body.items).toMatchObject([{ sha256: blue }])
    await importSet('colours', 'rule blue { strings: $a = "Blue" condition: $a }')
    await quiet(blue)
    expect(await alertsOf(blue)).toMatchObject([{ count: 1 }])
  }, 120_000)

  it('makes none of a set that only describes files', async () => {
    await importSet('labels', 'rule is_text { strings: $a = "Rhine" condition: $a }')
    const sets = (await call('GET', '/yara/sets')).body.items
    const { id: setId } = sets.find((set: { name: string }) => set.name === 'labels')
    expect((await call('PATCH', `/yara/sets/${setId}`, { alerts: false })).body).toMatchObject({ alerts: false })
    const id = await upload('rhine.txt', 'Rhine')
    await patiently(async () => expect((await call('GET', `/artifacts/${id}`)).body.matches).toHaveLength(1))
    await quiet(id)
    expect(await alertsOf(id)).toEqual([])
    await call('PATCH', `/yara/sets/${setId}`, { alerts: true })
    await patiently(async () => expect(await alertsOf(id)).toHaveLength(1))
  }, 90_000)

  it('keeps all of it over a restart', async () => {
    await server.stop()
    await start()
    await quiet(river)
    expect(await alertsOf(river)).toMatchObject([{ count: 4 }])
  }, 90_000)
})

const lastHour = () => {
  const now = Date.now()
  return `from=${new Date(now - 3_600_000).toISOString()}&to=${new Date(now + 60_000).toISOString()}`
}
