import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('../../packages/server/src/processes/all.ts', import.meta.url))
const startWithinMs = 120_000
const stopWithinMs = 30_000
const lookEveryMs = 5

export interface ServerOptions {
  readonly dataDir: string
  readonly env?: Readonly<Record<string, string>>
  /** Flags of Node itself. */
  readonly nodeFlags?: readonly string[]
}

export interface RequestOptions {
  readonly method?: string
  /** Media type of the body; JSON when absent. */
  readonly type?: string
  readonly body?: string
  readonly signal?: AbortSignal
}

/** A server in a process of its own, as `npm start` runs it. */
export interface EmbeddedServer {
  readonly url: string
  readonly pid: number
  /** From starting the process until `/health/ready` answered 200. */
  readonly readyMs: number
  /** From starting the process until it answered a request of a signed-in caller for events. */
  readonly searchedMs: number
  /** An API request with the local key; fails on any status but 2xx. */
  call(path: string, init?: RequestOptions): Promise<unknown>
  /** The same without looking at the answer's status. */
  request(path: string, init?: RequestOptions): Promise<Response>
  /** Stops it as Ctrl-C does; resolves when the process is gone. */
  stop(): Promise<void>
}

/** Starts the server on a free port of the loopback address and waits until it answers. */
export async function startServer({ dataDir, env = {}, nodeFlags = [] }: ServerOptions): Promise<EmbeddedServer> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const printed: string[] = []
  const startedMs = performance.now()
  const child = spawn(process.execPath, [...nodeFlags, program], {
    env: {
      ...process.env,
      WATCHFLOOR_DATA_DIR: dataDir,
      WATCHFLOOR_PORT: String(port),
      WATCHFLOOR_LOG_LEVEL: 'warn',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (part) => {
      printed.push(String(part))
      if (printed.length > 200) printed.shift()
    })
  // A benchmark that fails must not leave a server behind.
  const endWithUs = () => child.kill('SIGKILL')
  process.once('exit', endWithUs)
  child.once('exit', () => process.off('exit', endWithUs))

  await answers(`${url}/health/ready`, child, printed)
  const readyMs = performance.now() - startedMs
  const { apiKey } = JSON.parse(readFileSync(join(dataDir, 'local.json'), 'utf8')) as { apiKey: string }

  const request: EmbeddedServer['request'] = (path, init = {}) =>
    fetch(url + path, {
      method: init.method ?? (init.body === undefined ? 'GET' : 'POST'),
      headers: {
        'x-api-key': apiKey,
        ...(init.body === undefined ? {} : { 'content-type': init.type ?? 'application/json' }),
      },
      ...(init.body === undefined ? {} : { body: init.body }),
      ...(init.signal ? { signal: init.signal } : {}),
    })
  const call: EmbeddedServer['call'] = async (path, init) => {
    const response = await request(path, init)
    const text = await response.text()
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text.slice(0, 300)}`)
    return text === '' ? undefined : JSON.parse(text)
  }
  await call('/api/v1/events/search?from=2020-01-01T00:00:00Z&to=2040-01-01T00:00:00Z&limit=1')
  const searchedMs = performance.now() - startedMs

  return { url, pid: child.pid as number, readyMs, searchedMs, call, request, stop: () => stopped(child) }
}

async function answers(url: string, child: ChildProcess, printed: readonly string[]): Promise<void> {
  const giveUpMs = performance.now() + startWithinMs
  for (;;) {
    const ok = await fetch(url).then(
      async (response) => {
        await response.text()
        return response.ok
      },
      () => false,
    )
    if (ok) return
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}:\n${printed.join('')}`)
    if (performance.now() > giveUpMs) throw new Error(`the server did not get ready:\n${printed.join('')}`)
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs))
  }
}

async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), stopWithinMs)
  await gone
  clearTimeout(timer)
}

async function freePort(): Promise<number> {
  const probe = createServer()
  probe.listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as { port: number }
  probe.close()
  await once(probe, 'close')
  return port
}
