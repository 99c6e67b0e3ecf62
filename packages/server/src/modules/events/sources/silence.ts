import { instant, sourceId } from '@watchfloor/contracts/kernel'
import { z } from 'zod'
import type { JobDefinition } from '../../../platform/jobs/jobs.ts'
import type { Log } from '../../../platform/log/log.ts'
import type { DomainEventType, Outbox } from '../../../platform/outbox/outbox.ts'
import type { Sql } from '../../../platform/sql/sql.ts'
import type { Sources } from './service.ts'

const sourceSilent = z.object({ sourceId, name: z.string(), lastSeenAt: instant, silenceMinutes: z.number().int() })

/** A source that used to send has been quiet for longer than it may. */
export const sourceSilentEvent: DomainEventType<'events.source-silent', z.infer<typeof sourceSilent>> = {
  name: 'events.source-silent',
  schema: sourceSilent,
}

/** Once a minute: says so, once per silence, when a source has fallen silent. */
export function watchSilence(parts: {
  sql: Sql
  sources: Sources
  outbox: Outbox
  log: Log
}): JobDefinition<undefined> {
  return {
    name: 'events.watch-silence',
    cron: '* * * * *',
    retries: 0,
    timeoutSeconds: 50,
    concurrency: 1,
    async run() {
      const silent = await parts.sql.tx(async (db) => {
        const rows = await parts.sources.markSilent(db)
        await parts.outbox.add(
          db,
          sourceSilentEvent,
          rows.map((row) => ({
            sourceId: row.id as z.infer<typeof sourceId>,
            name: row.name,
            lastSeenAt: new Date(row.last_seen_ms ?? 0).toISOString(),
            silenceMinutes: row.silence_minutes ?? 0,
          })),
        )
        return rows
      })
      for (const row of silent) parts.log.warn('a source has fallen silent', { sourceId: row.id, name: row.name })
      return { silent: silent.length }
    },
  }
}
