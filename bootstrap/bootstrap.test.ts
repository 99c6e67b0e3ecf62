import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'

const here = fileURLToPath(new URL('.', import.meta.url))
// A space in the path: quoting mistakes show.
const folder = mkdtempSync(join(tmpdir(), 'watchfloor boot-'))
afterAll(() => rmSync(folder, { recursive: true }))

function script(name: string, text: string): string {
  const file = join(folder, name)
  writeFileSync(file, text)
  return file
}

interface End {
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
}

function run(args: string[], env: Record<string, string> = {}): { child: ChildProcess; end: Promise<End> } {
  const child = spawn(process.execPath, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  const end = { code: null, signal: null, stdout: '', stderr: '' } as End
  child.stdout.on('data', (part) => {
    end.stdout += part
  })
  child.stderr.on('data', (part) => {
    end.stderr += part
  })
  return {
    child,
    end: new Promise((resolve) => child.on('close', (code, signal) => resolve({ ...end, code, signal }))),
  }
}

const required = (name: string) => `require(${JSON.stringify(join(here, name))})`

/** A script that starts `program` as the bootstrap does. */
function starter(name: string, program: string): string {
  const file = script(`${name}.program.cjs`, program)
  const node = "{ program: process.execPath, version: process.version, home: '/' }"
  return script(
    `${name}.cjs`,
    `${required('start.cjs')}.startProgram(${node}, ${JSON.stringify(file)}, process.argv.slice(2), ${JSON.stringify(folder)})`,
  )
}

describe('a lock', () => {
  /** A script that is busy with a lock until so many of them have begun, so that the others have met it. */
  const work = (file: string, log: string, processes = 1) => `
    const fs = require('fs')
    const begun = ${JSON.stringify(`${log}.begun`)}
    const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
    const lock = ${required('lock.cjs')}
    fs.appendFileSync(begun, '.')
    lock.withLock(${JSON.stringify(file)}, 'testing', async () => {
      fs.appendFileSync(${JSON.stringify(log)}, 'in ')
      while (fs.statSync(begun).size < ${processes}) await pause(20)
      await pause(300)
      fs.appendFileSync(${JSON.stringify(log)}, 'out ')
    })`

  it('lets one process in at a time, and says that it waits on standard error alone', async () => {
    const log = join(folder, 'lock.log')
    const file = script('locked.cjs', work(join(folder, 'a.lock'), log, 3))
    const ends = await Promise.all([1, 2, 3].map(() => run([file]).end))
    expect(readFileSync(log, 'utf8')).toBe('in out in out in out ')
    expect(ends.map((end) => end.stdout).join('')).toBe('')
    expect(ends.filter((end) => end.stderr.includes('waiting for another process that is testing'))).toHaveLength(2)
  })

  it('of a dead process is taken away', async () => {
    const log = join(folder, 'dead.log')
    const lock = script('dead.lock', '1')
    utimesSync(lock, new Date(0), new Date(0))
    await run([script('after-dead.cjs', work(lock, log))]).end
    expect(readFileSync(log, 'utf8')).toBe('in out ')
  })
})

describe('the program', () => {
  it('gets its arguments and folder, and nothing of npm', async () => {
    const file = starter(
      'plain',
      'console.log(JSON.stringify([process.argv.slice(2), process.cwd(), Object.keys(process.env).filter((n) => /^(npm_|INIT_CWD)/.test(n))]))',
    )
    const { end } = run([file, 'a b', '--exit'], { npm_config_loglevel: 'silent', INIT_CWD: '/' })
    expect(JSON.parse((await end).stdout)).toEqual([['a b', '--exit'], folder, []])
  })

  it('ends the bootstrap with its own exit code', async () => {
    expect(await run([starter('code', 'process.exit(7)')]).end).toMatchObject({ code: 7, signal: null })
  })

  it('ends the bootstrap with its own signal', async () => {
    const file = starter('signal', "process.kill(process.pid, 'SIGKILL')")
    expect(await run([file]).end).toMatchObject({ signal: 'SIGKILL' })
  })

  const patient = (name: string) =>
    starter(
      name,
      "process.on('SIGTERM', () => { console.log('stopping'); process.exit(3) }); console.log('ready'); setTimeout(() => {}, 15000)",
    )

  const ready = (child: ChildProcess) => new Promise((resolve) => child.stdout?.once('data', resolve))

  it('is told to stop when the bootstrap is', async () => {
    const { child, end } = run([patient('term')])
    await ready(child)
    child.kill('SIGTERM')
    expect(await end).toMatchObject({ code: 3, stdout: 'ready\nstopping\n' })
  })

  it("is told to stop when npm's shell is gone", async () => {
    const file = patient('orphan')
    const shell = script(
      'shell.cjs',
      `require('child_process').spawn(process.execPath, [${JSON.stringify(file)}], { stdio: 'inherit' })`,
    )
    const { child, end } = run([shell], { npm_lifecycle_event: 'start' })
    await ready(child)
    child.kill('SIGKILL')
    expect((await end).stdout).toBe('ready\nstopping\n')
  })
})

describe('run.cjs', () => {
  it('refuses a task it does not know, on standard error', async () => {
    const end = await run([join(here, 'run.cjs'), 'nonsense']).end
    expect(end).toMatchObject({ code: 2, stdout: '' })
    expect(end.stderr).toContain('no task "nonsense"; there are start, demo')
  })
})
