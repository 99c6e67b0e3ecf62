import type { user } from '@watchfloor/contracts/identity'
import { toInstant } from '@watchfloor/contracts/kernel'
import type { z } from 'zod'
import type { AccountRow } from './tables.ts'

export type UserView = z.output<typeof user>

const instantOr = (ms: number | null | undefined) => (ms === null || ms === undefined ? null : toInstant(ms))

/** What others may see of an account. */
export const userView = (account: AccountRow, lockedUntilMs: number | undefined): UserView => ({
  id: account.id as UserView['id'],
  email: account.email,
  displayName: account.display_name,
  state: account.state,
  roles: account.roles,
  secondFactor: account.totp_sealed !== null,
  mustChangePassword: account.must_change_password,
  lockedUntil: instantOr(lockedUntilMs),
  lastLoginAt: instantOr(account.last_login_ms),
  createdAt: toInstant(account.created_ms),
  updatedAt: toInstant(account.updated_ms),
  version: account.version,
})
