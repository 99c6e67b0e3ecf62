import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { type RunningServer, readConfig, serve } from '@watchfloor/server/processes/serve'
import { CommanderError } from 'commander'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { commandContext } from './commands/context.ts'
import { readEnvironment } from './config/environment.ts'
import { connect } from './connection/connect.ts'
import { ConnectionFailure } from './connection/connection-failure.ts'
import { CredentialStore } from './connection/credentials.ts'
import { exitCodes } from './output/failure.ts'
import { printFailure } from './output/print-failure.ts'
import { createProgram } from './program.ts'
import { flakyProxy } from './testing/flaky-proxy.ts'
import { memoryTerminal } from './testing/memory-terminal.ts'
import { zipOf } from './testing/zip-archive.ts'

const password = 'plover-Quartz-41-lamp'
const ruleId = '0b5a9f0e-3c1d-4e52-9a6b-7d2f11c0a001'
const rule = `title: Tool that reads memory
id: ${ruleId}
status: stable
level: high
logsource:
  category: process_creation
  product: windows
detection:
  selection:
    Image|endswith: '\\dumper.exe'
  condition: selection
`
const badRule = rule.replace('|endswith', '|endswiht').replace(ruleId, '0b5a9f0e-3c1d-4e52-9a6b-7d2f11c0a002')

const sysmon = (n: number, image: string): string =>
  JSON.stringify({
    Channel: 'Microsoft-Windows-Sysmon/Operational',
    Provider_Name: 'Microsoft-Windows-Sysmon',
    EventID: 1,
    UtcTime: '2026-03-01 10:00:00.000',
    Hostname: 'ws-1.example.org',
    Image: image,
    CommandLine: `${image} ${n}`,
  })

interface Said {
  readonly out: string
  readonly err: string
  readonly exitCode: number
}

describe('the command line and a real server', () => {
  let folder: string
  let server: RunningServer

  const configOn = (port: string) =>
    readConfig({
      WATCHFLOOR_DATA_DIR: join(folder, 'data'),
      WATCHFLOOR_PORT: port,
      WATCHFLOOR_LOG_LEVEL: 'error',
      WATCHFLOOR_ADMIN_EMAIL: 'ada@example.org',
      WATCHFLOOR_ADMIN_PASSWORD: password,
    })

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'watchfloor-cli-e2e-'))
    server = await serve(configOn('0'))
    await mkdir(join(folder, 'rules'))
    await writeFile(join(folder, 'rules/good.yml'), rule)
    await writeFile(join(folder, 'rules/bad.yml'), badRule)
    await mkdir(join(folder, 'logs'))
    await writeFile(join(folder, 'logs/README.md'), 'words')
    await writeFile(
      join(folder, 'logs/auth.log'),
      'Mar  1 10:00:00 web sshd[1]: Accepted password for ada from 192.0.2.7 port 22 ssh2\n',
    )
    await writeFile(
      join(folder, 'logs/sysmon.jsonl.gz'),
      gzipSync(
        `${Array.from({ length: 6000 }, (_, n) => sysmon(n, n === 17 ? 'C:\\Temp\\dumper.exe' : 'C:\\Windows\\notepad.exe')).join('\n')}\n{"broken": \n`,
      ),
    )
    await writeFile(join(folder, 'logs/more.zip'), await zipOf({ 'a.json': '[{"message":"one"},{"message":"two"}]' }))
  }, 120_000)

  afterAll(async () => {
    await server?.stop()
    await rm(folder, { recursive: true, force: true })
  })

  /** Runs the command as its program does. */
  async function run(args: readonly string[], variables: Record<string, string> = {}): Promise<Said> {
    const terminal = memoryTerminal()
    const environment = readEnvironment({
      WATCHFLOOR_DATA_DIR: join(folder, 'data'),
      XDG_CONFIG_HOME: join(folder, 'config'),
      ...variables,
    })
    const credentials = new CredentialStore(environment)
    process.exitCode = undefined
    try {
      const program = createProgram(commandContext({ environment, terminal, credentials, isInteractive: false }))
      await program.parseAsync([...args], { from: 'user' })
    } catch (error) {
      process.exitCode = error instanceof CommanderError ? exitCodes.usage : printFailure(terminal.err, error)
    }
    const exitCode = Number(process.exitCode ?? 0)
    process.exitCode = undefined
    return { out: terminal.stdout(), err: terminal.stderr(), exitCode }
  }

  const json = async (args: readonly string[]) => JSON.parse((await run([...args, '--json'])).out)

  it('finds the server of this machine and says how it is', async () => {
    expect(await run(['status'])).toMatchObject({ exitCode: 0, err: `${server.url} is up\n` })
    expect((await run(['whoami'])).out).toContain('local server')
  })

  it('imports rules, and lists what is refused with file, line and remedy', async () => {
    const first = await run(['rules', 'import', join(folder, 'rules')])
    expect(first.exitCode).toBe(0)
    expect(first.out).toMatch(/SIGMA_\w+ .*rules\/bad\.yml:\d+:\d+ .*endswith/)
    expect(await json(['rules', 'import', join(folder, 'rules')])).toMatchObject({
      files: 2,
      added: 0,
      refused: 1,
      enabled: 1,
    })
    expect((await run(['rules', 'list', '--format', 'csv'])).out).toContain(`${ruleId},high,stable,yes`)
  })

  it('sends a folder, counts every event, and says what it left out', async () => {
    const summary = await json(['ingest', join(folder, 'logs')])
    expect(summary).toMatchObject({
      complete: true,
      files: 3,
      read: 6004,
      accepted: 6003,
      refused: 1,
      refusedRecords: [{ file: 'logs/sysmon.jsonl.gz', line: 6001, code: 'JSON_MALFORMED' }],
      skipped: [{ file: 'logs/README.md', reason: 'a document (.md)' }],
      damaged: [],
    })
    await vi.waitFor(
      async () => {
        const { out } = await run(['sources', 'list', '--format', 'jsonl'])
        expect(JSON.parse(out)).toMatchObject({ name: 'logs', kind: 'upload', received: 6003, storedEvents: 6003 })
      },
      { timeout: 30_000, interval: 300 },
    )
  }, 60_000)

  it('finds the events and the alert', async () => {
    const { out } = await run([
      'events',
      'search',
      'process.executable:*dumper.exe',
      '--from',
      '2026-03-01',
      '--to',
      '2026-03-02',
      '--format',
      'jsonl',
    ])
    expect(JSON.parse(out)).toMatchObject({ raw: sysmon(17, 'C:\\Temp\\dumper.exe') })
    const alert = await vi.waitFor(
      async () => JSON.parse((await run(['alerts', 'list', '--format', 'jsonl'])).out) as { id: string },
      { timeout: 15_000, interval: 300 },
    )
    expect(alert).toMatchObject({ ruleId, severity: 'high', status: 'new', count: 1 })
    expect((await run(['alerts', 'show', alert.id])).out).toMatch(/matched +.*dumper\.exe/)
    expect(await run(['alerts', 'close', alert.id, '--resolution', 'benign'])).toMatchObject({ exitCode: 0 })
    expect((await run(['alerts', 'list', '--status', 'closed', '--format', 'csv'])).out).toContain(alert.id)
  }, 30_000)

  it('tries a rule of a file on events of a file', async () => {
    const sample = join(folder, 'sample.jsonl')
    await writeFile(sample, `${sysmon(1, 'C:\\a.exe')}\n${sysmon(2, 'C:\\x\\dumper.exe')}\n`)
    const { out, exitCode } = await run(['rules', 'test', join(folder, 'rules/good.yml'), '--events', sample])
    expect(out).toContain('sample.jsonl:2')
    expect(exitCode).toBe(0)
    await writeFile(sample, `${sysmon(1, 'C:\\a.exe')}\n`)
    expect((await run(['rules', 'test', ruleId, '--events', sample])).exitCode).toBe(1)
  })

  it('sends nothing in a dry run, without a server', async () => {
    const { out, exitCode } = await run(['ingest', '--dry-run', '--json', join(folder, 'logs')], {
      WATCHFLOOR_DATA_DIR: folder,
    })
    expect(JSON.parse(out)).toMatchObject({ dryRun: true, read: 6004, accepted: 0 })
    expect(exitCode).toBe(0)
  })

  it('adds nothing twice when answers are lost', async () => {
    const { apiKey, url } = JSON.parse(await readFile(join(folder, 'data/local.json'), 'utf8')) as {
      apiKey: string
      url: string
    }
    const file = join(folder, 'twice.jsonl')
    await writeFile(file, Array.from({ length: 12_000 }, (_, n) => `{"message":"m${n}"}\n`).join(''))
    const proxy = await flakyProxy(url, (connection) => connection <= 2)
    try {
      const { out } = await run(['ingest', file, '--json', '--jobs', '1', '--url', proxy.url, '--api-key', apiKey])
      expect(proxy.swallowed()).toBeGreaterThan(0)
      expect(JSON.parse(out)).toMatchObject({ complete: true, accepted: 12_000, retries: proxy.swallowed() })
      await vi.waitFor(
        async () => {
          const lines = (await run(['sources', 'list', '--format', 'jsonl'])).out.trim().split('\n')
          const stored = lines.map((line) => JSON.parse(line) as { name: string; storedEvents: number })
          expect(stored.find(({ name }) => name === 'twice.jsonl')?.storedEvents).toBe(12_000)
        },
        { timeout: 30_000, interval: 300 },
      )
    } finally {
      await proxy.close()
    }
  }, 60_000)

  it('makes, uses and revokes an API key with a login of one’s own', async () => {
    expect(await run(['keys', 'list'])).toMatchObject({ exitCode: 1, err: expect.stringContaining('watchfloor login') })
    await logIn()
    const { out: secret, err } = await run(['keys', 'create', 'sender', '--permission', 'events:write'])
    expect(secret).toMatch(/^wf_\w+\n$/)
    const id = /\((\w+)\)/.exec(err)?.[1] ?? ''
    expect((await run(['users', 'list', '--api-key', secret.trim()])).err).toContain('FORBIDDEN')
    expect((await run(['keys', 'revoke', id])).exitCode).toBe(0)
    expect((await run(['ingest', join(folder, 'logs'), '--api-key', secret.trim()])).exitCode).toBe(1)
    expect((await run(['whoami'])).out).toContain('ada@example.org')
    expect((await run(['logout'])).exitCode).toBe(0)
    expect((await run(['whoami'])).out).toContain('local server')
  })

  /** Keeps a login made as `login` makes it; that one asks at a terminal. */
  async function logIn(): Promise<void> {
    const { url } = server
    const answer = await fetch(`${url}/api/v1/tokens`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'ada@example.org', password }),
    })
    const pair = (await answer.json()) as { accessToken: string; refreshToken: string }
    const environment = readEnvironment({ XDG_CONFIG_HOME: join(folder, 'config') })
    // Run out already: the next command has to exchange it.
    const login = { kind: 'token', email: 'ada@example.org', accessExpiresAtMs: 0, ...pair } as const
    await new CredentialStore(environment).save(url, login)
  }

  it('verifies the audit log', async () => {
    expect(await json(['audit', 'verify'])).toMatchObject({ intact: true })
    expect((await run(['audit', 'list', '--action', 'rules.', '--format', 'jsonl'])).out).toContain('rules.import')
  })

  it('saves everything in one file and restores it elsewhere', async () => {
    const file = join(folder, 'floor.tar.zst')
    expect(await run(['backup', file, '--with-master-key'])).toMatchObject({ exitCode: 0 })
    vi.stubEnv('WATCHFLOOR_DATA_DIR', join(folder, 'restored'))
    try {
      expect(await run(['restore', file])).toMatchObject({ exitCode: 0, err: expect.stringContaining('restored') })
      expect(await run(['restore', file])).toMatchObject({ exitCode: 1, err: expect.stringContaining('--force') })
      expect(await run(['restore', join(folder, 'gone.tar.gz')])).toMatchObject({
        exitCode: 1,
        err: expect.stringContaining('there is no file'),
      })
    } finally {
      vi.unstubAllEnvs()
    }
    const config = {
      WATCHFLOOR_DATA_DIR: join(folder, 'restored'),
      WATCHFLOOR_PORT: '0',
      WATCHFLOOR_LOG_LEVEL: 'error',
    }
    const copy = await serve(readConfig(config))
    const { out } = await run([
      'rules',
      'list',
      '--url',
      copy.url,
      '--api-key',
      await localKeyOf(config.WATCHFLOOR_DATA_DIR),
    ])
    expect(out).toContain('Tool that reads memory')
    await copy.stop()
  }, 120_000)

  const localKeyOf = async (dataDir: string): Promise<string> =>
    (JSON.parse(await readFile(join(dataDir, 'local.json'), 'utf8')) as { apiKey: string }).apiKey

  it('goes on with a server that was started again and has a new key for this machine', async () => {
    const environment = readEnvironment({ WATCHFLOOR_DATA_DIR: join(folder, 'data'), XDG_CONFIG_HOME: folder })
    const { client } = await connect({}, { environment, credentials: new CredentialStore(environment) })
    expect((await client.GET('/api/v1/sources')).response.status).toBe(200)
    await server.stop()
    await expect(client.GET('/api/v1/sources')).rejects.toBeInstanceOf(ConnectionFailure)
    server = await serve(configOn(new URL(server.url).port))
    expect((await client.GET('/api/v1/sources')).response.status).toBe(200)
  }, 60_000)

  it('says what is wrong with a call, an address and a path', async () => {
    expect(await run(['alerts', 'close', 'x'])).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('--resolution'),
    })
    expect(await run(['nothing'])).toMatchObject({ exitCode: 2, err: expect.stringContaining('unknown command') })
    expect(await run(['status', '--url', 'http://127.0.0.1:9', '--api-key', 'x'])).toMatchObject({ exitCode: 1 })
    expect(await run(['ingest', join(folder, 'gone')])).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining('is not there'),
    })
  })
})
