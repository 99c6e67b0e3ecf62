import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { closestName } from './closest-name.ts'
import { type Environment, loadConfig, printConfigIssues } from './config.ts'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

function dataDir(yaml?: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'watchfloor-config-'))
  folders.push(folder)
  if (yaml !== undefined) writeFileSync(join(folder, 'watchfloor.yaml'), yaml)
  return folder
}

const slices = {
  events: z.strictObject({
    retentionDays: z.coerce.number().int().min(1).default(90),
    tailRoots: z.preprocess((value) => value, z.array(z.string().startsWith('/'))).default(['/var/log']),
    ports: z.array(z.number()).default([]),
    quiet: z.coerce.boolean().default(false),
    syslogUdp: z.string().optional(),
  }),
  'attack-paths': z.strictObject({
    smtp: z.strictObject({ host: z.string().optional(), maxDepth: z.number().default(5) }).prefault({}),
    apiToken: z.string().optional(),
    labels: z.record(z.string(), z.string()).optional(),
  }),
}

function load(env: Environment, yaml?: string) {
  return loadConfig({ slices, env: { WATCHFLOOR_DATA_DIR: dataDir(yaml), ...env } })
}

function loaded(env: Environment, yaml?: string) {
  const result = load(env, yaml)
  if (!result.ok) throw new Error(printConfigIssues(result.issues))
  return result.config
}

function issues(env: Environment, yaml?: string): string {
  const result = load(env, yaml)
  return result.ok ? 'none' : printConfigIssues(result.issues)
}

describe('the configuration', () => {
  it('has defaults for everything', () => {
    const result = loadConfig({ slices, env: {} })
    expect(result).toMatchObject({
      ok: true,
      config: {
        server: { dataDir: resolve('./data'), host: '127.0.0.1', port: 8700, logLevel: 'info', trustProxy: false },
        modules: { events: { retentionDays: 90, tailRoots: ['/var/log'] }, 'attack-paths': { smtp: { maxDepth: 5 } } },
      },
    })
  })

  it('reads numbers, switches, lists, nested keys and maps from variables', () => {
    const { server, modules } = loaded({
      WATCHFLOOR_PORT: '9000',
      WATCHFLOOR_TRUST_PROXY: 'true',
      WATCHFLOOR_OUTGOING_NETWORKS: '10.0.0.0/8, fd00::/8',
      DATABASE_URL: 'postgres://u:p@db.example.org/watchfloor',
      WATCHFLOOR_EVENTS_RETENTION_DAYS: '7',
      WATCHFLOOR_EVENTS_TAIL_ROOTS: '/a, /b',
      WATCHFLOOR_EVENTS_PORTS: '1,2',
      WATCHFLOOR_EVENTS_QUIET: 'off',
      WATCHFLOOR_EVENTS_SYSLOG_UDP: '',
      WATCHFLOOR_ATTACK_PATHS_SMTP__HOST: 'mail.example.org',
      WATCHFLOOR_ATTACK_PATHS_LABELS: '{"a":"b"}',
    })
    expect(server).toMatchObject({ port: 9000, trustProxy: true, outgoingNetworks: ['10.0.0.0/8', 'fd00::/8'] })
    expect(server.databaseUrl).toBe('postgres://u:p@db.example.org/watchfloor')
    expect(modules.events).toEqual({ retentionDays: 7, tailRoots: ['/a', '/b'], ports: [1, 2], quiet: false })
    expect(modules['attack-paths']).toEqual({ smtp: { host: 'mail.example.org', maxDepth: 5 }, labels: { a: 'b' } })
  })

  it('reads a file, and variables win over it', () => {
    const yaml = 'server:\n  port: 9001\n  host: 0.0.0.0\nattack-paths:\n  smtp: { maxDepth: 3 }\nevents:\n'
    const { server, modules } = loaded({ WATCHFLOOR_PORT: '9000' }, yaml)
    expect([server.port, server.host, modules['attack-paths'].smtp.maxDepth]).toEqual([9000, '0.0.0.0', 3])
    const elsewhere = join(dataDir('server: { port: 9002 }'), 'watchfloor.yaml')
    expect(loaded({ WATCHFLOOR_CONFIG: elsewhere }).server.port).toBe(9002)
    expect(issues({ WATCHFLOOR_CONFIG: '/nowhere/watchfloor.yaml' })).toContain('no such file')
  })

  it('refuses everything that is wrong at once, and says what was meant', () => {
    const text = issues(
      {
        WATCHFLOOR_PROT: '1',
        WATCHFLOOR_EVENTS_RETENTION_DAY: '1',
        WATCHFLOOR_SOMETHING_ELSE_ALTOGETHER: '1',
        WATCHFLOOR_PORT: 'many',
        WATCHFLOOR_EVENTS_RETENTION_DAYS: '0',
        WATCHFLOOR_TEST_DATA: '/x',
        WATCHFLOOR_URL: 'http://127.0.0.1:8700',
        PATH: '/bin',
      },
      'evnts: {}\nevents: { retentonDays: 3 }\nattack-paths: { smtp: { hots: x } }\nserver: { logLevel: loud }\n',
    )
    expect(text).toContain('WATCHFLOOR_PROT: not known; did you mean WATCHFLOOR_PORT?')
    expect(text).toContain('WATCHFLOOR_EVENTS_RETENTION_DAY: not known; did you mean WATCHFLOOR_EVENTS_RETENTION_DAYS?')
    expect(text).toContain('WATCHFLOOR_SOMETHING_ELSE_ALTOGETHER: not known\n')
    expect(text).toMatch(/ {2}WATCHFLOOR_PORT: .*expected number/)
    expect(text).toMatch(/ {2}WATCHFLOOR_EVENTS_RETENTION_DAYS: Too small/)
    expect(text).toContain('watchfloor.yaml: evnts: not known; did you mean events?')
    expect(text).toContain('watchfloor.yaml: events.retentonDays: not known; did you mean retentionDays?')
    expect(text).toContain('watchfloor.yaml: attack-paths.smtp.hots: not known; did you mean host?')
    expect(text).toMatch(/watchfloor\.yaml: server\.logLevel: /)
    expect(text).not.toMatch(/TEST_DATA|WATCHFLOOR_URL|PATH: /)
    expect(text.split('\n')).toHaveLength(10)
  })

  it.each([
    ['a: [1', ':1:'],
    ['server: {}\nserver: {}', ':2:1'],
    ['- a', 'settings by module'],
    ['server: 7', 'expected settings with names'],
    ['__proto__: { port: 1 }', 'not known'],
  ])('refuses the file %j', (yaml, message) => {
    expect(issues({}, yaml)).toContain(message)
  })

  it.each<[Environment, string]>([
    [{ WATCHFLOOR_TLS_CERT_FILE: 'a.pem' }, 'WATCHFLOOR_TLS_CERT_FILE: set WATCHFLOOR_TLS_KEY_FILE too'],
    [{ WATCHFLOOR_ADMIN_PASSWORD: 'x' }, 'WATCHFLOOR_ADMIN_EMAIL: missing'],
    [{ WATCHFLOOR_TRUST_PROXY: 'proxy.example.org' }, 'WATCHFLOOR_TRUST_PROXY: '],
    [{ WATCHFLOOR_PUBLIC_URL: 'floor' }, 'WATCHFLOOR_PUBLIC_URL: expected a URL'],
    [{ DATABASE_URL: 'mysql://x' }, 'DATABASE_URL: expected postgres://'],
    [{ WATCHFLOOR_OUTGOING_NETWORKS: '10.0.0.0' }, 'WATCHFLOOR_OUTGOING_NETWORKS: expected a network'],
  ])('refuses %j', (env, message) => {
    expect(issues(env)).toContain(message)
  })
})

describe('secrets', () => {
  it('may come from a file, but not twice', () => {
    const folder = dataDir()
    const file = join(folder, 'key')
    writeFileSync(file, 'c2VjcmV0\n')
    expect(loaded({ WATCHFLOOR_MASTER_KEY_FILE: file }).server.masterKey).toBe('c2VjcmV0')
    expect(loaded({ WATCHFLOOR_ATTACK_PATHS_API_TOKEN_FILE: file }).modules['attack-paths'].apiToken).toBe('c2VjcmV0')
    expect(issues({ WATCHFLOOR_MASTER_KEY_FILE: file, WATCHFLOOR_MASTER_KEY: 'x' })).toContain('keep one of them')
    expect(issues({ WATCHFLOOR_MASTER_KEY_FILE: '/nowhere/key' })).toContain('cannot be read')
    expect(issues({ WATCHFLOOR_PORT_FILE: file })).toContain('not known')
  })

  it('are masked where the settings are shown, with where each came from', () => {
    const config = loaded(
      {
        WATCHFLOOR_ADMIN_EMAIL: 'ann@example.org',
        WATCHFLOOR_ADMIN_PASSWORD: 'hunter2',
        DATABASE_URL: 'postgres://u:hunter2@db.example.org/w',
        WATCHFLOOR_ATTACK_PATHS_API_TOKEN: 'hunter2',
      },
      'events: { retentionDays: 30 }',
    )
    const described = config.describe()
    expect(JSON.stringify(described)).not.toContain('hunter2')
    const line = (name: string) => described.find((one) => one.name === name)
    expect(line('server.adminPassword')).toMatchObject({ value: '********', from: 'WATCHFLOOR_ADMIN_PASSWORD' })
    expect(line('server.masterKey')).toMatchObject({ value: '', from: 'default' })
    expect(line('server.port')).toMatchObject({ value: '8700', variable: 'WATCHFLOOR_PORT', from: 'default' })
    expect(line('events.retentionDays')?.value).toBe('30')
    expect(line('events.retentionDays')?.from).toMatch(/watchfloor\.yaml$/)
  })
})

it('refuses slices whose variables collide', () => {
  const clash = { 'a-b': z.strictObject({ c: z.string() }), a: z.strictObject({ bC: z.string() }) }
  expect(() => loadConfig({ slices: clash, env: {} })).toThrow('WATCHFLOOR_A_B_C')
})

it('guesses near names only', () => {
  expect(closestName('retentonDays', ['retentionDays', 'tailRoots'])).toBe('retentionDays')
  expect(closestName('zzz', ['retentionDays', 'tailRoots'])).toBeUndefined()
})
