import { type Me, type Preferences, preferences } from '@watchfloor/contracts/identity'
import { Refusal, toInstant } from '@watchfloor/contracts/kernel'
import type { Credentials } from '../../platform/http/admission.ts'
import * as accountStore from './account-store.ts'
import type { Callers, Known } from './callers.ts'
import type { Login } from './login.ts'
import { mustDoOf, recentLoginMs } from './model.ts'
import { type IdentityParts, type Origin, personActor, userRef } from './parts.ts'
import { passwordFaults } from './password-policy.ts'
import * as sessionStore from './session-store.ts'
import type { BrowserSession, Sessions } from './sessions.ts'
import type { AccountRow } from './tables.ts'
import { userView } from './user-view.ts'

/** Somebody signed in with a password, in a browser or through tokens. */
export type Person = Extract<Known, { kind: 'session' }>

/** The value for a new cookie, when the session lives in one. */
export type NewCookie = BrowserSession['cookie'] | undefined

export interface OwnAccount {
  /** @error FORBIDDEN for API keys: they are nobody's hands */
  person(credentials: Credentials): Promise<Person>
  /** Lets through who signed in within 15 minutes or gives the password. @error FORBIDDEN · BAD_CREDENTIALS · ACCOUNT_LOCKED */
  requireProof(person: Person, password: string | undefined, origin: Origin): Promise<void>
  me(known: Known): Promise<Me>
  rename(person: Person, displayName: string, origin: Origin): Promise<void>
  setPreferences(person: Person, wanted: Preferences): Promise<Preferences>
  /** Ends every other session. @error BAD_CREDENTIALS · VALIDATION_FAILED */
  changePassword(
    person: Person,
    input: { currentPassword: string; newPassword: string },
    origin: Origin,
  ): Promise<NewCookie>
  confirmLogin(person: Person, password: string, origin: Origin): Promise<NewCookie>
}

/** @throws Refusal VALIDATION_FAILED with every reason */
export function requireGoodPassword(
  password: string,
  owner: { email: string; displayName: string },
  at = 'body.password',
): void {
  const faults = passwordFaults(password, owner)
  if (faults.length === 0) return
  throw new Refusal('VALIDATION_FAILED', `this password cannot be used: ${faults.join('; ')}`, {
    issues: faults.map((message) => ({ at, message })),
  })
}

export const ownerOf = (account: AccountRow) => ({ email: account.email, displayName: account.display_name })

export function createOwnAccount(parts: IdentityParts, callers: Callers, login: Login, sessions: Sessions): OwnAccount {
  const { sql, clock, audit, passwords, roles, settings } = parts

  async function newCookie(person: Person, authenticated: { authenticatedMs?: number }): Promise<NewCookie> {
    if (person.session.kind === 'browser') return sessions.rotate(person.session, authenticated)
    await sessionStore.update(
      sql.db,
      person.session.id,
      authenticated.authenticatedMs === undefined ? {} : { authenticated_ms: authenticated.authenticatedMs },
    )
    await callers.forget(person.account.id)
    return undefined
  }

  async function meOfPerson({ account, session }: Person): Promise<Me> {
    const mustDo = mustDoOf(account, await settings.secondFactorRoles.get())
    const held = mustDo.length > 0 ? [] : [...roles.permissionsOf(account.roles)]
    return {
      kind: 'user',
      id: account.id,
      name: account.email,
      user: userView(account, undefined),
      roles: account.roles,
      permissions: held.toSorted(),
      preferences: preferences.parse(account.preferences),
      mustDo,
      recentLoginUntil: toInstant(session.authenticated_ms + recentLoginMs),
    }
  }

  function meOfKey({ key, account }: Extract<Known, { kind: 'api-key' }>): Me {
    const owners: ReadonlySet<string> = roles.permissionsOf(account.roles)
    return {
      kind: 'api-key',
      id: key.id,
      name: key.name,
      user: null,
      roles: ['machine'],
      permissions: key.permissions.filter((permission) => owners.has(permission)).toSorted(),
      preferences: preferences.parse({}),
      mustDo: [],
      recentLoginUntil: null,
    }
  }

  return {
    async person(credentials) {
      const known = await callers.identify(credentials)
      if (known?.kind === 'session') return known
      throw new Refusal('FORBIDDEN', 'only a person can do this, not an API key', { remedy: 'sign in' })
    },
    async requireProof(person, password, origin) {
      if (password !== undefined) return login.provePassword(person.account, password, origin)
      if (clock.now() - person.session.authenticated_ms <= recentLoginMs) return
      throw new Refusal('FORBIDDEN', 'this needs the password again', {
        remedy: 'send `password`, or confirm the login first',
        details: { reason: 'recent-login' },
      })
    },
    me: async (known) => (known.kind === 'session' ? meOfPerson(known) : meOfKey(known)),
    async rename({ account }, displayName, origin) {
      await sql.tx(async (db) => {
        await accountStore.change(db, account.id, { display_name: displayName }, clock.now())
        await audit.record(db, personActor(account, origin), {
          action: 'identity.rename',
          object: userRef(account),
          before: { displayName: account.display_name },
          after: { displayName },
        })
      })
      await callers.forget(account.id)
    },
    async setPreferences({ account }, wanted) {
      await sql.tx((db) => accountStore.note(db, account.id, { preferences: wanted }))
      await callers.forget(account.id)
      return wanted
    },
    async changePassword(person, { currentPassword, newPassword }, origin) {
      const { account, session } = person
      await login.provePassword(account, currentPassword, origin)
      requireGoodPassword(newPassword, ownerOf(account), 'body.newPassword')
      if (newPassword.normalize('NFKC') === currentPassword.normalize('NFKC'))
        throw new Refusal('VALIDATION_FAILED', 'the new password is the old one', {
          issues: [{ at: 'body.newPassword', message: 'choose another one' }],
        })
      const password_hash = await passwords.hash(newPassword)
      await sql.tx(async (db) => {
        await accountStore.change(db, account.id, { password_hash, must_change_password: false }, clock.now())
        const ended = await sessionStore.endAll(db, account.id, { sessionId: session.id })
        await audit.record(db, personActor(account, origin), {
          action: 'identity.change-password',
          object: userRef(account),
          after: { sessionsEnded: ended },
        })
      })
      return newCookie(person, { authenticatedMs: clock.now() })
    },
    async confirmLogin(person, password, origin) {
      await login.provePassword(person.account, password, origin)
      return newCookie(person, { authenticatedMs: clock.now() })
    },
  }
}
