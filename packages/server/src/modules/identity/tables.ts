import type { Preferences } from '@watchfloor/contracts/identity'
import type { Role } from '@watchfloor/contracts/kernel'
import { type Db, withTables } from '../../platform/sql/sql.ts'

export interface AccountRow {
  id: string
  email: string
  /** The address as it is compared. */
  email_key: string
  display_name: string
  state: 'active' | 'disabled'
  roles: Role[]
  password_hash: string
  must_change_password: boolean
  /** The shared secret of the authenticator, sealed; null without a second factor. */
  totp_sealed: string | null
  /** Of an enrolment that is not confirmed yet. */
  totp_pending: string | null
  /** The newest time step a code was taken for: none at or before it is taken again. */
  totp_last_step: number | null
  preferences: Partial<Preferences>
  last_login_ms: number | null
  created_ms: number
  updated_ms: number
  version: number
}

export interface SessionRow {
  id: string
  kind: 'browser' | 'token'
  account_id: string
  /** SHA-256 of the cookie's value, hex; null for the kind `token`, which is found by its id or its refresh tokens. */
  token_hash: string | null
  created_ms: number
  /** When the password was last given. */
  authenticated_ms: number
  last_seen_ms: number
  /** The end, however much it is used. */
  expires_ms: number
  ip: string
  user_agent: string
}

export interface ApiKeyRow {
  id: string
  account_id: string
  name: string
  permissions: string[]
  secret_hash: string
  created_ms: number
  expires_ms: number | null
  last_used_ms: number | null
  last_used_ip: string | null
  revoked_ms: number | null
}

export interface IdentityTables {
  account: AccountRow
  account_session: SessionRow
  refresh_token: { token_hash: string; session_id: string; issued_ms: number; used_ms: number | null }
  recovery_code: { account_id: string; code_hash: string }
  api_key: ApiKeyRow
  login_attempt: { subject_hash: string; failures: number; last_failure_ms: number; locked_until_ms: number }
  setup_state: { singleton: number; nonce: string; completed_ms: number | null }
}

export const tables = (db: Db) => withTables<IdentityTables>(db)
