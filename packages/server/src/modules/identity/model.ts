import { createHash, timingSafeEqual } from 'node:crypto'
import type { Me } from '@watchfloor/contracts/identity'
import type { Role } from '@watchfloor/contracts/kernel'
import type { Attempts } from './attempt-store.ts'
import type { AccountRow, ApiKeyRow, SessionRow } from './tables.ts'

export const minuteMs = 60_000
export const dayMs = 24 * 60 * minuteMs
export const recentLoginMs = 15 * minuteMs
export const accessTokenSeconds = 600

/** Addresses that differ in case or form alone are one account. */
export const emailKeyOf = (email: string): string => email.trim().normalize('NFKC').toLowerCase()

/** SHA-256, hex: how random tokens are kept. Not for passwords. */
export const digest = (token: string): string => createHash('sha256').update(token).digest('hex')

export function sameDigest(a: string, b: string): boolean {
  const left = Buffer.from(a)
  const right = Buffer.from(b)
  return left.length === right.length && timingSafeEqual(left, right)
}

const base32 = 'abcdefghijklmnopqrstuvwxyz234567'

/** Lower-case base 32: five bits a character, nothing that needs escaping anywhere. */
export function base32Text(bytes: Uint8Array): string {
  let text = ''
  let held = 0
  let bits = 0
  for (const byte of bytes) {
    held = (held << 8) | byte
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += base32[(held >> bits) & 31]
    }
    held &= (1 << bits) - 1
  }
  return bits > 0 ? text + base32[(held << (5 - bits)) & 31] : text
}

// --- lockout ---------------------------------------------------------------------------------------------------

const firstLockMs = minuteMs
const longestLockMs = 60 * minuteMs
const failuresForgottenMs = dayMs

/** The count with one failure more, and the lock it brings: a minute, doubled with every further failure, an hour at most. */
export function afterFailure(attempts: Attempts, freeFailures: number, nowMs: number): Attempts {
  const old = nowMs - attempts.lastFailureMs > failuresForgottenMs
  const failures = (old ? 0 : attempts.failures) + 1
  const over = failures - freeFailures
  const lockMs = over < 0 ? 0 : Math.min(longestLockMs, firstLockMs * 2 ** Math.min(over, 20))
  return { failures, lastFailureMs: nowMs, lockedUntilMs: lockMs === 0 ? 0 : nowMs + lockMs }
}

/** Takes one failure back that turned out to be none. */
export const withoutFailure = (attempts: Attempts, freeFailures: number): Attempts => {
  const failures = Math.max(0, attempts.failures - 1)
  return { ...attempts, failures, lockedUntilMs: failures < freeFailures ? 0 : attempts.lockedUntilMs }
}

// --- who may ---------------------------------------------------------------------------------------------------

/** What somebody has to do before anything else. */
export function mustDoOf(account: AccountRow, secondFactorRoles: readonly Role[]): Me['mustDo'] {
  const mustDo: Me['mustDo'] = []
  if (account.must_change_password) mustDo.push('change-password')
  if (account.totp_sealed === null && account.roles.some((role) => secondFactorRoles.includes(role)))
    mustDo.push('enrol-second-factor')
  return mustDo
}

export const keyStateOf = (key: ApiKeyRow, nowMs: number): 'active' | 'expired' | 'revoked' => {
  if (key.revoked_ms !== null) return 'revoked'
  return key.expires_ms !== null && key.expires_ms <= nowMs ? 'expired' : 'active'
}

export const isSessionOver = (session: SessionRow, idleMs: number, nowMs: number): boolean =>
  session.expires_ms <= nowMs || (session.kind === 'browser' && nowMs - session.last_seen_ms > idleMs)

/** Whether a change would leave nobody who can administer. */
export const losesLastAdministrator = (
  administrators: readonly string[],
  accountId: string,
  after: { state: AccountRow['state']; roles: readonly Role[] } | 'removed',
): boolean => {
  const remains = after !== 'removed' && after.state === 'active' && after.roles.includes('administrator')
  return !remains && administrators.includes(accountId) && administrators.length === 1
}
