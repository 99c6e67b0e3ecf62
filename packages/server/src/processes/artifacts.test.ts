import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { artifactsMatchedEvent } from '../modules/artifacts/index.ts'
import { memoryLog } from '../platform/log/memory-log.ts'
import { type RunningServer, readConfig, serve } from './serve.ts'

const issi = 'rule issi : tagged { meta: author = "ada" strings: $a = "issi" condition: $a }'
const slow = 'rule slow { strings: $g = "go away" condition: $g and for all i in (0..100000000000) : (i >= 0) }'

interface Answer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: what a server answers, looked at by matchers
  readonly body: any
  readonly headers: Headers
}

describe('artifacts and YARA rules, in a server', () => {
  let folder: string
  let server: RunningServer
  let key: string
  const told: unknown[] = []

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'watchfloor-artifacts-'))
    server = await serve(
      readConfig({
        WATCHFLOOR_DATA_DIR: folder,
        WATCHFLOOR_PORT: '0',
        WATCHFLOOR_ARTIFACTS_MAX_FILE_BYTES: '100000',
        WATCHFLOOR_ARTIFACTS_SCAN_TIMEOUT_SECONDS: '2',
      }),
      { log: memoryLog(), checkOutputs: true },
    )
    server.open.platform.outbox.tap((events) => {
      for (const event of events) if (event.name === artifactsMatchedEvent.name) told.push(event.body)
    })
    key = (JSON.parse(await readFile(join(folder, 'local.json'), 'utf8')) as { apiKey: string }).apiKey
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
    return {
      status: answer.status,
      headers: answer.headers,
      body: isJson ? await answer.json() : Buffer.from(await answer.arrayBuffer()),
    }
  }

  const upload = (name: string, bytes: Uint8Array) => call('POST', `/artifacts?name=${encodeURIComponent(name)}`, bytes)
  const settled = (id: string, check: (body: Answer['body']) => void) =>
    vi.waitFor(async () => check((await call('GET', `/artifacts/${id}`)).body), { timeout: 20_000, interval: 150 })

  it('keeps a file once, looks into it, and scans it and what is packed in it when rules come', async () => {
    const packed = gzipSync('mississippi')
    const first = await upload('river.gz', packed)
    expect(first).toMatchObject({ status: 201, body: { isNew: true, artifact: { name: 'river.gz', tlp: 'amber' } } })
    expect(await upload('again.gz', packed)).toMatchObject({ status: 200, body: { isNew: false } })
    const { id } = first.body.artifact
    await settled(id, (body) =>
      expect(body).toMatchObject({ type: 'gzip', scan: { state: 'done', matches: 0 }, children: [{ path: 'river' }] }),
    )

    const imported = await call('POST', '/yara/sets', {
      name: 'rivers',
      files: [{ path: 'a/r.yar', text: `${issi}\nrule bad { condition: nowhere }` }],
    })
    expect(imported).toMatchObject({
      status: 200,
      body: {
        isNew: true,
        set: { rules: 1, refused: 1, enabled: true, version: 1 },
        diagnostics: [{ code: 'YARA_E009', file: 'a/r.yar', line: 2, rule: 'bad' }],
      },
    })
    const child = (await call('GET', `/artifacts/${id}`)).body.children[0].id
    await settled(child, (body) =>
      expect(body).toMatchObject({
        name: 'river',
        isMember: true,
        parents: [{ id, path: 'river' }],
        matches: [
          {
            rule: 'issi',
            set: { name: 'rivers' },
            file: 'a/r.yar',
            tags: ['tagged'],
            meta: [{ name: 'author', value: 'ada' }],
            strings: [
              { id: '$a', offset: 1, length: 4, hex: '69737369' },
              { id: '$a', offset: 4, length: 4 },
            ],
          },
        ],
      }),
    )
    await vi.waitFor(() =>
      expect(told).toMatchObject([
        {
          artifactId: child,
          matches: [{ rule: 'issi', strings: [{ identifier: '$a', offset: 1, preview: 'issi' }, {}] }],
        },
      ]),
    )
    expect((await call('GET', '/artifacts?matched=true&members=true')).body.items).toMatchObject([{ id: child }])
    expect((await call('GET', '/artifacts')).body.items).toMatchObject([{ id }])
    expect((await call('GET', `/artifacts/${child}/bytes?offset=1&length=4`)).body).toMatchObject({ hex: '69737369' })
  }, 60_000)

  it('takes the matches away when the rules are switched off', async () => {
    const [set] = (await call('GET', '/yara/sets')).body.items
    expect(await call('PATCH', `/yara/sets/${set.id}`, { enabled: false })).toMatchObject({ body: { enabled: false } })
    await vi.waitFor(
      async () => expect((await call('GET', '/artifacts?matched=true&members=true')).body.items).toEqual([]),
      {
        timeout: 20_000,
        interval: 150,
      },
    )
    expect(
      (await call('POST', '/yara/sets', { name: 'rivers', files: [{ path: 'r.yar', text: issi }] })).body,
    ).toMatchObject({ isNew: false, set: { id: set.id, version: 2, enabled: false } })
    expect((await call('GET', `/yara/sets/${set.id}`)).body.versions).toMatchObject([{ version: 2 }, { version: 1 }])
    await call('PATCH', `/yara/sets/${set.id}`, { enabled: true })
  }, 40_000)

  it('gives a file out in quarantine alone', async () => {
    const page = Buffer.from('<html><script>alert(1)</script></html>')
    const { id } = (await upload('page.html', page)).body.artifact
    const zip = await call('GET', `/artifacts/${id}/content`)
    expect(zip.headers.get('content-type')).toBe('application/zip')
    expect(zip.headers.get('content-disposition')).toBe(`attachment; filename="${id}.zip"`)
    expect(zip.body.includes('script')).toBe(false)
    const bytes = await call('GET', `/artifacts/${id}/content?as=bytes`)
    expect(bytes.body.equals(page)).toBe(true)
    expect(bytes.headers.get('content-type')).toBe('application/octet-stream')
    expect(bytes.headers.get('content-disposition')).toContain('.bin"')
    expect(bytes.headers.get('x-content-type-options')).toBe('nosniff')
    // What was packed for somebody else is opened again.
    const packed = (await upload('from-elsewhere.zip', zip.body)).body.artifact.id
    await settled(packed, (body) => expect(body.children).toMatchObject([{ id }]))
  }, 40_000)

  it('reports a rule that explodes on a file, and goes on with others', async () => {
    await call('POST', '/yara/sets', { name: 'slow', files: [{ path: 's.yar', text: slow }] })
    const { id } = (await upload('go.txt', Buffer.from('go away'))).body.artifact
    await settled(id, (body) =>
      expect(body.scan).toMatchObject({ state: 'failed', error: expect.stringContaining('2000 ms') }),
    )
    const health = async () =>
      ((await (await fetch(`${server.url}/health/ready`)).json()) as { parts: { name: string }[] }).parts.find(
        ({ name }) => name === 'artifacts',
      )
    // The scan of everything, which new rules began, may succeed with other files in between.
    let slower = 0
    const healthAfterAnother = async () => {
      const name = `go away ${++slower}`
      const file = (await upload(`${name}.txt`, Buffer.from(name))).body.artifact.id
      await settled(file, (body) => expect(body.scan.state).toBe('failed'))
      return await health()
    }
    await expect
      .poll(healthAfterAnother, { timeout: 60_000 })
      .toMatchObject({ state: 'degraded', message: expect.stringContaining('longer than 2 s') })
    const other = (await upload('other.txt', Buffer.from('another issi'))).body.artifact.id
    await settled(other, (body) => expect(body.scan).toMatchObject({ state: 'done', matches: 1 }))
    expect(await health()).toMatchObject({ state: 'up' })
  }, 120_000)

  it('refuses what is too large, rules that cannot run, and names what is wrong', async () => {
    expect(await upload('big', randomBytes(100_001))).toMatchObject({ status: 413, body: { code: 'BODY_TOO_LARGE' } })
    expect(
      await call('POST', '/yara/sets', { name: 'x', files: [{ path: 'x.yar', text: 'not rules' }] }),
    ).toMatchObject({
      status: 422,
      body: { issues: [{ at: 'x.yar:1:1' }] },
    })
    expect(await upload('n'.repeat(400), Buffer.from('x'))).toMatchObject({ status: 400 })
    expect(await call('GET', `/artifacts/${'0'.repeat(64)}`)).toMatchObject({ status: 404 })
    expect((await call('POST', '/yara/check', { files: [{ path: 'c.yar', text: `${issi}}` }] })).status).toBe(200)
  })

  it('deletes with the name alone, and what was packed with it', async () => {
    const { id, name } = (await call('GET', '/artifacts?text=river')).body.items[0]
    const child = (await call('GET', `/artifacts/${id}`)).body.children[0].id
    expect(await call('DELETE', `/artifacts/${id}?confirm=nothing`)).toMatchObject({ status: 422 })
    expect(await call('DELETE', `/artifacts/${id}?confirm=${name}`)).toMatchObject({ status: 204 })
    for (const gone of [id, child]) {
      expect((await call('GET', `/artifacts/${gone}`)).status).toBe(404)
      expect(await server.open.platform.blobs.has(gone)).toBe(false)
    }
    expect((await call('GET', '/audit?limit=20')).body.items.map((one: { action: string }) => one.action)).toEqual(
      expect.arrayContaining(['artifacts.delete', 'artifacts.download', 'yara.import', 'artifacts.upload']),
    )
  })
})
