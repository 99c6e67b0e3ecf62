import type { Role } from '@watchfloor/contracts/kernel'
import { emailKeyOf } from './model.ts'
import type { IdentityParts } from './parts.ts'
import type { AccountRow } from './tables.ts'

export const newAccount = (
  { newId, clock }: Pick<IdentityParts, 'newId' | 'clock'>,
  input: {
    readonly email: string
    readonly displayName: string
    readonly roles: readonly Role[]
    readonly passwordHash: string
    readonly mustChangePassword: boolean
  },
): AccountRow => {
  const nowMs = clock.now()
  return {
    id: newId(),
    email: input.email.trim(),
    email_key: emailKeyOf(input.email),
    display_name: input.displayName,
    state: 'active',
    roles: [...input.roles],
    password_hash: input.passwordHash,
    must_change_password: input.mustChangePassword,
    totp_sealed: null,
    totp_pending: null,
    totp_last_step: null,
    preferences: {},
    last_login_ms: null,
    created_ms: nowMs,
    updated_ms: nowMs,
    version: 1,
  }
}
