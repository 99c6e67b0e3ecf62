import { writeFileSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { type PoolOptions, TaskCrashed, TaskTimeout, ThreadPool } from './pool.ts'

const serve = new URL('./serve.ts', import.meta.url).href
const open: ThreadPool<unknown, unknown>[] = []

async function poolOf(body: string, size = 1, more: Partial<PoolOptions> = {}): Promise<ThreadPool<unknown, unknown>> {
  const folder = await mkdtemp(join(tmpdir(), 'watchfloor-pool-'))
  const file = join(folder, 'task.mjs')
  writeFileSync(file, `import { serveTasks } from ${JSON.stringify(serve)}\nlet standing = 'none'\n${body}`)
  const pool = new ThreadPool<unknown, unknown>({ file: pathToFileURL(file), size, name: 'test', ...more })
  open.push(pool)
  return pool
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((pool) => pool.close()))
})

describe('a thread pool', () => {
  it('runs every task and gives each its own answer', async () => {
    const pool = await poolOf('serveTasks((n) => ({ value: n * 2 }))', 2)
    const answers = await Promise.all(Array.from({ length: 50 }, (_, n) => pool.run(n)))
    expect(answers).toEqual(Array.from({ length: 50 }, (_, n) => n * 2))
  })

  it('fails the task that threw and goes on', async () => {
    const pool = await poolOf(
      "serveTasks((n) => { if (n < 0) throw new RangeError('below zero'); return { value: n } })",
    )
    await expect(pool.run(-1)).rejects.toThrow('below zero')
    expect(await pool.run(3)).toBe(3)
  })

  it('ends a task that overruns and replaces its thread', async () => {
    const pool = await poolOf('serveTasks((n) => { if (n === 0) for (;;); return { value: n } })')
    await expect(pool.run(0, { timeoutMs: 300 })).rejects.toBeInstanceOf(TaskTimeout)
    expect(await pool.run(1)).toBe(1)
  })

  it('fails only the task of a thread that died, and repeats the newest broadcast to its successor', async () => {
    const pool = await poolOf(
      "serveTasks((n) => { if (n === 'die') process.exit(3); return { value: standing } }, (message) => { standing = message })",
    )
    await pool.broadcast('rules 7')
    await expect(pool.run('die')).rejects.toBeInstanceOf(TaskCrashed)
    expect(await pool.run('ask')).toBe('rules 7')
  })

  it('ends idle threads and starts new ones for the next task', async () => {
    const pool = await poolOf('let seen = 0; serveTasks(() => ({ value: ++seen }))', 1, { lazy: true, idleMs: 50 })
    expect(await pool.run(0)).toBe(1)
    expect(await pool.run(0)).toBe(2)
    await new Promise((resolve) => setTimeout(resolve, 400))
    expect(await pool.run(0)).toBe(1)
  })

  it('gives threads that start late the newest broadcast before their first task', async () => {
    const body = 'serveTasks(() => ({ value: standing }), (message) => { standing = message })'
    const pool = await poolOf(body, 2, { lazy: true })
    await pool.broadcast('rules 1')
    await pool.broadcast('rules 2')
    expect(await Promise.all([pool.run(0), pool.run(0)])).toEqual(['rules 2', 'rules 2'])
  })

  it('gives threads that start late the newest of every topic', async () => {
    const body = 'const heard = []; serveTasks(() => ({ value: heard }), (message) => { heard.push(message) })'
    const pool = await poolOf(body, 1, { lazy: true })
    await pool.broadcast('rules 1')
    await pool.broadcast('lists 1', { topic: 'lists', isLight: true })
    await pool.broadcast('lists 2', { topic: 'lists', isLight: true })
    expect(await pool.run(0)).toEqual(['rules 1', 'lists 2'])
  })

  it('counts the time of a task from when the thread has taken the broadcast', async () => {
    const body = `const sleep = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
      serveTasks(() => ({ value: standing }), (message) => { sleep(2500); standing = message })`
    const pool = await poolOf(body, 1, { lazy: true })
    await pool.broadcast('rules 1')
    expect(await pool.run(0, { timeoutMs: 2000 })).toBe('rules 1')
  })

  it('says when a thread could not take a broadcast', async () => {
    const pool = await poolOf("serveTasks(() => ({ value: 1 }), () => { throw new Error('no room') })")
    await expect(pool.broadcast('rules')).rejects.toThrow('no room')
    expect(await pool.run(0)).toBe(1)
  })
})
