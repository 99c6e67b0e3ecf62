import { huntRun } from '@watchfloor/contracts/hunts'
import type { Role } from '@watchfloor/contracts/kernel'
import { defineModule } from '../../platform/module/module.ts'
import { uuidv7Maker } from '../../platform/sql/uuidv7.ts'
import { auditModule } from '../audit/index.ts'
import { detectionsModule } from '../detections/index.ts'
import { eventsModule } from '../events/index.ts'
import { intelChangedEvent, intelModule } from '../intel/index.ts'
import { rulesChangedEvent, rulesModule } from '../rules/index.ts'
import { settingsModule } from '../settings/index.ts'
import { IntelChanges } from './changes/intel-changes.ts'
import { RuleChanges } from './changes/rule-changes.ts'
import { defineHuntSettings } from './changes/settings.ts'
import { huntsConfig } from './config.ts'
import { huntJobs } from './jobs.ts'
import { HuntThreads } from './matching/threads.ts'
import { createHunts } from './migrations/2026-11-21-16-hunts.ts'
import { nameHuntDetections } from './migrations/2026-11-21-16b-hunt-correlations.ts'
import { createIntelSeen } from './migrations/2026-11-21-23b-hunt-intel-seen.ts'
import { huntRoutes } from './routes.ts'
import { HuntRunner } from './runs/runner.ts'
import { HuntRuns } from './runs/service.ts'
import { SavedHunts } from './saved/service.ts'

const readers: readonly Role[] = [
  'administrator',
  'operator',
  'analyst',
  'detection-engineer',
  'intelligence-analyst',
  'manager',
  'viewer',
  'machine',
]
const hunters: readonly Role[] = ['administrator', 'analyst', 'detection-engineer', 'intelligence-analyst', 'machine']

/** What the hunts module offers to modules above it. */
export interface Hunts {
  readonly runs: HuntRuns
  readonly saved: SavedHunts
}

export const huntsModule = defineModule({
  name: 'hunts',
  config: huntsConfig,
  migrations: [createHunts, nameHuntDetections, createIntelSeen],
  permissions: [
    { name: 'hunts:read', title: 'See hunts, their runs and what they found', roles: readers },
    { name: 'hunts:run', title: 'Hunt in stored events, stop runs, keep what they found', roles: hunters },
    { name: 'hunts:write', title: 'Save, change, schedule and delete hunts', roles: hunters },
  ],
  create(host) {
    const { platform, config, log } = host
    const { sql, clock, jobs, live } = platform
    const audit = host.use(auditModule)
    const events = host.use(eventsModule)
    const rules = host.use(rulesModule)
    const { indicators, patterns } = host.use(intelModule)
    const detections = host.use(detectionsModule)
    const newId = uuidv7Maker(clock, (count) => platform.randomBytes(count))
    const onChange: ConstructorParameters<typeof HuntRuns>[0]['onChange'] = (run) =>
      live.publish({ event: 'hunts.run', data: huntRun.parse(run), permission: 'hunts:read' })
    const threads = new HuntThreads(config.threads)
    const runs = new HuntRuns({
      sql,
      clock,
      jobs,
      audit,
      rules,
      indicators,
      patterns,
      detections,
      newId,
      onChange,
      sources: events.sources,
      runsPerPerson: config.runsPerPerson,
      runsInTotal: config.runsInTotal,
    })
    const runner = new HuntRunner({
      sql,
      clock,
      log,
      events,
      rules,
      indicators,
      patterns,
      detections,
      threads,
      onChange,
      store: platform.events,
      pageEvents: config.pageEvents,
      maxHits: config.maxHits,
      sharePct: config.sharePct,
    })
    const saved = new SavedHunts({ sql, clock, audit, log, runs, newId })
    const settings = defineHuntSettings(host.use(settingsModule))
    const changes = new RuleChanges({ sql, rules, runs, settings })
    const intelChanges = new IntelChanges({ sql, log, indicators, patterns, runs, settings })
    platform.outbox.consume('hunts.changed-rules', [rulesChangedEvent], async () => {
      await changes.look()
    })
    platform.outbox.consume('hunts.changed-intel', [intelChangedEvent], async (messages) => {
      if (messages.some((message) => message.body.what !== 'warning-lists')) intelChanges.changed(clock.monotonic())
    })
    return {
      service: { runs, saved } satisfies Hunts,
      routes: huntRoutes(runs, saved, { rules, indicators, patterns }),
      jobs: huntJobs({ sql, clock, runner, saved, changes, intelChanges, config }),
      // What is listed before anybody looks for the first time counts as seen.
      start: () => intelChanges.lookIfSettled(),
      async stop() {
        intelChanges.stop()
        await threads.close()
      },
    }
  },
})
