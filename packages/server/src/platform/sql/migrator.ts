import { type Kysely, sql } from 'kysely'
import { SchemaMismatch } from './failures.ts'
import type { AnyTables, Migration } from './sql.ts'

const table = 'watchfloor_migration'
/** Any constant of our own: servers that start at once on one database take turns. */
const advisoryLockKey = 7_310_452_391

interface MigrationHost {
  readonly db: Kysely<AnyTables>
  /** Runs a step so that the outer handle throws inside it. */
  inScope<T>(work: () => Promise<T>): Promise<T>
}

/** Applies what is missing, by name, each in a transaction of its own. @throws SchemaMismatch before it changes anything. */
export async function migrate(host: MigrationHost, migrations: readonly Migration[]): Promise<{ applied: string[] }> {
  const ordered = inOrder(migrations)
  return host.db.connection().execute(async (connection) => {
    await sql`SELECT pg_advisory_lock(${sql.lit(advisoryLockKey)})`.execute(connection)
    try {
      const done = await appliedNames(connection)
      refuseUnknown(done, ordered)
      const applied: string[] = []
      for (const migration of ordered) {
        if (done.has(migration.name)) continue
        await apply(host, connection, migration)
        applied.push(migration.name)
      }
      return { applied }
    } finally {
      await sql`SELECT pg_advisory_unlock(${sql.lit(advisoryLockKey)})`.execute(connection)
    }
  })
}

function inOrder(migrations: readonly Migration[]): Migration[] {
  const names = new Set<string>()
  for (const { name } of migrations) {
    if (names.has(name)) throw new Error(`two migrations are named "${name}": rename one`)
    names.add(name)
  }
  return migrations.toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

async function appliedNames(connection: Kysely<AnyTables>): Promise<Set<string>> {
  await sql`CREATE TABLE IF NOT EXISTS ${sql.table(table)} (
    name text PRIMARY KEY,
    applied_at timestamptz NOT NULL DEFAULT now()
  )`.execute(connection)
  const { rows } = await sql<{ name: string }>`SELECT name FROM ${sql.table(table)}`.execute(connection)
  return new Set(rows.map((row) => row.name))
}

function refuseUnknown(done: ReadonlySet<string>, known: readonly Migration[]): void {
  const names = new Set(known.map((migration) => migration.name))
  const unknown = [...done].filter((name) => !names.has(name)).toSorted()
  if (unknown.length === 0) return
  throw new SchemaMismatch(
    `the database was changed by a newer Watchfloor: it has ${unknown.length} migration(s) this program does not know ` +
      `(${unknown.slice(0, 3).join(', ')}${unknown.length > 3 ? ', …' : ''}). ` +
      'Start the newer program, or restore the backup made before the upgrade.',
  )
}

function apply(host: MigrationHost, connection: Kysely<AnyTables>, migration: Migration): Promise<void> {
  return connection.transaction().execute(async (transaction) => {
    try {
      await host.inScope(() => migration.up(transaction))
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      throw new Error(`migration "${migration.name}" failed: ${message}`, { cause: error })
    }
    await sql`INSERT INTO ${sql.table(table)} (name) VALUES (${migration.name})`.execute(transaction)
  })
}
