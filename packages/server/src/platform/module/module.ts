import type { Permission, Role } from '@watchfloor/contracts/kernel'
import type { z } from 'zod'
import type { Blobs } from '../blobs/blobs.ts'
import type { Bus } from '../bus/bus.ts'
import type { Cache } from '../cache/cache.ts'
import type { Clock } from '../clock/clock.ts'
import type { Crypto } from '../crypto/crypto.ts'
import type { EventStore } from '../events/event-store.ts'
import type { OutgoingHttp } from '../http/outgoing.ts'
import type { Route } from '../http/route.ts'
import type { JobDefinition, Jobs } from '../jobs/jobs.ts'
import type { Live } from '../live/live.ts'
import type { Log } from '../log/log.ts'
import type { Metrics } from '../metrics/metrics.ts'
import type { DomainEventType, Outbox } from '../outbox/outbox.ts'
import type { Migration, Sql } from '../sql/sql.ts'
import type { Yara } from '../yara/yara.ts'

/** What every module stands on. Made by a process; tests make one on embedded adapters. */
export interface Platform {
  readonly sql: Sql
  readonly bus: Bus
  readonly events: EventStore
  readonly jobs: Jobs
  readonly blobs: Blobs
  readonly cache: Cache
  readonly clock: Clock
  readonly crypto: Crypto
  readonly outbox: Outbox
  readonly outgoing: OutgoingHttp
  readonly live: Live
  readonly yara: Yara
  readonly log: Log
  readonly metrics: Metrics
  /** Cryptographically random bytes. */
  randomBytes(count: number): Uint8Array
}

export interface PermissionDeclaration {
  readonly name: Permission
  /** What it lets somebody do, for the roles page. */
  readonly title: string
  readonly roles: readonly Role[]
}

export interface HealthPart {
  readonly name: string
  readonly state: 'up' | 'degraded' | 'down'
  readonly message?: string
}

/** A running module: what it offers to higher ranks, to HTTP, to the job queue. */
export interface ModuleInstance<Service> {
  readonly service: Service
  readonly routes?: readonly Route[]
  /** Of every input: each job gets what it was sent. */
  readonly jobs?: readonly JobDefinition[]
  /** After migrations and before the first request; in order of rank. */
  start?(): Promise<void>
  /** In reverse order of rank. */
  stop?(): Promise<void>
  health?(): Promise<HealthPart[]>
}

export interface ModuleHost<Config> {
  readonly platform: Platform
  readonly config: Config
  readonly log: Log
  /** The service of a module of lower rank. */
  use<Service>(module: Module<Service>): Service
}

/** The manifest. `modules.ts` is the one list of them. */
export interface Module<Service = unknown, Config extends z.ZodType = z.ZodType> {
  readonly name: string
  /** One zod slice; read from `WATCHFLOOR_<MODULE>_<KEY>` variables and the configuration file. */
  readonly config?: Config
  readonly permissions?: readonly PermissionDeclaration[]
  readonly migrations?: readonly Migration[]
  readonly emits?: readonly DomainEventType[]
  create(host: ModuleHost<z.output<Config>>): ModuleInstance<Service>
}

export const defineModule = <Service, Config extends z.ZodType>(
  module: Module<Service, Config>,
): Module<Service, Config> => module
