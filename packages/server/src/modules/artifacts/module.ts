import type { Role } from '@watchfloor/contracts/kernel'
import { defineModule } from '../../platform/module/module.ts'
import { uuidv7Maker } from '../../platform/sql/uuidv7.ts'
import { auditModule } from '../audit/index.ts'
import { artifactsConfig } from './config.ts'
import { Inspector } from './inspect/inspector.ts'
import { createArtifacts } from './migrations/2026-11-21-15-artifacts.ts'
import { yaraExceptions } from './migrations/2026-11-21-24-yara-exceptions.ts'
import { artifactRoutes, yaraExceptionRoutes, yaraRoutes } from './routes.ts'
import { analyseJob, artifactsMatchedEvent, Scanning } from './scanning.ts'
import { ArtifactStore } from './service.ts'
import { CurrentRules } from './yara/current-rules.ts'
import { YaraExceptions } from './yara/exceptions.ts'
import { rescanJob, YaraSets } from './yara/sets.ts'

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
const workers: readonly Role[] = ['administrator', 'analyst', 'detection-engineer', 'intelligence-analyst', 'machine']

/** What the artifacts module offers to modules above it. */
export interface Artifacts {
  readonly files: ArtifactStore
  readonly yara: YaraSets
  readonly scanning: Scanning
}

export const artifactsModule = defineModule({
  name: 'artifacts',
  config: artifactsConfig,
  migrations: [createArtifacts, yaraExceptions],
  emits: [artifactsMatchedEvent],
  permissions: [
    { name: 'artifacts:read', title: 'See artifacts and what was found in them', roles: readers },
    { name: 'artifacts:write', title: 'Upload, describe and scan artifacts', roles: workers },
    {
      name: 'artifacts:download',
      title: 'Take artifacts out of quarantine',
      roles: ['administrator', 'analyst', 'detection-engineer', 'intelligence-analyst'],
    },
    { name: 'artifacts:delete', title: 'Delete artifacts', roles: ['administrator', 'analyst'] },
    { name: 'yara:read', title: 'See and check YARA rules', roles: readers },
    {
      name: 'yara:write',
      title: 'Import, switch and delete YARA rules',
      roles: ['administrator', 'detection-engineer', 'intelligence-analyst'],
    },
    {
      name: 'yara:except',
      title: 'Say of which YARA matches no alert is made',
      roles: ['administrator', 'analyst', 'detection-engineer', 'intelligence-analyst'],
    },
  ],
  create({ platform, config, log, use }) {
    const { sql, clock, blobs, jobs, outbox, yara } = platform
    const audit = use(auditModule)
    const newId = uuidv7Maker(clock, (count) => platform.randomBytes(count))
    const inspector = new Inspector()
    const rules = new CurrentRules({ sql, yara, log })
    const scanning = new Scanning({ sql, clock, blobs, outbox, yara, rules, inspector, config })
    const files = new ArtifactStore({ sql, clock, blobs, jobs, audit, config })
    const sets = new YaraSets({ sql, clock, jobs, yara, audit, newId })
    const exceptions = new YaraExceptions({ sql, clock, audit, sets, newId })
    return {
      service: { files, yara: sets, scanning } satisfies Artifacts,
      routes: [...artifactRoutes(files), ...yaraRoutes(sets), ...yaraExceptionRoutes(exceptions)],
      jobs: [
        {
          name: analyseJob,
          retries: 2,
          timeoutSeconds: 3600,
          concurrency: 1,
          run: (job: Parameters<Scanning['analyse']>[0]) => scanning.analyse(job),
        },
        {
          name: rescanJob,
          // Most times there is nothing to do; what was interrupted for good is taken up again.
          cron: '41 * * * *',
          retries: 2,
          timeoutSeconds: 20 * 3600,
          concurrency: 1,
          run: (job: Parameters<Scanning['rescan']>[0]) => scanning.rescan(job),
        },
      ],
      stop: () => inspector.close(),
      health: async () => [
        scanning.trouble === undefined
          ? { name: 'artifacts', state: 'up' as const }
          : { name: 'artifacts', state: 'degraded' as const, message: scanning.trouble },
      ],
    }
  },
})
