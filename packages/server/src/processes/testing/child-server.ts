import { type ChildProcess, spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'

const program = fileURLToPath(new URL('../all.ts', import.meta.url))
const localFile = z.object({ url: z.string(), apiKey: z.string(), pid: z.number() })
const lookEveryMs = 20
const keptLines = 5000

/** How to reach a server that runs. */
export interface Address {
  readonly url: string
  readonly apiKey: string
}

/** The real program in a process of its own. */
export interface ChildServer {
  readonly pid: number
  /** What it wrote to its log, line by line. */
  readonly lines: readonly string[]
  readonly address: Promise<Address>
  readonly exited: Promise<number | NodeJS.Signals>
  /** SIGKILL: no goodbye. */
  kill(): Promise<void>
  /** SIGTERM; resolves to how it ended. */
  stop(): Promise<number | NodeJS.Signals>
  /** Freezes every thread of it while `work` runs: what is on disk then is what a power cut would find. */
  frozen<T>(work: () => Promise<T>): Promise<T>
}

/** Starts the program on a data directory, on a port that the system chooses. */
export function startChild(dataDir: string, env: Readonly<Record<string, string>> = {}): ChildServer {
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('WATCHFLOOR_') && name !== 'DATABASE_URL'),
  )
  const child = spawn(process.execPath, [program], {
    env: { ...inherited, WATCHFLOOR_DATA_DIR: dataDir, WATCHFLOOR_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const lines: string[] = []
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line)
      if (lines.length > keptLines) lines.shift()
    })
  const exited = new Promise<number | NodeJS.Signals>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve(code ?? signal ?? 0))
  })
  const address = addressOf(child, dataDir, lines)
  // Looked at by whoever needs the address; a child that is killed before it listens never has one.
  address.catch(() => {})
  return {
    pid: child.pid ?? 0,
    lines,
    address,
    exited,
    async kill() {
      child.kill('SIGKILL')
      await exited
    },
    stop() {
      child.kill('SIGTERM')
      return exited
    },
    async frozen(work) {
      child.kill('SIGSTOP')
      try {
        return await work()
      } finally {
        child.kill('SIGCONT')
      }
    },
  }
}

/** The server says in its data directory where it is, under its own pid. */
async function addressOf(child: ChildProcess, dataDir: string, lines: readonly string[]): Promise<Address> {
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`the server ended before it listened: ${lines.slice(-8).join('\n')}`)
    const text = await readFile(join(dataDir, 'local.json'), 'utf8').catch(() => undefined)
    const found = text === undefined ? undefined : localFile.parse(JSON.parse(text))
    if (found && found.pid === child.pid) return { url: found.url, apiKey: found.apiKey }
    await sleep(lookEveryMs)
  }
}

/** Calls the API of a server. @throws with the answer when it is a refusal */
export async function call(address: Address, path: string, init: RequestInit = {}): Promise<unknown> {
  const response = await fetch(`${address.url}${path}`, {
    ...init,
    headers: { 'x-api-key': address.apiKey, ...(init.body ? { 'content-type': 'application/json' } : {}) },
  })
  const text = await response.text()
  if (!response.ok)
    throw new Error(`${init.method ?? 'GET'} ${path} answered ${response.status}: ${text.slice(0, 500)}`)
  return text === '' ? undefined : JSON.parse(text)
}
