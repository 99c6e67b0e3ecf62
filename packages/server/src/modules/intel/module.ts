import { defineModule } from '../../platform/module/module.ts'
import { auditModule } from '../audit/index.ts'
import { intelChangedEvent } from './changed-event.ts'
import { Indicators } from './indicators/service.ts'
import { createIntel } from './migrations/2026-11-21-14-intel.ts'
import { createPatterns } from './migrations/2026-11-21-23-patterns.ts'
import { patternRoutes } from './patterns/routes.ts'
import { Patterns } from './patterns/service.ts'
import { indicatorRoutes, warningListRoutes } from './routes.ts'
import { recordSightings } from './sightings/sightings.ts'
import { WarningListService } from './warning-lists/service.ts'

/** What the intelligence module offers to modules above it. */
export interface Intel {
  readonly indicators: Indicators
  readonly patterns: Patterns
  readonly warningLists: WarningListService
  /** Counts what detections have seen of indicators and patterns, in the caller's transaction. */
  readonly recordSightings: typeof recordSightings
}

export const intelModule = defineModule({
  name: 'intel',
  migrations: [createIntel, createPatterns],
  emits: [intelChangedEvent],
  permissions: [
    {
      name: 'intel:read',
      title: 'See indicators, patterns and warning lists',
      roles: [
        'administrator',
        'operator',
        'analyst',
        'detection-engineer',
        'intelligence-analyst',
        'manager',
        'viewer',
        'machine',
      ],
    },
    {
      name: 'intel:write',
      title: 'Import, change and delete indicators, patterns and warning lists',
      roles: ['administrator', 'intelligence-analyst', 'detection-engineer'],
    },
  ],
  create({ platform, use }) {
    const { sql, clock, outbox } = platform
    const audit = use(auditModule)
    const warningLists = new WarningListService({ sql, clock, outbox, audit })
    const indicators = new Indicators({ sql, clock, outbox, audit, warningLists })
    const patterns = new Patterns({ sql, clock, outbox, audit })
    outbox.consume('intel.warning-lists', [intelChangedEvent], async (events) => {
      if (events.some((event) => event.body.what === 'warning-lists')) warningLists.forget()
    })
    return {
      service: { indicators, patterns, warningLists, recordSightings } satisfies Intel,
      routes: [...indicatorRoutes(indicators), ...patternRoutes(patterns), ...warningListRoutes(warningLists)],
      stop: () => warningLists.close(),
    }
  },
})
