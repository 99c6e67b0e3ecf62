import { type Role, systemActor } from '@watchfloor/contracts/kernel'
import { defineModule } from '../../platform/module/module.ts'
import { uuidv7Maker } from '../../platform/sql/uuidv7.ts'
import { auditModule } from '../audit/index.ts'
import { eventsConfig } from './config.ts'
import { DeadLetters } from './dead-letters.ts'
import { elasticIntakeRoutes } from './intake/elastic-routes.ts'
import { hecIntakeRoutes } from './intake/hec-routes.ts'
import { httpIntakeRoutes } from './intake/http-routes.ts'
import { Intake, rawTopic } from './intake/intake.ts'
import { Pressure } from './intake/pressure.ts'
import { createSources } from './migrations/2026-11-21-04-sources.ts'
import { removeSources } from './migrations/2026-11-21-10-source-removal.ts'
import { retentionJobs } from './retention.ts'
import { searchRoutes } from './search/routes.ts'
import { EventSearch } from './search/service.ts'
import { sourceRoutes } from './sources/routes.ts'
import { Sources } from './sources/service.ts'
import { sourceSilentEvent, watchSilence } from './sources/silence.ts'
import { startSyslog } from './syslog/listeners.ts'
import { FileTail } from './tail/file-tail.ts'
import { checkFollowable } from './tail/find-files.ts'

const everybody: readonly Role[] = [
  'administrator',
  'operator',
  'analyst',
  'detection-engineer',
  'intelligence-analyst',
  'manager',
  'viewer',
  'machine',
]

/** What the events module offers to modules above it. */
export interface Events {
  readonly sources: Sources
  readonly search: EventSearch
  readonly intake: Intake
  readonly pressure: Pressure
  readonly deadLetters: DeadLetters
  /** Partitions of the log of raw events. */
  readonly partitions: number
}

/** One partition keeps the order of arrival; the embedded log needs no more to use both cores. */
const partitions = 1
const flushRejectedMs = 5000

export const eventsModule = defineModule({
  name: 'events',
  config: eventsConfig,
  migrations: [createSources, removeSources],
  emits: [sourceSilentEvent],
  permissions: [
    { name: 'events:read', title: 'Search and export events', roles: everybody },
    { name: 'events:write', title: 'Send events', roles: ['administrator', 'operator', 'machine'] },
    { name: 'sources:read', title: 'See where events come from', roles: everybody },
    { name: 'sources:write', title: 'Make, change and switch off sources', roles: ['administrator', 'operator'] },
  ],
  create(host) {
    const { bus, events: store, sql, clock, metrics, outbox } = host.platform
    const { config } = host
    const newId = uuidv7Maker(clock, (count) => host.platform.randomBytes(count))
    const sources = new Sources({ sql, events: store, clock, audit: host.use(auditModule), newId })
    const pressure = new Pressure(
      { bus, events: store, clock },
      { topic: rawTopic, maxRecordsBehind: config.maxRecordsBehind, maxLogBytes: config.maxLogBytes },
    )
    const intake = new Intake(
      { bus, clock, metrics, pressure },
      {
        maxRequestBytes: config.maxRequestBytes,
        maxBytesInFlight: config.maxBytesInFlight,
        idempotencyMs: config.idempotencyHours * 3_600_000,
      },
    )
    const search = new EventSearch(store, sources)
    const deadLetters = new DeadLetters(bus)
    const service: Events = { sources, search, intake, pressure, deadLetters, partitions }
    const tail = new FileTail(
      {
        bus,
        intake,
        actor: systemActor('file tail'),
        maxRecordBytes: config.maxRecordBytes,
        roots: config.tailRoots,
        refused: (id, count) => sources.countRejected(id, count),
      },
      sources,
      host.log,
    )
    let flushing: NodeJS.Timeout | undefined
    let syslog: { close(): Promise<void> } | undefined

    return {
      service,
      routes: [
        ...httpIntakeRoutes(intake, sources, config),
        ...elasticIntakeRoutes(intake, sources, config),
        ...hecIntakeRoutes(intake, sources, config),
        ...searchRoutes(search, deadLetters),
        ...sourceRoutes(sources, (path) => checkFollowable(path, config.tailRoots)),
      ],
      jobs: [
        ...retentionJobs({ store, sources, clock, config, log: host.log }),
        watchSilence({ sql, sources, outbox, log: host.log }),
      ],
      async start() {
        await bus.declare(rawTopic, { partitions })
        await sources.load()
        flushing = setInterval(() => {
          sources
            .flushRejected()
            .catch((error) => host.log.warn('counts of refused records wait', { error: String(error) }))
        }, flushRejectedMs)
        tail.start()
        syslog = await startSyslog({ intake, sources, actor: systemActor('syslog'), log: host.log }, metrics, config)
      },
      async stop() {
        clearInterval(flushing)
        await syslog?.close()
        await tail.stop()
        await sources.flushRejected()
      },
    }
  },
})
