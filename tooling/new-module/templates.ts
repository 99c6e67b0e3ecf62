import type { Names } from './names.ts'

/** The files of a new module by path: a small list of entries that can be added and read, to be changed into what is wanted. */
export function templates(names: Names, date: string): Record<string, string> {
  const folder = `packages/server/src/modules/${names.kebab}`
  const migration = `${date}-${names.kebab}`
  return {
    [`packages/contracts/src/${names.kebab}/index.ts`]: contract(names),
    [`${folder}/README.md`]: readme(names),
    [`${folder}/index.ts`]: door(names),
    [`${folder}/module.ts`]: manifest(names, migration),
    [`${folder}/service.ts`]: service(names),
    [`${folder}/store.ts`]: store(names),
    [`${folder}/routes.ts`]: routes(names),
    [`${folder}/migrations/${migration}.ts`]: migrationOf(names, migration),
    [`${folder}/${names.kebab}.test.ts`]: test(names),
  }
}

const contract = ({ kebab, camel, pascal }: Names) => `import { z } from 'zod'
import { idOf, instant, pageOf, pageQuery } from '../kernel/index.ts'

export const ${camel}EntryId = idOf('${kebab}-entry')

export const ${camel}Entry = z
  .object({ id: ${camel}EntryId, title: z.string(), createdAt: instant, createdBy: z.string() })
  .meta({ id: '${pascal}Entry' })
export type ${pascal}Entry = z.infer<typeof ${camel}Entry>

export const ${camel}Query = pageQuery
/** Newest first. */
export const ${camel}Page = pageOf(${camel}Entry)

export const new${pascal}Entry = z.object({ title: z.string().trim().min(1).max(200) })
export type New${pascal}Entry = z.infer<typeof new${pascal}Entry>
`

const readme = ({ kebab, pascal, snake }: Names) => `# ${kebab}

What it is for, in a sentence.

| operation | route | access |
| --- | --- | --- |
| \`list${pascal}\` | \`GET /api/v1/${kebab}\`, newest first | ${kebab}:read |
| \`add${pascal}Entry\` | \`POST /api/v1/${kebab}\` | ${kebab}:write |

Tables: \`${snake}_entry\`. Events: none.

Invariants: every entry has an audit record, written in the same transaction.
`

const door = ({ camel, pascal }: Names) => `export { ${camel}Module } from './module.ts'
export type { ${pascal} } from './service.ts'
`

const manifest = (
  { kebab, camel, pascal }: Names,
  migration: string,
) => `import { defineModule } from '../../platform/module/module.ts'
import { uuidv7Maker } from '../../platform/sql/uuidv7.ts'
import { auditModule } from '../audit/index.ts'
import { create${pascal}Tables } from './migrations/${migration}.ts'
import { ${camel}Routes } from './routes.ts'
import { create${pascal} } from './service.ts'

export const ${camel}Module = defineModule({
  name: '${kebab}',
  permissions: [
    { name: '${kebab}:read', title: 'See ${kebab}', roles: ['administrator', 'analyst', 'manager', 'viewer'] },
    { name: '${kebab}:write', title: 'Change ${kebab}', roles: ['administrator', 'analyst'] },
  ],
  migrations: [create${pascal}Tables],
  create({ platform, use }) {
    const { sql, clock, randomBytes } = platform
    const newId = uuidv7Maker(clock, randomBytes)
    const service = create${pascal}({ sql, clock, newId, audit: use(auditModule) })
    return { service, routes: ${camel}Routes(service) }
  },
})
`

const service = ({ kebab, camel, pascal }: Names) =>
  `import type { ${camel}Page, New${pascal}Entry, ${pascal}Entry } from '@watchfloor/contracts/${kebab}'
import type { Actor, PageQuery } from '@watchfloor/contracts/kernel'
import type { z } from 'zod'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Sql } from '../../platform/sql/sql.ts'
import type { Audit } from '../audit/index.ts'
import * as store from './store.ts'

export interface ${pascal} {
  /** Newest first. @error BAD_REQUEST when the cursor is not one of this list */
  list(page: PageQuery): Promise<z.input<typeof ${camel}Page>>
  add(actor: Actor, entry: New${pascal}Entry): Promise<z.input<typeof ${camel}Page>['items'][number]>
}

interface Parts {
  readonly sql: Sql
  readonly clock: Clock
  readonly newId: () => string
  readonly audit: Audit
}

export function create${pascal}({ sql, clock, newId, audit }: Parts): ${pascal} {
  return {
    list: (page) => store.list(sql.db, page),
    add(actor, { title }) {
      const row = { id: newId(), title, created_ms: clock.now(), created_by: actor.name }
      return sql.tx(async (db) => {
        await store.insert(db, row)
        await audit.record(db, actor, { action: '${kebab}.add', object: { type: '${kebab}-entry', id: row.id, title } })
        return store.entryOf(row)
      })
    },
  }
}
`.replace(`, ${pascal}Entry }`, ' }')

const store = ({
  kebab,
  camel,
  pascal,
  snake,
}: Names) => `import type { ${camel}Entry, ${camel}Page } from '@watchfloor/contracts/${kebab}'
import { type PageQuery, toInstant } from '@watchfloor/contracts/kernel'
import { z } from 'zod'
import { keyset } from '../../platform/sql/paging.ts'
import { type Db, type Tx, withTables } from '../../platform/sql/sql.ts'

interface ${pascal}Row {
  readonly id: string
  readonly title: string
  readonly created_ms: number
  readonly created_by: string
}

const tables = (db: Db) => withTables<{ ${snake}_entry: ${pascal}Row }>(db)

const newestFirst = keyset<${pascal}Row, [number, string]>({
  columns: ['created_ms', 'id'],
  direction: 'desc',
  key: z.tuple([z.number(), z.string()]),
})

export const entryOf = (row: ${pascal}Row): z.input<typeof ${camel}Entry> => ({
  id: row.id,
  title: row.title,
  createdAt: toInstant(row.created_ms),
  createdBy: row.created_by,
})

export async function list(db: Db, { cursor, limit }: PageQuery): Promise<z.input<typeof ${camel}Page>> {
  const rows = await tables(db)
    .selectFrom('${snake}_entry')
    .selectAll()
    .where(newestFirst.after(cursor))
    .orderBy(newestFirst.orderBy)
    .limit(limit + 1)
    .execute()
  const { items, next } = newestFirst.toPage(rows, limit, (row) => [row.created_ms, row.id])
  return { items: items.map(entryOf), next }
}

export const insert = (db: Tx, row: ${pascal}Row) => tables(db).insertInto('${snake}_entry').values(row).execute()
`

const routes = ({
  kebab,
  camel,
  pascal,
}: Names) => `import { ${camel}Entry, ${camel}Page, ${camel}Query, new${pascal}Entry } from '@watchfloor/contracts/${kebab}'
import { jsonRoute, type Route } from '../../platform/http/route.ts'
import type { ${pascal} } from './service.ts'

export const ${camel}Routes = (service: ${pascal}): Route[] => [
  jsonRoute({
    method: 'GET',
    path: '/api/v1/${kebab}',
    operationId: 'list${pascal}',
    summary: 'Entries of ${kebab}, newest first',
    permission: '${kebab}:read',
    query: ${camel}Query,
    output: ${camel}Page,
    handle: ({ query }) => service.list(query),
  }),
  jsonRoute({
    method: 'POST',
    path: '/api/v1/${kebab}',
    operationId: 'add${pascal}Entry',
    summary: 'Add an entry to ${kebab}',
    permission: '${kebab}:write',
    body: new${pascal}Entry,
    output: ${camel}Entry,
    status: 201,
    handle: ({ body }, { actor }) => service.add(actor, body),
  }),
]
`

const migrationOf = ({ pascal, snake }: Names, migration: string) => `import { sql } from 'kysely'
import type { Migration } from '../../../platform/sql/sql.ts'

export const create${pascal}Tables: Migration = {
  name: '${migration}',
  async up(db) {
    await sql\`
      CREATE TABLE ${snake}_entry (
        id text PRIMARY KEY,
        title text NOT NULL,
        created_ms bigint NOT NULL,
        created_by text NOT NULL
      )\`.execute(db)
    await sql\`CREATE INDEX ${snake}_entry_newest ON ${snake}_entry (created_ms, id)\`.execute(db)
  },
}
`

const test = ({ kebab, camel, pascal }: Names) => `import { randomBytes } from 'node:crypto'
import type { Actor } from '@watchfloor/contracts/kernel'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { steppedClock } from '../../platform/clock/clock.ts'
import type { Sql } from '../../platform/sql/sql.ts'
import { openTestSql } from '../../testing/embedded-sql.ts'
import { makeModules } from '../../testing/module-host.ts'
import { auditModule } from '../audit/index.ts'
import { ${camel}Module } from './module.ts'
import type { ${pascal} } from './service.ts'

const anna: Actor = {
  kind: 'user',
  id: 'u1',
  name: 'anna@example.org',
  roles: ['analyst'],
  permissions: new Set(),
}
const clock = steppedClock(Date.UTC(2026, 2, 1))
let sql: Sql
let service: ${pascal}
let audited: () => Promise<string[]>

beforeAll(async () => {
  sql = await openTestSql([...(auditModule.migrations ?? []), ...(${camel}Module.migrations ?? [])])
  const modules = makeModules({ sql, clock, randomBytes }, [auditModule, ${camel}Module])
  service = modules.use(${camel}Module)
  audited = async () => (await modules.use(auditModule).list({}, { limit: 10 })).items.map((item) => item.action)
})
afterAll(() => sql?.close())

describe('${kebab}', () => {
  it('lists what was added, newest first, page by page, and keeps who did it', async () => {
    for (const title of ['first', 'second', 'third']) {
      await service.add(anna, { title })
      clock.advance(1000)
    }
    const page = await service.list({ limit: 2 })
    expect(page.items.map((item) => item.title)).toEqual(['third', 'second'])
    const rest = await service.list({ limit: 2, ...(page.next ? { cursor: page.next } : {}) })
    expect(rest.items).toMatchObject([{ title: 'first', createdAt: '2026-03-01T00:00:00.000Z', createdBy: anna.name }])
    expect(rest.next).toBeUndefined()
    expect(await audited()).toEqual(['${kebab}.add', '${kebab}.add', '${kebab}.add'])
  })

  it('adds nothing when its audit record cannot be written', async () => {
    const before = await service.list({ limit: 10 })
    await sql.raw.exec('ALTER TABLE audit_record RENAME TO audit_away')
    await expect(service.add(anna, { title: 'unseen' })).rejects.toThrow()
    await sql.raw.exec('ALTER TABLE audit_away RENAME TO audit_record')
    expect(await service.list({ limit: 10 })).toEqual(before)
  })
})
`
