import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { insertInChunks } from '../../platform/sql/bulk-insert.ts'
import { isUniqueViolation, SchemaMismatch, SqlFailure, SqlMisuse } from '../../platform/sql/failures.ts'
import { jsonb, jsonbText } from '../../platform/sql/json.ts'
import { keyset } from '../../platform/sql/paging.ts'
import { afterCommit } from '../../platform/sql/pooled-sql.ts'
import { type Migration, type Sql, withTables } from '../../platform/sql/sql.ts'

interface Tables {
  thing: { id: number; name: string; body: unknown; seen_ms: number; digest: Uint8Array | null }
}

const migrations: Migration[] = [
  {
    name: '2026-01-01-01-thing',
    up: async (db) => {
      await db.schema
        .createTable('thing')
        .addColumn('id', 'bigint', (column) => column.primaryKey())
        .addColumn('name', 'text', (column) => column.notNull())
        .addColumn('body', 'jsonb')
        .addColumn('seen_ms', 'bigint', (column) => column.notNull())
        .addColumn('digest', 'bytea')
        .execute()
      await sql`ALTER TABLE thing ADD CONSTRAINT thing_name_key UNIQUE (name)`.execute(db)
    },
  },
]

const thing = (id: number) => ({ id, name: `thing ${id}`, body: jsonb({ id }), seen_ms: 1_000 + id, digest: null })

/** How to open a database without any of our tables; `statementTimeoutMs` is short where a test waits for it. */
export type MakeSql = (options?: { statementTimeoutMs?: number }) => Promise<Sql>

/** What every adapter of the SQL port must do. Call it in a test file of the adapter. */
export function sqlConformance(makeSql: MakeSql): void {
  let database: Sql
  beforeAll(async () => {
    database = await makeSql()
    await database.migrate(migrations)
  }, 60_000)
  afterAll(() => database.close())
  const things = () => withTables<Tables>(database.db)
  const clear = () => database.raw.exec('DELETE FROM thing')

  describe('values', () => {
    const read = async (expression: string): Promise<unknown> =>
      (await database.raw.query(`SELECT ${expression} AS value`)).rows[0]?.value

    it.each([
      ['int8', '9007199254740991::int8', 9007199254740991],
      ['int8 beyond 2^53', '9007199254740993::int8', '9007199254740993'],
      ['int8[]', 'ARRAY[1, NULL, 3]::int8[]', [1, null, 3]],
      ['count(*)', '(SELECT count(*) FROM generate_series(1, 5))', 5],
      ['numeric', '1.10::numeric', '1.10'],
      ['float8', '1.5::float8', 1.5],
      ['boolean', 'true', true],
      ['jsonb', `'{"a":[1,null]}'::jsonb`, { a: [1, null] }],
      ['timestamptz', `'2026-03-01T12:00:00.123Z'::timestamptz`, new Date('2026-03-01T12:00:00.123Z')],
      ['date', `'2026-03-01'::date`, '2026-03-01'],
      ['timestamp', `'2026-03-01 12:00'::timestamp`, '2026-03-01 12:00:00'],
      ['text[]', `ARRAY['a,b', 'c"d']`, ['a,b', 'c"d']],
    ])('reads %s', async (_type, expression, expected) => {
      expect(await read(expression)).toEqual(expected)
    })

    it('writes and reads bytea unchanged', async () => {
      const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte)
      const { rows } = await database.raw.query('SELECT $1::bytea AS value', [bytes])
      expect(new Uint8Array(rows[0]?.value as Buffer)).toEqual(bytes)
    })

    it.each([[['an', 'array']], ['text'], [null], [{ nested: [{ a: 'é\u2028"' }] }], [5], ['\\u0000'], ['\\\\u0000']])(
      'writes and reads %j as jsonb',
      async (value) => {
        const { rows } = await database.raw.query('SELECT $1::jsonb AS value', [jsonbText(value)])
        expect(rows[0]?.value).toEqual(value)
      },
    )

    it('replaces U+0000 in jsonb, which PostgreSQL cannot store', async () => {
      const { rows } = await database.raw.query('SELECT $1::jsonb AS value', [jsonbText({ a: 'x\0y' })])
      expect(rows[0]?.value).toEqual({ a: 'x\ufffdy' })
    })
  })

  describe('transactions', () => {
    it('commits when the work resolves and rolls back when it throws', async () => {
      await clear()
      await database.tx((db) => withTables<Tables>(db).insertInto('thing').values(thing(1)).execute())
      const failing = database.tx(async (db) => {
        await withTables<Tables>(db).insertInto('thing').values(thing(2)).execute()
        throw new Error('changed my mind')
      })
      await expect(failing).rejects.toThrow('changed my mind')
      expect(await things().selectFrom('thing').select('id').execute()).toEqual([{ id: 1 }])
    })

    it('refuses the outer handle inside, whichever way it is used', async () => {
      const attempts: Promise<unknown>[] = []
      await database.tx(async () => {
        attempts.push(
          database.db.selectFrom('thing').selectAll().execute(),
          database.raw.query('SELECT 1'),
          database.tx(async () => {}),
          database.listen('anything', () => {}),
        )
        for (const attempt of attempts) await expect(attempt).rejects.toThrow(SqlMisuse)
      })
    })

    it('allows the outer handle in work that a transaction started and that outlives it', async () => {
      const gate = Promise.withResolvers<void>()
      let later: Promise<unknown> = Promise.resolve()
      await database.tx(async () => {
        later = gate.promise.then(() => database.raw.query('SELECT 1'))
      })
      gate.resolve()
      await expect(later).resolves.toBeDefined()
    })

    it('tries again after a serialisation failure, three times and no more', async () => {
      let tries = 0
      const conflict = (succeedAt: number) =>
        database.tx(async (db) => {
          tries += 1
          if (tries < succeedAt)
            await sql`DO $$ BEGIN RAISE EXCEPTION 'conflict' USING ERRCODE = '40001'; END $$`.execute(db)
          return tries
        })
      expect(await conflict(3)).toBe(3)
      tries = 0
      await expect(conflict(99)).rejects.toMatchObject({ code: '40001' })
      expect(tries).toBe(4)
    })

    it('runs what waits for the commit after it, and not after a rollback', async () => {
      const seen: string[] = []
      await database.tx(async (db) => {
        afterCommit(db, () => seen.push('committed'))
        seen.push('working')
      })
      await database
        .tx(async (db) => {
          afterCommit(db, () => seen.push('never'))
          throw new Error('no')
        })
        .catch(() => {})
      expect(seen).toEqual(['working', 'committed'])
    })

    it('serves forty transactions at once, each seeing its own work', async () => {
      await clear()
      const sums = await Promise.all(
        Array.from({ length: 40 }, (_, index) =>
          database.tx(async (db) => {
            await withTables<Tables>(db).insertInto('thing').values(thing(index)).execute()
            const own = await withTables<Tables>(db).selectFrom('thing').select('id').where('id', '=', index).execute()
            return own.length
          }),
        ),
      )
      expect(sums).toEqual(Array(40).fill(1))
      expect(await things().selectFrom('thing').select('id').execute()).toHaveLength(40)
    })

    it('leaves the connection usable when a text of several statements fails half way', async () => {
      await expect(database.raw.exec('BEGIN; SELECT 1; SELECT nonsense; COMMIT')).rejects.toThrow(/nonsense/)
      expect((await database.raw.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
    })
  })

  describe('errors', () => {
    it('names the constraint that a row breaks', async () => {
      await clear()
      await things().insertInto('thing').values(thing(1)).execute()
      const again = things()
        .insertInto('thing')
        .values({ ...thing(2), name: 'thing 1' })
        .execute()
      const error: unknown = await again.catch((thrown: unknown) => thrown)
      expect(isUniqueViolation(error, 'thing_name_key')).toBe(true)
      expect(isUniqueViolation(error, 'another')).toBe(false)
    })

    it('stops a statement that takes too long, and serves the ones behind it', async () => {
      const impatient = await makeSql({ statementTimeoutMs: 700 })
      try {
        await impatient.raw.exec(
          'CREATE TABLE IF NOT EXISTS kept (n int); DELETE FROM kept; INSERT INTO kept VALUES (7)',
        )
        const endless = impatient.raw.query('SELECT count(*) FROM generate_series(1, 100000000000)')
        const behind = Array.from({ length: 5 }, () => impatient.raw.query('SELECT n FROM kept'))
        const error: unknown = await endless.catch((thrown: unknown) => thrown)
        expect(error).toBeInstanceOf(SqlFailure)
        expect(error).toMatchObject({ reason: 'timeout' })
        for (const answer of await Promise.all(behind)) expect(answer.rows).toEqual([{ n: 7 }])
      } finally {
        await impatient.close()
      }
    }, 30_000)

    it('ends the transaction whose statement takes too long with that failure, and keeps nothing of it', async () => {
      const impatient = await makeSql({ statementTimeoutMs: 700 })
      try {
        await impatient.raw.exec('CREATE TABLE IF NOT EXISTS kept (n int); DELETE FROM kept')
        const endless = impatient.tx(async (db) => {
          await sql`INSERT INTO kept VALUES (1)`.execute(db)
          await sql`SELECT count(*) FROM generate_series(1, 100000000000)`.execute(db)
        })
        await expect(endless).rejects.toMatchObject({ name: 'SqlFailure', reason: 'timeout' })
        expect((await impatient.raw.query('SELECT n FROM kept')).rows).toEqual([])
      } finally {
        await impatient.close()
      }
    }, 30_000)

    it('refuses after close', async () => {
      const closed = await makeSql()
      await closed.close()
      await expect(closed.raw.query('SELECT 1')).rejects.toMatchObject({ reason: 'closed' })
      await closed.close()
    }, 30_000)
  })

  describe('migrations', () => {
    const empty = (name: string): Migration => ({ name, up: async () => {} })

    it('applies what is missing, by name, once', async () => {
      const order: string[] = []
      const step = (name: string): Migration => ({
        name,
        up: async () => {
          order.push(name)
        },
      })
      const more = [...migrations, step('2026-02-02-b'), step('2026-02-02-a')]
      expect(await database.migrate(more)).toEqual({ applied: ['2026-02-02-a', '2026-02-02-b'] })
      expect(await database.migrate(more)).toEqual({ applied: [] })
      expect(order).toEqual(['2026-02-02-a', '2026-02-02-b'])
    })

    it('refuses a database that a newer program changed, and says what to do', async () => {
      const refused = database.migrate(migrations)
      await expect(refused).rejects.toThrow(SchemaMismatch)
      await expect(refused).rejects.toThrow(/2026-02-02-a.*newer program/)
    })

    it('keeps nothing of a migration that fails, and names it', async () => {
      const known = [...migrations, empty('2026-02-02-a'), empty('2026-02-02-b')]
      const broken: Migration = {
        name: '2026-03-03-broken',
        up: async (db) => {
          await sql`CREATE TABLE half (n int)`.execute(db)
          await sql`SELECT nonsense`.execute(db)
        },
      }
      await expect(database.migrate([...known, broken])).rejects.toThrow(/"2026-03-03-broken" failed.*nonsense/)
      const { rows } = await database.raw.query(`SELECT to_regclass('half') AS half`)
      expect(rows).toEqual([{ half: null }])
    })

    it('refuses two migrations of one name', async () => {
      await expect(database.migrate([...migrations, ...migrations])).rejects.toThrow(/two migrations are named/)
    })

    it('lets two programs that start at once take turns', async () => {
      const all = [...migrations, empty('2026-02-02-a'), empty('2026-02-02-b')]
      let runs = 0
      const slow: Migration = {
        name: '2026-04-04-slow',
        up: async (db) => {
          runs += 1
          await sql`SELECT pg_sleep(0.1)`.execute(db)
        },
      }
      await Promise.all([database.migrate([...all, slow]), database.migrate([...all, slow])])
      expect(runs).toBe(1)
    })
  })

  describe('bulk insert and paging', () => {
    it('inserts more rows than one statement can hold, and pages through them without gap or repetition', async () => {
      await clear()
      const rows = Array.from({ length: 2500 }, (_, index) => ({ ...thing(index), seen_ms: Math.floor(index / 7) }))
      expect(await insertInChunks(things(), 'thing', rows)).toBe(2500)
      const paging = keyset<{ id: number; seen_ms: number }, [number, number]>({
        columns: ['seen_ms', 'id'],
        direction: 'desc',
        key: z.tuple([z.number(), z.number()]),
      })
      const seen: number[] = []
      let cursor: string | undefined
      do {
        const found = await things()
          .selectFrom('thing')
          .select(['id', 'seen_ms'])
          .where(paging.after(cursor))
          .orderBy(paging.orderBy)
          .limit(501)
          .execute()
        const page = paging.toPage(found, 500, (row) => [row.seen_ms, row.id])
        seen.push(...page.items.map((row) => row.id))
        cursor = page.next
      } while (cursor !== undefined)
      expect(seen).toEqual(Array.from({ length: 2500 }, (_, index) => 2499 - index))
    })

    it('counts only what it inserted when a conflict is let pass', async () => {
      await clear()
      await insertInChunks(things(), 'thing', [thing(1), thing(2)])
      const inserted = await insertInChunks(things(), 'thing', [thing(2), thing(3)], (query) =>
        query.onConflict((conflict) => conflict.doNothing()),
      )
      expect(inserted).toBe(1)
    })
  })

  describe('notifications', () => {
    it('calls every listener of the channel and no other, until its end', async () => {
      const heard: string[] = []
      const arrived = Promise.withResolvers<void>()
      const end = await database.listen('conformance', (payload) => {
        heard.push(payload)
        if (heard.length === 2) arrived.resolve()
      })
      await database.raw.exec(`NOTIFY conformance, 'one'; NOTIFY elsewhere, 'x'; NOTIFY conformance, 'two'`)
      await arrived.promise
      await end()
      await database.raw.exec(`NOTIFY conformance, 'three'`)
      expect(heard).toEqual(['one', 'two'])
    })
  })

  it('answers a ping, and makes what was committed durable on request', async () => {
    await database.ping(5000)
    await database.checkpoint()
    await database.vacuum()
  })
}
