import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Account } from './sign-in.ts'

const program = fileURLToPath(new URL('../../packages/server/src/processes/all.ts', import.meta.url))
const startMs = 60_000
const stopMs = 20_000

/** A server in a process of its own, on an empty data directory. */
export interface RunningFloor {
  readonly url: string
  /** The one-time link that the first start prints; undefined with an administrator. */
  readonly setupLink: string | undefined
  /** A key of the administrator, good on this machine alone. */
  readonly apiKey: string
  /** Ends it as an operator would, and takes the data with it. */
  stop(): Promise<void>
}

/** @throws with what the server said, when it does not come up */
export async function startServer({ administrator }: { administrator?: Account }): Promise<RunningFloor> {
  const dataDir = await mkdtemp(join(tmpdir(), 'watchfloor-e2e-'))
  const child = spawn(process.execPath, [program], {
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
      WATCHFLOOR_WEB_ROOT: process.env.WATCHFLOOR_WEB_ROOT,
      WATCHFLOOR_DATA_DIR: dataDir,
      WATCHFLOOR_HOST: '127.0.0.1',
      WATCHFLOOR_PORT: '0',
      WATCHFLOOR_LOG_LEVEL: 'warn',
      ...(administrator && {
        WATCHFLOOR_ADMIN_EMAIL: administrator.email,
        WATCHFLOOR_ADMIN_PASSWORD: administrator.password,
      }),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const remove = () => rm(dataDir, { recursive: true, force: true, maxRetries: 3 })
  try {
    const said = await greeting(child)
    const url = /Watchfloor is at (\S+)/.exec(said)?.[1]
    if (!url) throw new Error(`the server did not say where it is:\n${said}`)
    const { apiKey } = JSON.parse(await readFile(join(dataDir, 'local.json'), 'utf8')) as { apiKey: string }
    return {
      url,
      setupLink: /(\S+\/setup\?token=\S+)/.exec(said)?.[1],
      apiKey,
      async stop() {
        await end(child)
        await remove()
      },
    }
  } catch (error) {
    await end(child)
    await remove()
    throw error
  }
}

/** What the server prints up to and with its greeting. */
function greeting(child: ChildProcess): Promise<string> {
  let said = ''
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`${why}:\n${said}`))
    const timer = setTimeout(() => fail(`the server was not up after ${startMs} ms`), startMs)
    const hear = (part: Buffer) => {
      said += part.toString('utf8')
      // The greeting is one text that ends in an empty line.
      if (!/Watchfloor is at [\s\S]*\n\n$/.test(said)) return
      clearTimeout(timer)
      resolve(said)
    }
    child.stdout?.on('data', hear)
    child.stderr?.on('data', hear)
    child.once('exit', (code) => {
      clearTimeout(timer)
      fail(`the server ended with code ${code}`)
    })
  })
}

/** Asks it to stop; kills it when it does not. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), stopMs)
  await ended
  clearTimeout(timer)
}
