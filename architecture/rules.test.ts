import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { rules, violationsIn } from './rules.ts'
import { readSourceTree } from './source-tree.ts'

const folders: string[] = []

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

type Files = Readonly<Record<string, string>>

/** A house that breaks no law. */
const sound: Files = {
  'contracts/src/kernel/index.ts': "import { z } from 'zod'\nexport const id = z.string()\n",
  'contracts/src/alerts/index.ts': "import { id } from '../kernel/index.ts'\nexport const alert = id\n",
  'engines/src/sigma/index.ts':
    "import { id } from '@watchfloor/contracts/kernel'\nexport const at = (ms: number) => [id, new Date(ms)]\n",
  'server/src/platform/sql/sql.ts': 'export interface Sql { tx(work: unknown): void }\n',
  'server/src/adapters/embedded/pglite.ts':
    "import type { Sql } from '../../platform/sql/sql.ts'\nexport type Own = Sql\n",
  'server/src/modules/alerts/index.ts':
    "import { at } from '@watchfloor/engines/sigma'\nimport { log } from '../audit/index.ts'\nexport const alerts = [at, log]\n",
  'server/src/modules/alerts/module.ts': "export const alertsModule = { name: 'alerts' }\n",
  'server/src/modules/audit/index.ts': "import { inner } from './service.ts'\nexport const log = inner\n",
  'server/src/modules/audit/service.ts': 'export const inner = 1\n',
  'server/src/modules/modules.ts':
    "import { alertsModule } from './alerts/module.ts'\nexport const modules = [alertsModule]\n",
  'server/src/processes/all.ts':
    "import type { Own } from '../adapters/embedded/pglite.ts'\nimport { modules } from '../modules/modules.ts'\nexport const all: [Own?, unknown?] = [undefined, modules]\n",
  'client/src/index.ts': "import type { id } from '@watchfloor/contracts/kernel'\nexport type Id = typeof id\n",
  'web/src/app/main.ts': "import { list } from '../features/alerts/list.ts'\nexport const app = list\n",
  'web/src/features/alerts/list.ts': "import { button } from '../../ui/button.ts'\nexport const list = button\n",
  'web/src/features/events/search.ts': 'export const search = 1\n',
  'web/src/ui/button.ts': 'export const button = 1\n',
  'cli/src/main.ts': "import { all } from '@watchfloor/server/processes/all'\nexport const main = all\n",
}

function check(changes: Files = {}): string[] {
  const root = mkdtempSync(join(tmpdir(), 'watchfloor-house-'))
  folders.push(root)
  for (const [path, text] of Object.entries({ ...sound, ...changes })) {
    const file = join(root, 'packages', path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
  return violationsIn(readSourceTree(root)).map(({ rule, where, message }) => `${rule} ${where} ${message}`)
}

/** [rule, what is planted, the files, where it is found] */
const planted: [string, string, Files, string][] = [
  [
    'packages-downward',
    'contracts import engines',
    { 'contracts/src/alerts/index.ts': "import '@watchfloor/engines/sigma'" },
    'contracts/src/alerts/index.ts:1',
  ],
  [
    'packages-downward',
    'engines import the server',
    { 'engines/src/sigma/index.ts': "import '@watchfloor/server/processes/all'" },
    'engines/src/sigma/index.ts:1',
  ],
  [
    'packages-downward',
    'the web imports the server, by type only',
    { 'web/src/ui/button.ts': "\nimport type { all } from '@watchfloor/server/processes/all'" },
    'web/src/ui/button.ts:2',
  ],
  [
    'packages-downward',
    'the web imports engines lazily',
    { 'web/src/ui/button.ts': "export const x = import('@watchfloor/engines/sigma')" },
    'web/src/ui/button.ts:1',
  ],
  [
    'packages-downward',
    'the command line imports a module',
    { 'cli/src/main.ts': "import '@watchfloor/server/modules/audit/index'" },
    'cli/src/main.ts:1',
  ],
  [
    'packages-by-name',
    'a relative path into another package',
    { 'cli/src/main.ts': "export * from '../../client/src/index.ts'" },
    'cli/src/main.ts:1',
  ],
  [
    'npm-allowed',
    'contracts import lodash',
    { 'contracts/src/alerts/index.ts': "import 'lodash'" },
    'contracts/src/alerts/index.ts:1',
  ],
  [
    'npm-allowed',
    'engines import fastify by a deep path',
    { 'engines/src/sigma/index.ts': "import 'fastify/lib/x.js'" },
    'engines/src/sigma/index.ts:1',
  ],
  ['npm-allowed', 'the client imports zod', { 'client/src/index.ts': "import 'zod'" }, 'client/src/index.ts:1'],
  [
    'no-node-outside-server',
    'engines read files',
    { 'engines/src/sigma/index.ts': "import 'node:fs'" },
    'engines/src/sigma/index.ts:1',
  ],
  [
    'no-node-outside-server',
    'the web uses an old name',
    { 'web/src/ui/button.ts': "import 'path'" },
    'web/src/ui/button.ts:1',
  ],
  [
    'server-layers',
    'platform imports an adapter',
    { 'server/src/platform/sql/sql.ts': "import '../../adapters/embedded/pglite.ts'" },
    'server/src/platform/sql/sql.ts:1',
  ],
  [
    'server-layers',
    'a module imports an adapter',
    { 'server/src/modules/audit/service.ts': "import '../../adapters/embedded/pglite.ts'\nexport const inner = 1" },
    'server/src/modules/audit/service.ts:1',
  ],
  [
    'server-layers',
    'a module starts a thread of an adapter',
    {
      'server/src/modules/audit/service.ts':
        "export const inner = new URL('../../adapters/embedded/pglite.ts', import.meta.url)",
    },
    'server/src/modules/audit/service.ts:1',
  ],
  [
    'server-layers',
    'an adapter imports a module',
    { 'server/src/adapters/embedded/pglite.ts': "import '../../modules/audit/index.ts'\nexport type Own = 1" },
    'server/src/adapters/embedded/pglite.ts:1',
  ],
  [
    'server-layers',
    'the demo imports the platform',
    {
      'server/src/demo/scenario/story.ts':
        "import type { Sql } from '../../platform/sql/sql.ts'\nexport type Own = Sql",
    },
    'server/src/demo/scenario/story.ts:1',
  ],
  [
    'server-layers',
    'a module imports the demo',
    {
      'server/src/demo/rule-files.ts': 'export const rules = 1',
      'server/src/modules/audit/service.ts': "import '../../demo/rule-files.ts'\nexport const inner = 1",
    },
    'server/src/modules/audit/service.ts:1',
  ],
  [
    'server-layers',
    'a file outside every layer',
    { 'server/src/loose.ts': "import './platform/sql/sql.ts'" },
    'server/src/loose.ts:1',
  ],
  [
    'contracts-stand-alone',
    'a contract imports another',
    { 'contracts/src/events/index.ts': "import '../alerts/index.ts'" },
    'contracts/src/events/index.ts:1',
  ],
  [
    'features-apart',
    'a page imports another page',
    { 'web/src/features/alerts/list.ts': "import '../events/search.ts'\nexport const list = 1" },
    'web/src/features/alerts/list.ts:1',
  ],
  [
    'ui-below',
    'ui imports a page',
    { 'web/src/ui/button.ts': "import '../features/events/search.ts'\nexport const button = 1" },
    'web/src/ui/button.ts:1',
  ],
  [
    'test-code-apart',
    'the program imports a builder',
    {
      'server/src/modules/audit/testing.ts': 'export {}',
      'server/src/modules/audit/service.ts': "import './testing.ts'\nexport const inner = 1",
    },
    'server/src/modules/audit/service.ts:1',
  ],
  [
    'module-door',
    'a module goes past a door',
    { 'server/src/modules/alerts/index.ts': "import { inner } from '../audit/service.ts'\nexport const x = inner" },
    'server/src/modules/alerts/index.ts:1',
  ],
  [
    'module-door',
    'a process goes past a door',
    { 'server/src/processes/all.ts': "import { inner } from '../modules/audit/service.ts'\nexport const all = inner" },
    'server/src/processes/all.ts:1',
  ],
  [
    'module-ranks',
    'a low module calls a high one',
    {
      'server/src/modules/audit/service.ts': "import type { alerts } from '../alerts/index.ts'\nexport const inner = 1",
    },
    'server/src/modules/audit/service.ts:1',
  ],
  [
    'module-ranks',
    'a module calls one of its own rank',
    {
      'server/src/modules/settings/index.ts': "import '../integrations/index.ts'",
      'server/src/modules/integrations/index.ts': '',
    },
    'server/src/modules/settings/index.ts:1',
  ],
  [
    'module-known',
    'a module without a rank',
    { 'server/src/modules/weather/index.ts': '' },
    'server/src/modules/weather/index.ts',
  ],
  [
    'references-resolve',
    'an import of nothing',
    { 'web/src/ui/button.ts': "import './gone.ts'\nexport const button = 1" },
    'web/src/ui/button.ts:1',
  ],
  [
    'no-cycles',
    'two files import each other',
    {
      'server/src/modules/audit/service.ts': "import './store.ts'\nexport const inner = 1",
      'server/src/modules/audit/store.ts': "import './service.ts'",
    },
    'server/src/modules/audit/',
  ],
  ['names-say-what', 'a file named utils', { 'web/src/ui/utils.ts': '' }, 'web/src/ui/utils.ts'],
  ['names-say-what', 'a folder named common', { 'web/src/common/x.ts': '' }, 'web/src/common/x.ts'],
  ['files-small', 'a file of 600 lines', { 'web/src/ui/long.ts': '\n'.repeat(600) }, 'web/src/ui/long.ts'],
  [
    'engines-pure',
    'Date.now',
    { 'engines/src/sigma/index.ts': '\nexport const at = () => Date.now()' },
    'engines/src/sigma/index.ts:2',
  ],
  [
    'engines-pure',
    'new Date()',
    { 'engines/src/sigma/index.ts': 'export const at = () => new Date()' },
    'engines/src/sigma/index.ts:1',
  ],
  [
    'engines-pure',
    'new Date',
    { 'engines/src/sigma/index.ts': 'export const at = () => new Date' },
    'engines/src/sigma/index.ts:1',
  ],
  [
    'engines-pure',
    'Math.random',
    { 'engines/src/sigma/index.ts': 'export const at = Math.random' },
    'engines/src/sigma/index.ts:1',
  ],
  [
    'engines-pure',
    'a timer',
    { 'engines/src/sigma/index.ts': 'export const at = () => setTimeout(() => 1, 1)' },
    'engines/src/sigma/index.ts:1',
  ],
  [
    'engines-pure',
    'Buffer',
    { 'engines/src/sigma/index.ts': "export const at = () => Buffer.from('')" },
    'engines/src/sigma/index.ts:1',
  ],
  [
    'environment-in-config',
    'a module reads the environment',
    { 'server/src/modules/audit/service.ts': 'export const inner = process.env.HOME' },
    'server/src/modules/audit/service.ts:1',
  ],
  [
    'transactions-closed',
    'fetch',
    inTransaction("await fetch('https://example.org')"),
    'server/src/modules/audit/service.ts:2',
  ],
  [
    'transactions-closed',
    'the outgoing client',
    inTransaction('await platform.outgoing.send({})'),
    'server/src/modules/audit/service.ts:2',
  ],
  ['transactions-closed', 'a blob', inTransaction("await blobs.put('x')"), 'server/src/modules/audit/service.ts:2'],
  [
    'transactions-closed',
    'the outer handle',
    inTransaction('await store.list(this.sql.db)'),
    'server/src/modules/audit/service.ts:2',
  ],
  [
    'transactions-closed',
    'another transaction',
    inTransaction('await sql.tx(async () => {})'),
    'server/src/modules/audit/service.ts:2',
  ],
]

function inTransaction(statement: string): Files {
  const text = `export const inner = (sql: any) => sql.tx(async (db: any) => {\n${statement}\n})`
  return { 'server/src/modules/audit/service.ts': text }
}

describe('the rules of the house', () => {
  it('find nothing in a sound house', () => {
    expect(check()).toEqual([])
  })

  it.each(planted)('%s: %s', (rule, _what, files, where) => {
    expect(check(files).map((found) => found.slice(0, `${rule} packages/${where}`.length))).toContain(
      `${rule} packages/${where}`,
    )
  })

  it('each have a planted violation', () => {
    const proven = new Set(planted.map(([rule]) => rule))
    expect(rules.map((rule) => rule.name).filter((name) => !proven.has(name))).toEqual([])
  })

  it('let tests use what the program may not', () => {
    const test = "import '../../adapters/embedded/pglite.ts'\nimport 'vitest'\nconst home = process.env.HOME\n"
    expect(check({ 'server/src/modules/audit/service.test.ts': test })).toEqual([])
  })

  it('let a date be made from an argument', () => {
    expect(check({ 'engines/src/sigma/index.ts': 'export const at = (process: Date) => new Date(process)' })).toEqual(
      [],
    )
  })

  it('refuse to judge a tree they could not read', () => {
    const empty = mkdtempSync(join(tmpdir(), 'watchfloor-house-'))
    folders.push(empty)
    expect(() => readSourceTree(empty)).toThrow('no source was read')
  })
})
