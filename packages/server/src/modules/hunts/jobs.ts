import type { z } from 'zod'
import type { Clock } from '../../platform/clock/clock.ts'
import type { JobDefinition } from '../../platform/jobs/jobs.ts'
import type { Sql } from '../../platform/sql/sql.ts'
import type { IntelChanges } from './changes/intel-changes.ts'
import type { RuleChanges } from './changes/rule-changes.ts'
import type { huntsConfig } from './config.ts'
import { type HuntRunner, runRetries } from './runs/runner.ts'
import { runJob } from './runs/service.ts'
import { removeEndedBefore } from './runs/store.ts'
import type { SavedHunts } from './saved/service.ts'

interface JobParts {
  readonly sql: Sql
  readonly clock: Clock
  readonly runner: HuntRunner
  readonly saved: SavedHunts
  readonly changes: RuleChanges
  readonly intelChanges: IntelChanges
  readonly config: z.output<typeof huntsConfig>
}

const dayMs = 86_400_000
const forgottenAtOnce = 100
/** A run that takes longer goes on as the next try, from where it stands. */
const runTimeoutSeconds = 20 * 3600

export function huntJobs({ sql, clock, runner, saved, changes, intelChanges, config }: JobParts): JobDefinition[] {
  const run: JobDefinition<{ runId: string }> = {
    name: runJob,
    retries: runRetries,
    timeoutSeconds: runTimeoutSeconds,
    concurrency: config.concurrentRuns,
    run: (job) => runner.run(job),
  }
  return [
    run,
    {
      name: 'hunts.start-due',
      cron: '* * * * *',
      retries: 0,
      timeoutSeconds: 60,
      concurrency: 1,
      async run() {
        await changes.begin()
        await intelChanges.lookIfSettled()
        return { started: await saved.startDue() }
      },
    },
    {
      name: 'hunts.retain',
      cron: '41 3 * * *',
      retries: 2,
      timeoutSeconds: 1800,
      concurrency: 1,
      async run(job) {
        let removed = 0
        for (;;) {
          const gone = await removeEndedBefore(sql.db, clock.now() - config.retentionDays * dayMs, forgottenAtOnce)
          removed += gone
          if (gone < forgottenAtOnce || job.signal.aborted) return { removed }
        }
      },
    },
  ]
}
