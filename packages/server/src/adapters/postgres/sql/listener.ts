import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import type { Log } from '../../../platform/log/log.ts'
import { asSqlFailure } from '../../../platform/sql/failures.ts'
import type { Sql } from '../../../platform/sql/sql.ts'

const firstPauseMs = 200
const longestPauseMs = 15_000

export interface Listener {
  readonly listen: Sql['listen']
  close(): Promise<void>
}

/** LISTEN on one connection of its own, opened with the first channel, opened again whenever it is lost. */
export function createListener(makeClient: () => pg.Client, log: Log): Listener {
  const listenersByChannel = new Map<string, Set<(payload: string) => void>>()
  const closing = new AbortController()
  let connecting: Promise<pg.Client> | undefined

  const connect = async (): Promise<pg.Client> => {
    const client = makeClient()
    client.on('notification', ({ channel, payload }) => {
      for (const listener of listenersByChannel.get(channel) ?? []) listener(payload ?? '')
    })
    client.on('error', (error) => log.debug('listening connection', { reason: error.message }))
    await client.connect()
    client.once('end', () => {
      connecting = undefined
      if (!closing.signal.aborted && listenersByChannel.size > 0) void reconnect()
    })
    for (const channel of listenersByChannel.keys()) await client.query(`LISTEN ${pg.escapeIdentifier(channel)}`)
    return client
  }
  const connected = (): Promise<pg.Client> => {
    if (connecting !== undefined) return connecting
    connecting = connect()
    connecting.catch(() => {
      connecting = undefined
    })
    return connecting
  }
  const reconnect = async (): Promise<void> => {
    for (let pauseMs = firstPauseMs; !closing.signal.aborted; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
      try {
        await pause(pauseMs, undefined, { signal: closing.signal })
        await connected()
        for (const listeners of listenersByChannel.values()) for (const listener of listeners) listener('')
        return
      } catch (error) {
        if (!closing.signal.aborted) log.warn('cannot listen to the database', { reason: String(error) })
      }
    }
  }

  return {
    async listen(channel, onNotify) {
      const listeners = listenersByChannel.get(channel) ?? new Set()
      const isFirst = listeners.size === 0
      listenersByChannel.set(channel, listeners.add(onNotify))
      try {
        const client = await connected()
        if (isFirst) await client.query(`LISTEN ${pg.escapeIdentifier(channel)}`)
      } catch (error) {
        listeners.delete(onNotify)
        throw asSqlFailure(error)
      }
      return async () => {
        if (!listeners.delete(onNotify) || listeners.size > 0) return
        listenersByChannel.delete(channel)
        const client = await connecting?.catch(() => undefined)
        await client?.query(`UNLISTEN ${pg.escapeIdentifier(channel)}`).catch(() => {})
      }
    },
    async close() {
      closing.abort()
      const client = await connecting?.catch(() => undefined)
      await client?.end()
    },
  }
}
