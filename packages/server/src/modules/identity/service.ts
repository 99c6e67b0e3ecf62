import type { Permission, Role } from '@watchfloor/contracts/kernel'
import type { Caller, Credentials } from '../../platform/http/admission.ts'
import type { PermissionDeclaration } from '../../platform/module/module.ts'
import { type ApiKeys, createApiKeys } from './api-keys.ts'
import * as attemptStore from './attempt-store.ts'
import { type Callers, createCallers } from './callers.ts'
import { createEnrolment, type Enrolment } from './enrolment.ts'
import { createGuard } from './guard.ts'
import { createLogin, type Login } from './login.ts'
import { dayMs } from './model.ts'
import { createOwnAccount, type OwnAccount } from './own-account.ts'
import type { IdentityParts } from './parts.ts'
import * as sessionStore from './session-store.ts'
import { createSessions, type Sessions } from './sessions.ts'
import { createSetup, type Setup } from './setup.ts'
import { createUsers, type Users } from './users.ts'

/** What the rest of the program uses of this module. */
export interface Identity {
  /** Before the first request, with the permissions of every module's manifest. */
  registerPermissions(declarations: Iterable<PermissionDeclaration>): void
  /** For the HTTP server: cookie sessions, access tokens and API keys in all their places. */
  authenticate(credentials: Credentials): Promise<Caller>
  permissionsOf(roles: readonly Role[]): ReadonlySet<Permission>
  /** Whether the first administrator has still to be made, and the one-time token for the link to print. */
  prepareSetup: Setup['prepare']
  /** Makes this administrator when there is none yet; changes nothing otherwise. @error VALIDATION_FAILED */
  ensureAdministrator: Setup['ensureAdministrator']
  readonly users: Users
}

/** The parts behind the routes. */
export interface IdentityServices {
  readonly parts: IdentityParts
  readonly callers: Callers
  readonly login: Login
  readonly sessions: Sessions
  readonly own: OwnAccount
  readonly enrolment: Enrolment
  readonly users: Users
  readonly apiKeys: ApiKeys
  readonly setup: Setup
  /** Forgets sessions and failures that have run out. */
  tidy(): Promise<{ sessions: number }>
}

export function createIdentityServices(parts: IdentityParts): IdentityServices {
  const callers = createCallers(parts)
  const guard = createGuard(parts)
  const login = createLogin(parts, guard)
  const sessions = createSessions(parts, callers)
  const own = createOwnAccount(parts, callers, login, sessions)
  return {
    parts,
    callers,
    login,
    sessions,
    own,
    enrolment: createEnrolment(parts, callers, own, sessions),
    users: createUsers(parts, callers, guard),
    apiKeys: createApiKeys(parts, callers, own),
    setup: createSetup(parts, guard),
    tidy: () =>
      parts.sql.tx(async (db) => {
        const nowMs = parts.clock.now()
        await attemptStore.tidy(db, nowMs - dayMs)
        return { sessions: await sessionStore.tidy(db, nowMs) }
      }),
  }
}

export const identityOf = ({ parts, callers, setup, users }: IdentityServices): Identity => ({
  registerPermissions: (declarations) => parts.roles.register(declarations),
  authenticate: callers.authenticate,
  permissionsOf: parts.roles.permissionsOf,
  prepareSetup: setup.prepare,
  ensureAdministrator: setup.ensureAdministrator,
  users,
})
