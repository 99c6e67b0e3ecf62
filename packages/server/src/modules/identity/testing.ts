import { type Actor, type Permission, type Role, roles } from '@watchfloor/contracts/kernel'
import type { Route } from '../../platform/http/route.ts'
import type { PermissionDeclaration, Platform } from '../../platform/module/module.ts'
import { uuidv7Maker } from '../../platform/sql/uuidv7.ts'
import * as accountStore from './account-store.ts'
import * as apiKeyStore from './api-key-store.ts'
import { newApiKey, printApiKey } from './api-key-text.ts'
import { sessionCookie } from './callers.ts'
import { dayMs, digest } from './model.ts'
import { newAccount } from './new-account.ts'
import { createPasswords } from './passwords.ts'
import { createRoleTable } from './role-table.ts'
import * as sessionStore from './session-store.ts'
import type { AccountRow } from './tables.ts'

export const testPassword = 'violet-otter-climbs-47-stairs'

/** One person of each role, who may sign in with `testPassword`; the installation counts as set up. */
export interface TestPeople {
  readonly accounts: Readonly<Record<Role, AccountRow>>
  /** What a browser of this person sends; a new session with every call. */
  browserHeaders(role: Role): Promise<{ cookie: string; 'x-watchfloor-csrf': string }>
  /** A key of this person's: `wf_…`. */
  apiKey(role: Role, permissions: readonly Permission[]): Promise<string>
  /** The person as an actor, for calls of services. */
  actor(role: Role, permissions?: Iterable<Permission>): Actor
}

/** Needs the module's migrations; writes past the services, so it takes no time for hashing and leaves no audit records. */
export async function seedPeople(
  platform: Pick<Platform, 'sql' | 'clock' | 'randomBytes'>,
  declarations: Iterable<PermissionDeclaration> = [],
): Promise<TestPeople> {
  const { sql, clock } = platform
  const newId = uuidv7Maker(clock, (count) => platform.randomBytes(count))
  const table = createRoleTable()
  table.register(declarations)
  const passwordHash = await createPasswords().hash(testPassword)
  const made = roles.map((role) => {
    const email = `${role}@example.org`
    const input = { email, displayName: `The ${role}`, roles: [role], passwordHash, mustChangePassword: false }
    return [role, newAccount({ newId, clock }, input)] as const
  })
  await sql.tx(async (db) => {
    await accountStore.completeSetup(db, clock.now())
    for (const [, account] of made) await accountStore.insert(db, account)
  })
  const accounts = Object.fromEntries(made) as Record<Role, AccountRow>

  return {
    accounts,
    async browserHeaders(role) {
      const token = Buffer.from(platform.randomBytes(32)).toString('base64url')
      const nowMs = clock.now()
      const session = {
        id: newId(),
        kind: 'browser' as const,
        account_id: accounts[role].id,
        token_hash: digest(token),
        created_ms: nowMs,
        authenticated_ms: nowMs,
        last_seen_ms: nowMs,
        expires_ms: nowMs + dayMs,
        ip: '192.0.2.1',
        user_agent: 'test',
      }
      await sql.tx((db) => sessionStore.insert(db, session))
      return { cookie: `${sessionCookie}=${token}`, 'x-watchfloor-csrf': '1' }
    },
    async apiKey(role, permissions) {
      const text = newApiKey((count) => platform.randomBytes(count))
      const row = {
        id: text.id,
        account_id: accounts[role].id,
        name: `key of the ${role}`,
        permissions: [...permissions],
        secret_hash: digest(text.secret),
        created_ms: clock.now(),
        expires_ms: null,
        last_used_ms: null,
        last_used_ip: null,
        revoked_ms: null,
      }
      await sql.tx((db) => apiKeyStore.insert(db, row))
      return printApiKey(text)
    },
    actor: (role, permissions) => ({
      kind: 'user',
      id: accounts[role].id,
      name: accounts[role].email,
      roles: [role],
      permissions: new Set(permissions ?? table.permissionsOf([role])),
      origin: { ip: '192.0.2.1', userAgent: 'test', requestId: 'test' },
    }),
  }
}

/**
 * What a call has to come to: `refused-401`, `refused-403`, `admitted` (any status but 401 and 403), `public` (any but 401
 * for want of a login: a public route may refuse what it was given).
 */
export type Verdict = 'refused-401' | 'refused-403' | 'admitted' | 'public'

export interface AccessCase {
  readonly route: Route
  readonly caller: Role | 'nobody'
  readonly expected: Verdict
}

/** Every route as every role and as nobody. */
export function accessMatrix(routes: readonly Route[], declarations: Iterable<PermissionDeclaration>): AccessCase[] {
  const table = createRoleTable()
  table.register(declarations)
  return routes.flatMap((route) => [
    { route, caller: 'nobody' as const, expected: route.permission === 'public' ? 'public' : 'refused-401' },
    ...roles.map(
      (role): AccessCase => ({ route, caller: role, expected: verdictFor(route, table.permissionsOf([role])) }),
    ),
  ])
}

function verdictFor({ permission }: Route, held: ReadonlySet<string>): Verdict {
  if (permission === 'public') return 'public'
  return permission === 'self' || held.has(permission) ? 'admitted' : 'refused-403'
}

/** The path of a route with something in the place of every parameter that names nothing. */
export const pathForAccess = (route: Pick<Route, 'path'>): string =>
  route.path.replace(/\{\w+\}/g, 'nothing.of-this-name')

/** Whether an answer is what was expected. `code` is the one in the problem's body. */
export function isAsExpected(expected: Verdict, status: number, code?: string): boolean {
  switch (expected) {
    case 'refused-401':
      return status === 401
    case 'refused-403':
      return status === 403
    case 'admitted':
      return status !== 401 && status !== 403
    case 'public':
      return code !== 'UNAUTHENTICATED' || status !== 401
  }
}
