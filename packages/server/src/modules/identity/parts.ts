import type { Actor } from '@watchfloor/contracts/kernel'
import type { Cache } from '../../platform/cache/cache.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Crypto } from '../../platform/crypto/crypto.ts'
import type { Log } from '../../platform/log/log.ts'
import type { Metrics } from '../../platform/metrics/metrics.ts'
import type { Sql } from '../../platform/sql/sql.ts'
import type { UuidMaker } from '../../platform/sql/uuidv7.ts'
import type { Audit } from '../audit/index.ts'
import type { Setting } from '../settings/index.ts'
import type { AccessTokens } from './access-token.ts'
import type { IdentityConfig } from './config.ts'
import type { Passwords } from './passwords.ts'
import type { RoleTable } from './role-table.ts'
import type { IdentitySettings } from './settings.ts'
import type { AccountRow } from './tables.ts'

/** What the services of this module share. */
export interface IdentityParts {
  readonly sql: Sql
  readonly cache: Cache
  readonly clock: Clock
  readonly crypto: Crypto
  readonly log: Log
  readonly metrics: Metrics
  readonly audit: Audit
  readonly settings: IdentitySettings
  readonly organisationName: Setting<string>
  nameOrganisation(actor: Actor, name: string): Promise<void>
  readonly config: IdentityConfig
  readonly roles: RoleTable
  readonly passwords: Passwords
  readonly accessTokens: AccessTokens
  readonly newId: UuidMaker
  randomBytes(count: number): Uint8Array
}

/** Where a call came from. */
export type Origin = NonNullable<Actor['origin']>

/** A person as the actor of their own doing, also before they are signed in. */
export const personActor = (account: AccountRow, origin: Origin): Actor => ({
  kind: 'user',
  id: account.id,
  name: account.email,
  roles: account.roles,
  permissions: new Set(),
  origin,
})

/** Somebody who has not said who they are, or not proved it. */
export const nobodyActor = (origin: Origin): Actor => ({
  kind: 'system',
  id: 'nobody',
  name: 'nobody',
  roles: [],
  permissions: new Set(),
  origin,
})

export const userRef = (account: Pick<AccountRow, 'id' | 'email'>) => ({
  type: 'user',
  id: account.id,
  title: account.email,
})
