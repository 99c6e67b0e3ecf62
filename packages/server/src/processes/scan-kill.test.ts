import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type Address, type ChildServer, startChild } from './testing/child-server.ts'

const files = 40
/** Each takes some milliseconds a file, so that the server is ended in the middle. */
const slowly = (name: string, text: string) =>
  `rule ${name} { strings: $a = "${text}" condition: $a and for all i in (0..300000) : (i >= 0) }`

describe('scans of files, when the server or the scanner is killed', () => {
  let folder: string | undefined
  let child: ChildServer | undefined
  afterEach(async () => {
    await child?.kill()
    if (folder) await rm(folder, { recursive: true, force: true })
  })

  it('go on after the restart, and tell every match once', { timeout: 240_000 }, async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'watchfloor-scan-kill-'))
    folder = dataDir
    let address: Address
    const start = async () => {
      child = startChild(dataDir)
      address = await child.address
      await vi.waitFor(async () => expect((await fetch(`${address.url}/health/ready`)).ok).toBe(true), {
        timeout: 30_000,
      })
      return child
    }
    // biome-ignore lint/suspicious/noExplicitAny: what a server answers, looked at by matchers
    const call = async (method: string, path: string, body?: object | string): Promise<any> => {
      const isText = typeof body === 'string'
      const answer = await fetch(`${address.url}/api/v1${path}`, {
        method,
        headers: {
          authorization: `Bearer ${address.apiKey}`,
          ...(body ? { 'content-type': isText ? 'application/octet-stream' : 'application/json' } : {}),
        },
        ...(body ? { body: isText ? body : JSON.stringify(body) } : {}),
      })
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
      return answer.json()
    }
    const importSet = (name: string, text: string) =>
      call('POST', '/yara/sets', { name, files: [{ path: 'r.yar', text }] })
    const matches = async (): Promise<number> => {
      const { items } = await call('GET', '/artifacts?limit=200')
      return items.reduce((sum: number, one: { scan: { matches: number } }) => sum + one.scan.matches, 0)
    }
    const until = (count: number) =>
      vi.waitFor(async () => expect(await matches()).toBeGreaterThanOrEqual(count), { timeout: 90_000, interval: 100 })

    await start()
    await importSet('first', slowly('river', 'issi'))
    for (let n = 0; n < files; n++) await call('POST', `/artifacts?name=f${n}`, `mississippi ${n}`)
    await until(3)
    await child?.kill()
    await start()
    await until(files / 2)
    // The process that scans, in the middle of it: what it had is given to another one.
    for (const pid of await scannersOf(child!.pid)) process.kill(pid, 'SIGKILL')
    await importSet('second', slowly('town', 'ppi'))
    await until(files + 5)
    await child?.kill()
    await start()
    await until(2 * files)
    await vi.waitFor(
      async () => {
        const alerts = await call('GET', '/alerts?kind=yara&limit=200')
        expect(alerts.items.map((alert: { count: number }) => alert.count)).toEqual(new Array(files).fill(2))
      },
      { timeout: 20_000, interval: 200 },
    )
    await sleep(500)
    const range = `from=${new Date(Date.now() - 3_600_000).toISOString()}&to=${new Date(Date.now() + 60_000).toISOString()}`
    for (const name of ['river', 'town']) {
      const found = await call('GET', `/events/search?q=rule.name:${name}&limit=500&${range}`)
      const hashes = found.items.map((event: { fields: Record<string, string> }) => event.fields['file.hash.sha256'])
      expect([hashes.length, new Set(hashes).size]).toEqual([files, files])
    }
  })
})

/** Processes that this one started and that scan; empty where the system does not say. */
async function scannersOf(pid: number): Promise<number[]> {
  const found: number[] = []
  for (const name of await readdir('/proc').catch(() => [])) {
    if (!/^\d+$/.test(name)) continue
    const [stat = '', command = ''] = await Promise.all(
      ['stat', 'cmdline'].map((file) => readFile(join('/proc', name, file), 'utf8').catch(() => '')),
    )
    const parent = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]
    if (Number(parent) === pid && command.includes('scan.process')) found.push(Number(name))
  }
  return found
}
