import { spawn } from 'node:child_process'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { DemoUsage, readDemoOptions } from './options.ts'
import { isFree, makeDirectory, makePassword } from './place.ts'

const program = fileURLToPath(new URL('../demo.ts', import.meta.url))

function run(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    let out = ''
    let err = ''
    child.stdout.on('data', (part) => {
      out += part
    })
    child.stderr.on('data', (part) => {
      err += part
    })
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, out, err }))
  })
}

it('runs through, stores what it sent, raises the alerts of its story and prints one JSON object', {
  timeout: 180_000,
}, async () => {
  const { code, out, err } = await run('--exit', '--seed', '3')
  expect(err).toBe('')
  expect(code).toBe(0)
  expect(out.trim().split('\n')).toHaveLength(1)
  const result = JSON.parse(out)
  expect(Object.keys(result)).toEqual([
    'events',
    'seconds',
    'eventsPerSecond',
    'detections',
    'alerts',
    'alertsTotal',
    'rules',
  ])
  expect(Object.keys(result.alerts)).toEqual(['critical', 'high', 'medium', 'low', 'informational'])
  expect(result.events).toBeGreaterThan(20_000)
  expect(result.alerts.critical).toBeGreaterThan(0)
  expect(Object.values<number>(result.alerts).reduce((sum, count) => sum + count, 0)).toBe(result.alertsTotal)
})

it('reads its options', () => {
  expect(readDemoOptions([])).toEqual({ exit: false, keep: undefined, speed: 1, seed: 1 })
  expect(readDemoOptions(['--exit', '--speed', '2.5', '--seed', '9', '--keep', 'here'])).toEqual({
    exit: true,
    keep: 'here',
    speed: 2.5,
    seed: 9,
  })
  expect(readDemoOptions(['--help'])).toBeUndefined()
})

it.each([['--speed', '0'], ['--speed', 'fast'], ['--seed', '-1'], ['--seed', ''], ['--unknown'], ['stray']])(
  'refuses %s %s with its usage',
  (...args) => {
    const read = () => readDemoOptions(args[0]?.startsWith('--s') ? [`${args[0]}=${args[1]}`] : [args[0] ?? ''])
    expect(read).toThrow(DemoUsage)
    expect(read).toThrow(/npm run demo/)
  },
)

it('removes its temporary directory, keeps the one it is told to keep, and refuses one that is in use', async () => {
  const temporary = await makeDirectory(undefined)
  temporary.clear()
  await expect(stat(temporary.path)).rejects.toThrow()

  const parent = await mkdtemp(join(tmpdir(), 'watchfloor-demo-test-'))
  const kept = await makeDirectory(join(parent, 'new'))
  kept.clear()
  expect((await stat(kept.path)).isDirectory()).toBe(true)
  await writeFile(join(kept.path, 'something'), '')
  await expect(makeDirectory(kept.path)).rejects.toThrow(/is not empty/)
  await rm(parent, { recursive: true })
})

it('knows whether a port is free', async () => {
  const server = createServer()
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  expect(await isFree('127.0.0.1', port)).toBe(false)
  await new Promise((closed) => server.close(closed))
  expect(await isFree('127.0.0.1', port)).toBe(true)
})

it('makes a new password every time, of letters to read off the screen', () => {
  const passwords = Array.from({ length: 50 }, makePassword)
  expect(new Set(passwords).size).toBe(50)
  for (const password of passwords) expect(password).toMatch(/^([a-z]{4}-){4}[a-z]{4}$/)
})
