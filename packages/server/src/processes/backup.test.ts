import { createWriteStream } from 'node:fs'
import { mkdtemp, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { quietLog } from '../testing/quiet-log.ts'
import { restore } from './restore.ts'
import { readConfig } from './serve.ts'
import { type Address, type ChildServer, call, startChild } from './testing/child-server.ts'
import { faultsOf, gather, settled } from './testing/evidence.ts'
import { numberedRules } from './testing/numbered-events.ts'
import { seededRandom } from './testing/random.ts'
import { Senders } from './testing/senders.ts'

const credentials = { email: 'admin@example.org', password: 'night-shift-lantern-42' }
const env = { WATCHFLOOR_ADMIN_EMAIL: credentials.email, WATCHFLOOR_ADMIN_PASSWORD: credentials.password }

let folder: string
let original: ChildServer
let address: Address
const archive = () => join(folder, 'backup.tar.gz')

async function download(query: string, path: string): Promise<number> {
  const response = await fetch(`${address.url}/api/v1/system/backup?${query}`, {
    method: 'POST',
    headers: { 'x-api-key': address.apiKey },
  })
  if (!response.ok || !response.body) return response.status
  await pipeline(Readable.fromWeb(response.body as never), createWriteStream(path))
  return response.status
}

const restoreInto = (name: string, file: string, more: { force?: boolean; env?: Record<string, string> } = {}) =>
  restore(
    { file, log: quietLog, ...(more.force ? { force: true } : {}) },
    readConfig({ WATCHFLOOR_DATA_DIR: join(folder, name), ...more.env }),
  )

async function logIn(at: Address): Promise<number> {
  const response = await fetch(`${at.url}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: at.url },
    body: JSON.stringify(credentials),
  })
  return response.status
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'watchfloor-backup-'))
  original = startChild(join(folder, 'original'), env)
  address = await original.address
  const files = numberedRules.map(({ id, yaml }) => ({ path: `${id}.yml`, text: yaml }))
  await call(address, '/api/v1/rules/import', { method: 'POST', body: JSON.stringify({ pack: 'numbered', files }) })
  for (let waits = 0; !original.lines.some((line) => line.includes(`"rules":${files.length},`)) && waits < 400; waits++)
    await new Promise((resolve) => setTimeout(resolve, 50))
}, 90_000)

afterAll(async () => {
  await original?.kill()
  await rm(folder, { recursive: true, force: true })
})

describe('a backup taken while events come in', () => {
  it('restores elsewhere to one consistent state, and goes on from there', { timeout: 180_000 }, async () => {
    const senders = new Senders({ senders: 3, random: seededRandom(3), where: () => address })
    senders.start()
    await new Promise((resolve) => setTimeout(resolve, 1500))
    const before = senders.ledger.acknowledged.length
    expect(await download('masterKey=true', archive())).toBe(200)
    await senders.stop()
    expect(senders.ledger.acknowledged.length).toBeGreaterThan(before)
    expect(await readdir(join(folder, 'original'))).not.toContainEqual(expect.stringMatching(/^backup-/))
    await settled(address, senders.ledger)
    expect(faultsOf(await gather(address), senders.ledger)).toEqual([])

    const restored = await restoreInto('restored', archive())
    expect(restored).toMatchObject({ putAside: undefined, needsMasterKey: false })
    const copy = startChild(join(folder, 'restored'))
    try {
      const there = await copy.address
      const first = { acknowledged: senders.ledger.acknowledged.slice(0, before), abandoned: [], answers: new Map() }
      await settled(there, first)
      const held = await gather(there)
      // Whole batches, those acknowledged before the backup among them, each detection and alert of them, and none twice.
      const inBackup = senders.ledger.acknowledged.filter((batch) => held.stored.has(batch.first))
      expect(inBackup.length).toBeGreaterThanOrEqual(before)
      expect(faultsOf(held, { ...first, acknowledged: inBackup })).toEqual([])
      expect(await logIn(there)).toBe(200)
      await expect(call(there, '/api/v1/audit/verify')).resolves.toMatchObject({ intact: true })

      // What arrives now does not meet the ids of before.
      const more = new Senders({ senders: 1, random: seededRandom(4), where: () => there })
      const idsBefore = held.eventIds
      const lost = await fetch(`${there.url}/api/v1/events?source=numbered`, {
        method: 'POST',
        headers: { 'x-api-key': there.apiKey, 'content-type': 'application/x-ndjson' },
        body: '{"message":"after"}\n',
      })
      expect(lost.status).toBe(202)
      await settled(there, more.ledger)
      const after = await gather(there)
      expect(after.eventIds).toBe(idsBefore + 1)
      expect(after.distinctEventIds).toBe(after.eventIds)
      expect(copy.lines.filter((line) => line.includes('"level":"error"'))).toEqual([])
    } finally {
      await copy.kill()
    }
  })

  it('says when the master key is needed, and takes it from the environment', { timeout: 60_000 }, async () => {
    const path = join(folder, 'no-key.tar.zst')
    expect(await download('compression=zstd', path)).toBe(200)
    expect(await restoreInto('no-key', path)).toMatchObject({ needsMasterKey: true, manifest: { hasMasterKey: false } })
    const key = (await readFile(join(folder, 'original', 'keys', 'master.key'), 'utf8')).trim()
    await expect(
      restoreInto('wrong-key', path, { env: { WATCHFLOOR_MASTER_KEY: Buffer.alloc(32, 1).toString('base64') } }),
    ).rejects.toThrow(/master key/)
    expect(await restoreInto('given-key', path, { env: { WATCHFLOOR_MASTER_KEY: key } })).toMatchObject({
      needsMasterKey: false,
    })
  })

  it('refuses a directory that is in use or not empty, and puts its contents aside when forced', {
    timeout: 60_000,
  }, async () => {
    await expect(restoreInto('original', archive(), { force: true })).rejects.toThrow(`process ${original.pid}`)
    await expect(restoreInto('restored', archive())).rejects.toMatchObject({ code: 'CONFLICT' })
    const forced = await restoreInto('restored', archive(), { force: true })
    expect((await stat(join(forced.putAside ?? '', 'log'))).isDirectory()).toBe(true)
    expect((await readdir(join(folder, 'restored'))).toSorted()).toEqual(
      expect.arrayContaining(['blobs', 'events', 'keys', 'log', 'sql'].slice(1)),
    )
  })

  it('refuses a file that is cut off, changed, or none of ours, and leaves nothing behind', {
    timeout: 60_000,
  }, async () => {
    const bytes = await readFile(archive())
    const cut = join(folder, 'cut.tar.gz')
    await writeFile(cut, bytes.subarray(0, bytes.byteLength * 0.7))
    const changed = join(folder, 'changed.tar.gz')
    const tar = gunzipSync(bytes)
    const at = tar.indexOf('R{"', tar.indexOf('sql/tables.dump'))
    tar[at + 40] = (tar[at + 40] ?? 0) ^ 1
    await writeFile(changed, gzipSync(tar))
    const headless = join(folder, 'headless.tar')
    await writeFile(headless, tar.subarray(0, tar.lastIndexOf('manifest.json')))
    const rubbish = join(folder, 'rubbish.tar.gz')
    await writeFile(rubbish, Buffer.alloc(5000, 'rubbish'))
    for (const file of [cut, changed, headless, rubbish]) {
      await expect(restoreInto('refused', file), file).rejects.toMatchObject({ code: 'UNPROCESSABLE' })
      const left = await readdir(join(folder, 'refused'))
      expect(left.filter((name) => !name.startsWith('server.'))).toEqual([])
    }
  })

  it('takes one backup at a time, and goes on when its reader goes away', { timeout: 60_000 }, async () => {
    const stop = new AbortController()
    const first = await fetch(`${address.url}/api/v1/system/backup?compression=none`, {
      method: 'POST',
      headers: { 'x-api-key': address.apiKey },
      signal: stop.signal,
    })
    expect(first.status).toBe(200)
    const second = await download('', join(folder, 'second'))
    expect([200, 409]).toContain(second)
    stop.abort()
    await expect
      .poll(
        () => download('compression=none', join(folder, 'third')).catch(() => original.lines.slice(-12).join('\n')),
        { timeout: 20_000 },
      )
      .toBe(200)
    await (await open(join(folder, 'third'), 'r')).close()
    await expect
      .poll(async () => (await readdir(join(folder, 'original'))).filter((name) => name.startsWith('backup-')))
      .toEqual([])
  })
})
