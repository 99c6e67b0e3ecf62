import type { Clock } from '../../platform/clock/clock.ts'
import type { EventStore } from '../../platform/events/event-store.ts'
import type { JobDefinition } from '../../platform/jobs/jobs.ts'
import type { Log } from '../../platform/log/log.ts'
import type { EventsConfig } from './config.ts'
import type { Sources } from './sources/service.ts'

const dayMs = 86_400_000

interface RetentionParts {
  readonly store: EventStore
  readonly sources: Sources
  readonly clock: Clock
  readonly config: EventsConfig
  readonly log: Log
}

/** Forgets events past their source's days or bytes, and seals complete days into files. */
export function retentionJobs(parts: RetentionParts): JobDefinition<undefined>[] {
  const { store, sources, clock, config, log } = parts
  return [
    {
      name: 'events.retain',
      cron: '17 * * * *',
      retries: 2,
      timeoutSeconds: 1800,
      concurrency: 1,
      async run(job) {
        const all = await sources.retentions()
        let removed = 0
        for (const [done, source] of all.entries()) {
          if (job.signal.aborted) break
          const days = source.retention_days ?? config.retentionDays
          const result = await store.retain({
            sourceId: source.id,
            beforeMs: clock.now() - days * dayMs,
            ...(source.retention_bytes ? { maxBytes: source.retention_bytes } : {}),
          })
          removed += result.removed
          await job.progress((done + 1) / all.length, source.name)
        }
        await sources.forgetDeleted()
        if (removed > 0) log.info('events past their retention were forgotten', { removed })
        return { removed }
      },
    },
    {
      name: 'events.seal',
      cron: '41 2 * * *',
      retries: 2,
      timeoutSeconds: 3600,
      concurrency: 1,
      // A day is sealed a day after its end, when latecomers have come.
      run: () => store.seal(Math.floor(clock.now() / dayMs) * dayMs - dayMs),
    },
  ]
}
