import { sql } from 'kysely'
import { z } from 'zod'
import { SchemaMismatch } from './failures.ts'
import type { Db, Migration, Sql, Tx } from './sql.ts'

/**
 * A dump is lines of text: a letter, then JSON. `V` the format and the migrations the tables come from · `T` a table, its rows
 * follow · `R` a row · `S` a sequence · `E` the end with the number of rows. Rows are PostgreSQL's own JSON of
 * them and are never read by JavaScript, so that no number loses digits.
 */
const format = 1
const rowsAtOnce = 500
const bytesAtOnce = 1024 * 1024
const migrationTable = 'watchfloor_migration'

const headLine = z.object({ format: z.literal(format), migrations: z.array(z.string()) })
const tableLine = z.object({ name: z.string(), columns: z.array(z.string()) })
const sequenceLine = z.object({ name: z.string(), value: z.string(), called: z.boolean() })
const endLine = z.object({ rows: z.number().int() })

/** Writes every table of the program as of one instant. On an embedded database everybody else waits meanwhile. */
export async function dumpTables(database: Sql, write: (line: string) => Promise<void>): Promise<{ rows: number }> {
  return database.tx(async (db) => {
    await sql`SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY`.execute(db)
    const migrations = await sql<{ name: string }>`SELECT name FROM ${sql.table(migrationTable)} ORDER BY name`.execute(
      db,
    )
    await write(lineOf('V', { format, migrations: migrations.rows.map(({ name }) => name) }))
    let rows = 0
    for (const table of await tablesOf(db)) {
      await write(lineOf('T', table))
      rows += await dumpRows(db, table.name, write)
    }
    for (const sequence of await sequencesOf(db)) await write(lineOf('S', sequence))
    await write(lineOf('E', { rows }))
    return { rows }
  })
}

const lineOf = (letter: string, value: unknown): string => `${letter}${JSON.stringify(value)}`

interface TableShape {
  readonly name: string
  /** Without those that PostgreSQL computes. */
  readonly columns: string[]
}

async function tablesOf(db: Db): Promise<TableShape[]> {
  const { rows } = await sql<TableShape>`
    SELECT c.relname AS name, array_agg(a.attname::text ORDER BY a.attnum) AS columns
    FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' AND c.relname <> ${migrationTable}
    GROUP BY c.relname ORDER BY c.relname`.execute(db)
  return rows
}

async function dumpRows(db: Tx, table: string, write: (line: string) => Promise<void>): Promise<number> {
  await sql`DECLARE dump NO SCROLL CURSOR FOR SELECT to_jsonb(t)::text AS row FROM ${sql.table(table)} AS t`.execute(db)
  let count = 0
  for (;;) {
    const { rows } = await sql<{ row: string }>`FETCH ${sql.lit(rowsAtOnce)} FROM dump`.execute(db)
    for (const { row } of rows) await write(`R${row}`)
    count += rows.length
    if (rows.length < rowsAtOnce) break
  }
  await sql`CLOSE dump`.execute(db)
  return count
}

async function sequencesOf(db: Db): Promise<z.infer<typeof sequenceLine>[]> {
  const { rows } = await sql<{ name: string }>`
    SELECT sequencename AS name FROM pg_sequences WHERE schemaname = current_schema() ORDER BY 1`.execute(db)
  const sequences: z.infer<typeof sequenceLine>[] = []
  for (const { name } of rows) {
    const state = await sql<{ value: string; called: boolean }>`
      SELECT last_value::text AS value, is_called AS called FROM ${sql.table(name)}`.execute(db)
    for (const { value, called } of state.rows) sequences.push({ name, value, called })
  }
  return sequences
}

/**
 * Loads a dump into an empty database, PGlite or PostgreSQL whichever made it: makes the tables as they were then, fills them
 * in one transaction, and applies newer migrations.
 * @throws SchemaMismatch for a dump of a newer program · Error when the database is not empty or the dump is cut short
 */
export async function loadTables(
  database: Sql,
  lines: AsyncIterable<string>,
  migrations: readonly Migration[],
): Promise<{ rows: number }> {
  await refuseFilled(database)
  const reader = lines[Symbol.asyncIterator]()
  const first = await reader.next()
  if (first.done || first.value[0] !== 'V') throw new Error('this is no dump of a Watchfloor database')
  const { migrations: names } = headLine.parse(JSON.parse(first.value.slice(1)))
  await database.migrate(migrationsNamed(names, migrations))
  const loaded = await database.tx(async (db) => {
    const restoreChecks = await dropChecks(db)
    const rows = await fill(db, reader)
    await restoreChecks()
    return rows
  })
  await database.migrate(migrations)
  await database.checkpoint()
  return { rows: loaded }
}

async function refuseFilled(database: Sql): Promise<void> {
  const { rows } = await sql<{ name: string }>`
    SELECT tablename AS name FROM pg_tables
    WHERE schemaname = current_schema() AND tablename <> ${migrationTable} LIMIT 1`.execute(database.db)
  if (rows[0]) throw new Error(`the database is not empty: it has a table "${rows[0].name}"; name an empty database`)
}

function migrationsNamed(names: readonly string[], known: readonly Migration[]): Migration[] {
  const byName = new Map(known.map((migration) => [migration.name, migration]))
  return names.map((name) => {
    const migration = byName.get(name)
    if (migration) return migration
    throw new SchemaMismatch(
      `the backup was made by a newer Watchfloor: this program does not know the migration "${name}"; restore it with that one`,
    )
  })
}

/** Triggers that guard against changes, and foreign keys, whose order the dump does not keep. Answers how to put them back. */
async function dropChecks(db: Tx): Promise<() => Promise<void>> {
  const keys = await sql<{ owner: string; name: string; definition: string }>`
    SELECT conrelid::regclass::text AS owner, quote_ident(conname) AS name, pg_get_constraintdef(oid) AS definition
    FROM pg_constraint WHERE contype = 'f' AND connamespace = current_schema()::regnamespace AND conparentid = 0`.execute(
    db,
  )
  for (const { owner, name } of keys.rows)
    await sql`ALTER TABLE ${sql.raw(owner)} DROP CONSTRAINT ${sql.raw(name)}`.execute(db)
  const tables = await tablesOf(db)
  for (const { name } of tables) await sql`ALTER TABLE ${sql.table(name)} DISABLE TRIGGER USER`.execute(db)
  return async () => {
    for (const { name } of tables) await sql`ALTER TABLE ${sql.table(name)} ENABLE TRIGGER USER`.execute(db)
    for (const { owner, name, definition } of keys.rows)
      await sql`ALTER TABLE ${sql.raw(owner)} ADD CONSTRAINT ${sql.raw(name)} ${sql.raw(definition)}`.execute(db)
  }
}

async function fill(db: Tx, lines: AsyncIterator<string>): Promise<number> {
  let table: TableShape | undefined
  let held: string[] = []
  let heldBytes = 0
  let count = 0
  const flush = async () => {
    if (table && held.length > 0) await insert(db, table, held)
    held = []
    heldBytes = 0
  }
  for (let line = await lines.next(); !line.done; line = await lines.next()) {
    const rest = line.value.slice(1)
    switch (line.value[0]) {
      case 'T':
        await flush()
        table = tableLine.parse(JSON.parse(rest))
        // What a migration put there stands in the dump as well, as people have changed it since.
        await sql`DELETE FROM ${sql.table(table.name)}`.execute(db)
        break
      case 'R':
        held.push(rest)
        heldBytes += rest.length
        count++
        if (held.length >= rowsAtOnce || heldBytes >= bytesAtOnce) await flush()
        break
      case 'S': {
        const { name, value, called } = sequenceLine.parse(JSON.parse(rest))
        await sql`SELECT setval(quote_ident(${name}::text)::regclass, ${value}::text::bigint, ${called})`.execute(db)
        break
      }
      case 'E': {
        await flush()
        const { rows } = endLine.parse(JSON.parse(rest))
        if (rows !== count) throw new Error(`the dump should hold ${rows} rows and holds ${count}`)
        return count
      }
      default:
        throw new Error(`the dump holds a line that begins with "${line.value.slice(0, 1)}"`)
    }
  }
  throw new Error('the dump is cut short')
}

async function insert(db: Tx, table: TableShape, rows: readonly string[]): Promise<void> {
  const columns = sql.join(table.columns.map((column) => sql.id(column)))
  await sql`INSERT INTO ${sql.table(table.name)} (${columns}) OVERRIDING SYSTEM VALUE
    SELECT ${columns} FROM jsonb_populate_recordset(NULL::${sql.table(table.name)}, ${`[${rows.join(',')}]`}::text::jsonb)`.execute(
    db,
  )
}
