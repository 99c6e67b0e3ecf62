import { AsyncLocalStorage } from 'node:async_hooks'
import { setTimeout as pause } from 'node:timers/promises'
import { Kysely, PostgresDialect, type PostgresPoolClient, type PostgresQueryResult } from 'kysely'
import type pg from 'pg'
import type { Log } from '../log/log.ts'
import { asSqlFailure, isWorthRetrying, SqlFailure, SqlMisuse } from './failures.ts'
import { migrate } from './migrator.ts'
import type { AnyTables, Sql, Tx } from './sql.ts'

const retriesAfterConflict = 3
const slowTransactionMs = 5000
const stuckTransactionMs = 30_000

/** What an adapter gives: a pool of `pg` clients, and what differs between an engine in a thread and a server. */
export interface PooledSqlOptions {
  readonly kind: Sql['kind']
  readonly pool: pg.Pool
  readonly log: Log
  checkpoint(): Promise<void>
  vacuum(): Promise<void>
  listen: Sql['listen']
  /** After the pool has ended. */
  closed(): Promise<void>
}

interface Scope {
  open: boolean
  readonly afterCommit: (() => void)[]
}

const scopes = new WeakMap<object, Scope>()

/** Runs `act` once the transaction of `db` has committed, never when it rolls back. It must not throw or await. */
export function afterCommit(db: Tx, act: () => void): void {
  const scope = scopes.get(db)
  if (scope === undefined || !scope.open) throw new SqlMisuse('afterCommit needs the handle that Sql.tx gave')
  scope.afterCommit.push(act)
}

/** The SQL port over any pool of `pg` clients; both adapters are this. */
export function createPooledSql(options: PooledSqlOptions): Sql {
  const { pool, log } = options
  const inside = new AsyncLocalStorage<Scope>()
  const clients = new WeakMap<pg.PoolClient, PostgresPoolClient>()
  let closing: Promise<void> | undefined

  const refuseInside = () => {
    if (inside.getStore()?.open)
      throw new SqlMisuse('the outer database handle was used inside a transaction: use the handle that tx() passes')
  }
  const lease = async (): Promise<pg.PoolClient> => {
    refuseInside()
    if (closing !== undefined) throw new SqlFailure('closed', 'the database is closed')
    try {
      return await pool.connect()
    } catch (error) {
      throw asSqlFailure(error)
    }
  }
  const kyselyClient = (client: pg.PoolClient): PostgresPoolClient => {
    const known = clients.get(client)
    if (known !== undefined) return known
    const made = leasedClient(client)
    clients.set(client, made)
    return made
  }
  const db = new Kysely<AnyTables>({
    dialect: new PostgresDialect({
      pool: { options: {}, connect: async () => kyselyClient(await lease()), end: async () => {} },
    }),
  })

  const once = async <T>(work: (db: Tx) => Promise<T>): Promise<T> => {
    const scope: Scope = { open: true, afterCommit: [] }
    const startedMs = performance.now()
    const warning = setTimeout(() => {
      log.error('a transaction does not end; on an embedded database everybody waits for it', {
        afterMs: stuckTransactionMs,
      })
    }, stuckTransactionMs)
    warning.unref()
    let failure: { error: unknown } | undefined
    try {
      const result = await db.transaction().execute(async (tx) => {
        scopes.set(tx, scope)
        try {
          return await inside.run(scope, () => work(tx))
        } catch (error) {
          failure = { error }
          throw error
        } finally {
          scope.open = false
        }
      })
      for (const act of scope.afterCommit) act()
      return result
    } catch (error) {
      // On a lost connection the rollback fails as well and would hide why.
      throw failure === undefined ? asSqlFailure(error) : failure.error
    } finally {
      clearTimeout(warning)
      scope.open = false
      const durationMs = Math.round(performance.now() - startedMs)
      if (durationMs > slowTransactionMs) log.warn('slow transaction', { durationMs })
    }
  }
  const tx = async <T>(work: (db: Tx) => Promise<T>): Promise<T> => {
    if (inside.getStore()?.open) throw new SqlMisuse('transactions do not nest: pass the handle of the outer one down')
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await once(work)
      } catch (error) {
        if (attempt >= retriesAfterConflict || !isWorthRetrying(error)) throw error
        await pause(10 * 2 ** attempt)
      }
    }
  }
  const raw = async (text: string, values?: unknown[]): Promise<pg.QueryResult[]> => {
    const client = await lease()
    try {
      const result: pg.QueryResult | pg.QueryResult[] = await client.query(text, values)
      const isIdle = client.getTransactionStatus() === 'I'
      await (isIdle ? client.release() : releaseIdle(client))
      return Array.isArray(result) ? result : [result]
    } catch (error) {
      // The status is not known yet: the error comes before the message that tells it.
      await releaseIdle(client)
      throw asSqlFailure(error)
    }
  }

  return {
    kind: options.kind,
    db,
    tx,
    migrate: (migrations) => migrate({ db, inScope: (work) => insideScope(inside, work) }, migrations),
    ping: (timeoutMs) => withinTime(raw('SELECT 1'), timeoutMs),
    raw: {
      query: async (text, values) => ({ rows: (await raw(text, values)).flatMap((result) => result.rows ?? []) }),
      exec: async (text) => {
        await raw(text)
      },
    },
    listen: async (channel, onNotify) => {
      refuseInside()
      return options.listen(channel, onNotify)
    },
    checkpoint: options.checkpoint,
    vacuum: options.vacuum,
    close: () => {
      closing ??= pool.end().then(() => options.closed())
      return closing
    },
  }
}

function insideScope<T>(inside: AsyncLocalStorage<Scope>, work: () => Promise<T>): Promise<T> {
  const scope: Scope = { open: true, afterCommit: [] }
  return inside.run(scope, work).finally(() => {
    scope.open = false
  })
}

/** Kysely's view of a client: the same, with the driver's connection errors named. */
function leasedClient(client: pg.PoolClient): PostgresPoolClient {
  const query = async <R>(text: string, parameters: ReadonlyArray<unknown>): Promise<PostgresQueryResult<R>> => {
    try {
      return (await client.query(text, [...parameters])) as unknown as PostgresQueryResult<R>
    } catch (error) {
      throw asSqlFailure(error)
    }
  }
  return { query: query as PostgresPoolClient['query'], release: (destroy) => client.release(destroy) }
}

/** Several statements in one text may leave a transaction open when one of them fails; the next user must not inherit it. */
async function releaseIdle(client: pg.PoolClient): Promise<void> {
  try {
    await client.query('ROLLBACK')
  } catch {
    return client.release(true)
  }
  client.release()
}

async function withinTime(answer: Promise<unknown>, timeoutMs: number): Promise<void> {
  const abort = new AbortController()
  const late = pause(timeoutMs, undefined, { signal: abort.signal }).then(() => {
    throw new SqlFailure('timeout', `the database did not answer within ${timeoutMs} ms`)
  })
  answer.catch(() => {})
  late.catch(() => {})
  try {
    await Promise.race([answer, late])
  } finally {
    abort.abort()
  }
}
