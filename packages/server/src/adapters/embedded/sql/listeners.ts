import pg from 'pg'
import type { Log } from '../../../platform/log/log.ts'
import type { Sql } from '../../../platform/sql/sql.ts'

/** LISTEN on the pool's one client; set up again on the next client when the engine was restarted. */
export function listenOnPool(pool: pg.Pool, log: Log): Sql['listen'] {
  const listenersByChannel = new Map<string, Set<(payload: string) => void>>()

  pool.on('error', (error) => log.debug('idle database session ended', { reason: error.message }))
  pool.on('connect', (client) => {
    // Errors of a client in use reach its statement as well; without this they would end the process.
    client.on('error', () => {})
    client.on('notification', ({ channel, payload }) => {
      for (const listener of listenersByChannel.get(channel) ?? []) listener(payload ?? '')
    })
    if (listenersByChannel.size === 0) return
    // Sent before whatever the session was opened for: a client runs its statements in order.
    const text = [...listenersByChannel.keys()].map((channel) => `LISTEN ${pg.escapeIdentifier(channel)}`).join('; ')
    client.query(text).catch((error: unknown) => log.warn('LISTEN failed', { reason: String(error) }))
    for (const listeners of listenersByChannel.values()) for (const listener of listeners) listener('')
  })

  const run = async (command: 'LISTEN' | 'UNLISTEN', channel: string) => {
    const client = await pool.connect()
    try {
      await client.query(`${command} ${pg.escapeIdentifier(channel)}`)
    } finally {
      client.release()
    }
  }
  return async (channel, onNotify) => {
    const listeners = listenersByChannel.get(channel) ?? new Set()
    listenersByChannel.set(channel, listeners)
    listeners.add(onNotify)
    if (listeners.size === 1) await run('LISTEN', channel)
    return async () => {
      if (!listeners.delete(onNotify) || listeners.size > 0) return
      listenersByChannel.delete(channel)
      if (!pool.ending && !pool.ended) await run('UNLISTEN', channel)
    }
  }
}
