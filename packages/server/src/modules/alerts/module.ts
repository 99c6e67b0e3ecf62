import { randomUUID } from 'node:crypto'
import type { Detection } from '@watchfloor/contracts/detections'
import { type DetectionId, type EventId, Refusal, type Role, type RuleId } from '@watchfloor/contracts/kernel'
import { defineModule } from '../../platform/module/module.ts'
import { auditModule } from '../audit/index.ts'
import { detectionsMadeEvent } from '../detections/index.ts'
import { eventsModule, sourceSilentEvent } from '../events/index.ts'
import { identityModule } from '../identity/index.ts'
import { rulesModule } from '../rules/index.ts'
import { EventContext } from './event-context.ts'
import { createAlerts } from './migrations/2026-11-21-08-alerts.ts'
import { severityByPerson } from './migrations/2026-11-21-09-alert-severity.ts'
import { alertKindsAndEvidence } from './migrations/2026-11-21-12b-alert-kinds.ts'
import { alertRoutes } from './routes.ts'
import { Alerts, alertChangedEvent } from './service.ts'
import { countsByRule } from './summary-store.ts'

/** Days of alerts by which a rule's noise is told. */
const countedDays = 30
const dayMs = 86_400_000

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

export const alertsModule = defineModule({
  name: 'alerts',
  migrations: [createAlerts, severityByPerson, alertKindsAndEvidence],
  emits: [alertChangedEvent],
  permissions: [
    { name: 'alerts:read', title: 'See alerts', roles: readers },
    {
      name: 'alerts:write',
      title: 'Triage alerts',
      roles: ['administrator', 'analyst', 'detection-engineer', 'machine'],
    },
  ],
  create(host) {
    const { sql, clock, outbox, live } = host.platform
    const rules = host.use(rulesModule)
    const identity = host.use(identityModule)
    const alerts = new Alerts({
      sql,
      clock,
      outbox,
      audit: host.use(auditModule),
      newId: randomUUID,
      async findPerson(id) {
        const user = await identity.users.get(id).catch((error: unknown) => {
          if (error instanceof Refusal && error.code === 'NOT_FOUND') return undefined
          throw error
        })
        return user?.state === 'active' ? { id: user.id, name: user.displayName } : undefined
      },
      ruleDetail: (id) => rules.find(id),
    })
    const context = new EventContext(alerts, host.use(eventsModule).search, rules)

    outbox.consume('alerts.from-detections', [detectionsMadeEvent], async (messages) => {
      for (const { body } of messages) await alerts.take(body.detections)
    })
    outbox.consume('alerts.from-silence', [sourceSilentEvent], async (messages) => {
      for (const { body } of messages) await alerts.take([silence(body)])
    })
    let untap: (() => void) | undefined

    return {
      service: alerts,
      routes: alertRoutes(alerts, context),
      jobs: [
        {
          name: 'alerts.count-by-rule',
          cron: '*/5 * * * *',
          retries: 1,
          timeoutSeconds: 120,
          concurrency: 1,
          run: async () => rules.saveAlertCounts(await countsByRule(sql.db, clock.now() - countedDays * dayMs)),
        },
      ],
      async start() {
        untap = outbox.tap((messages) => {
          for (const message of messages)
            if (message.name === alertChangedEvent.name)
              live.publish({ event: 'alerts.changed', data: message.body, permission: 'alerts:read' })
        })
      },
      async stop() {
        untap?.()
      },
    }
  },
})

/** A silent source as a detection of a rule of our own, so that it is grouped, listed and closed like any other. */
const silence = (body: {
  sourceId: Detection['sourceId']
  name: string
  lastSeenAt: string
  silenceMinutes: number
}): Detection => ({
  id: `source-silent@${body.sourceId}.${Date.parse(body.lastSeenAt)}` as DetectionId,
  ruleId: 'watchfloor-source-silent' as RuleId,
  ruleTitle: `Source "${body.name}" has been silent for ${body.silenceMinutes} minutes`,
  ruleVersion: 1,
  level: 'medium',
  eventId: `none.${body.sourceId}` as EventId,
  sourceId: body.sourceId,
  time: body.lastSeenAt,
  detectedAt: body.lastSeenAt,
  entities: {},
  techniques: [],
  kind: 'sigma',
  retrospective: false,
  evidence: null,
})
