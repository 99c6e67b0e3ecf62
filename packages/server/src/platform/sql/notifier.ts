import type { Log } from '../log/log.ts'
import type { Sql } from './sql.ts'

const pauseMs = 50

/** Wakes the other programs on one database. */
export interface Notifier {
  /** To be called after a commit; cheap. */
  notify(): void
  stop(): Promise<void>
}

/**
 * Sends NOTIFY on the channel after the commit and not more than once in 50 ms: inside the transaction it would make all commits
 * on the server wait for each other. An embedded database has nobody else to tell.
 */
export function createNotifier(sql: Sql, log: Log, channel: string): Notifier {
  let pending: NodeJS.Timeout | undefined
  let sending: Promise<void> = Promise.resolve()
  const send = () => {
    pending = undefined
    sending = sql.raw
      .query('SELECT pg_notify($1, $2)', [channel, ''])
      .then(() => {})
      .catch((error: unknown) => log.debug('other programs were not notified', { channel, error: String(error) }))
  }
  return {
    notify() {
      if (sql.kind === 'postgres') pending ??= setTimeout(send, pauseMs)
    },
    async stop() {
      clearTimeout(pending)
      pending = undefined
      await sending
    },
  }
}
