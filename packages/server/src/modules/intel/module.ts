import { defineModule } from '../../platform/module/module.ts'
import { auditModule } from '../audit/index.ts'
import { Indicators, intelChangedEvent } from './indicators/service.ts'
import { createIntel } from './migrations/2026-11-21-14-intel.ts'
import { indicatorRoutes, warningListRoutes } from './routes.ts'
import { WarningListService } from './warning-lists/service.ts'

/** What the intelligence module offers to modules above it. */
export interface Intel {
  readonly indicators: Indicators
  readonly warningLists: WarningListService
}

export const intelModule = defineModule({
  name: 'intel',
  migrations: [createIntel],
  emits: [intelChangedEvent],
  permissions: [
    {
      name: 'intel:read',
      title: 'See indicators and warning lists',
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
      title: 'Import, change and delete indicators and warning lists',
      roles: ['administrator', 'intelligence-analyst', 'detection-engineer'],
    },
  ],
  create({ platform, use }) {
    const { sql, clock, outbox } = platform
    const audit = use(auditModule)
    const warningLists = new WarningListService({ sql, clock, outbox, audit })
    const indicators = new Indicators({ sql, clock, outbox, audit, warningLists })
    outbox.consume('intel.warning-lists', [intelChangedEvent], async (events) => {
      if (events.some((event) => event.body.what === 'warning-lists')) warningLists.forget()
    })
    return {
      service: { indicators, warningLists } satisfies Intel,
      routes: [...indicatorRoutes(indicators), ...warningListRoutes(warningLists)],
      stop: () => warningLists.close(),
    }
  },
})
