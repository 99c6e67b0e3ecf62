import { sql } from 'kysely'
import { afterEach, describe, expect, it } from 'vitest'
import { openTestSql } from '../../testing/embedded-sql.ts'
import { openTestPostgres, testPostgresUrl } from '../../testing/postgres.ts'
import { dumpTables, loadTables } from './dump.ts'
import type { Migration, Sql } from './sql.ts'

const postgres = testPostgresUrl()

const tables: Migration = {
  name: '2026-01-01-00-things',
  async up(db) {
    await sql`CREATE TABLE parent (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL,
      upper_name text GENERATED ALWAYS AS (upper(name)) STORED)`.execute(db)
    await sql`CREATE TABLE a_child (id bigserial PRIMARY KEY, parent_id bigint NOT NULL REFERENCES parent (id),
      big bigint, bytes bytea, at timestamptz, facts jsonb, list text[], mark xid8 DEFAULT pg_current_xact_id(), exact numeric)`.execute(
      db,
    )
    await sql`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'guarded'; END $$`.execute(
      db,
    )
    await sql`CREATE TRIGGER guard BEFORE DELETE ON parent FOR EACH ROW EXECUTE FUNCTION refuse()`.execute(db)
    await sql`INSERT INTO parent (name) VALUES ('seeded')`.execute(db)
  },
}
const later: Migration = {
  name: '2026-01-02-00-more',
  async up(db) {
    await sql`ALTER TABLE parent ADD COLUMN note text NOT NULL DEFAULT 'none'`.execute(db)
  },
}

const open: Sql[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})
const embedded = async () => {
  const made = await openTestSql()
  open.push(made)
  return made
}
const server = async () => {
  const made = await openTestPostgres(postgres as string)
  open.push(made)
  return made
}

const strange = 'quote \' back \\ line\nwide \u2028 \ud83d\udd25 E{"R'

async function filled(database: Sql): Promise<Sql> {
  await database.migrate([tables])
  await sql`INSERT INTO parent (name) SELECT 'p' || n FROM generate_series(1, 1200) AS n`.execute(database.db)
  await sql`UPDATE parent SET name = ${strange} WHERE id = 7`.execute(database.db)
  await sql`INSERT INTO a_child (parent_id, big, bytes, at, facts, list, exact) VALUES
    (7, 9223372036854775807, '\\x00ff80', '2026-11-21 10:00:00.123456+00', ${'{"n": 12345678901234567890, "s": "\\u00e9"}'}::jsonb,
      ARRAY['a,b', 'c"d', NULL], 0.10)`.execute(database.db)
  return database
}

async function* each(lines: readonly string[]): AsyncIterable<string> {
  yield* lines
}

async function dumped(database: Sql): Promise<string[]> {
  const lines: string[] = []
  await dumpTables(database, async (line) => void lines.push(line))
  return lines
}

/** Everything as text, so that nothing is lost in between. */
const contents = async (database: Sql) =>
  (
    await sql<{ row: string }>`SELECT row FROM (SELECT 1 AS t, id, p::text AS row FROM parent AS p
      UNION ALL SELECT 2, id, c::text FROM a_child AS c) AS rows ORDER BY t, id`.execute(database.db)
  ).rows.map(({ row }) => row)

describe('a dump of all tables', () => {
  const kinds = { embedded, ...(postgres ? { server } : {}) }
  const ways = Object.keys(kinds).flatMap((from) => Object.keys(kinds).map((to) => [from, to] as const))

  it.each(ways)('made by %s loads into %s and holds the same', async (from, to) => {
    const before = await filled(await kinds[from as 'embedded']())
    const after = await kinds[to as 'embedded']()
    const { rows } = await loadTables(after, each(await dumped(before)), [tables])
    expect(rows).toBe(1202)
    expect(await contents(after)).toEqual(await contents(before))
    // Numbers go on, keys and guards hold.
    await sql`INSERT INTO parent (name) VALUES ('next')`.execute(after.db)
    await expect(sql`INSERT INTO a_child (parent_id) VALUES (999999)`.execute(after.db)).rejects.toThrow(/foreign key/)
    await expect(sql`DELETE FROM parent`.execute(after.db)).rejects.toThrow(/guarded/)
  })

  it('is brought up to date by the program that loads it', async () => {
    const lines = await dumped(await filled(await embedded()))
    const newer = await embedded()
    await loadTables(newer, each(lines), [tables, later])
    const { rows } = await sql<{ note: string }>`SELECT DISTINCT note FROM parent`.execute(newer.db)
    expect(rows).toEqual([{ note: 'none' }])
  })

  it('is refused when a newer program made it, when it is cut short, and when the database is not empty', async () => {
    const lines = await dumped(await filled(await embedded()))
    const target = await embedded()
    await expect(loadTables(target, each(lines), [])).rejects.toThrow(/newer Watchfloor/)
    await expect(loadTables(target, each(lines.slice(0, -1)), [tables])).rejects.toThrow(/cut short/)
    await expect(loadTables(target, each(lines), [tables])).rejects.toThrow(/not empty/)
    const other = await embedded()
    const lost = lines.filter((line, at) => at !== lines.findIndex((one) => one.startsWith('R')) || line === '')
    await expect(loadTables(other, each(lost), [tables])).rejects.toThrow(/should hold 1202 rows and holds 1201/)
  })
})
