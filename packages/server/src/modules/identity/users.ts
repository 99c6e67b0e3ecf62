import type { User, UserChange } from '@watchfloor/contracts/identity'
import { type Actor, Refusal, type Role } from '@watchfloor/contracts/kernel'
import { isUniqueViolation } from '../../platform/sql/failures.ts'
import type { Tx } from '../../platform/sql/sql.ts'
import * as accountStore from './account-store.ts'
import type { Callers } from './callers.ts'
import { removeSecondFactor } from './enrolment.ts'
import type { Guard } from './guard.ts'
import { base32Text, emailKeyOf, losesLastAdministrator } from './model.ts'
import { newAccount } from './new-account.ts'
import { ownerOf, requireGoodPassword } from './own-account.ts'
import { type IdentityParts, userRef } from './parts.ts'
import * as sessionStore from './session-store.ts'
import type { AccountRow } from './tables.ts'
import { userView } from './user-view.ts'

export interface NewUser {
  readonly email: string
  readonly displayName: string
  readonly roles: readonly Role[]
  /** Absent: one is made. */
  readonly password?: string | undefined
}

/** Other people's accounts. Nobody hands out, or lays hands on, more rights than they have themselves (FORBIDDEN). */
export interface Users {
  list(
    filter: accountStore.AccountFilter,
    page: { cursor?: string | undefined; limit: number },
  ): Promise<{ items: User[]; next?: string }>
  /** @error NOT_FOUND */
  get(userId: string): Promise<User>
  /** @error CONFLICT when the address is taken · VALIDATION_FAILED */
  create(actor: Actor, input: NewUser): Promise<{ user: User; temporaryPassword: string | null }>
  /** Ends the person's sessions when roles or state change. @error NOT_FOUND · STALE_EDIT · CONFLICT for the last administrator */
  change(actor: Actor, userId: string, change: UserChange): Promise<User>
  /** @error NOT_FOUND · CONFLICT for the last administrator */
  remove(actor: Actor, userId: string): Promise<void>
  /** Ends the person's sessions; they choose their own password at the next login. */
  resetPassword(
    actor: Actor,
    userId: string,
    password: string | undefined,
  ): Promise<{ temporaryPassword: string | null }>
  resetTotp(actor: Actor, userId: string): Promise<void>
  unlock(actor: Actor, userId: string): Promise<User>
  endSessions(actor: Actor, userId: string): Promise<number>
  people(text: string | undefined, limit: number): Promise<{ id: User['id']; name: string; email: string }[]>
}

const temporaryPasswordBytes = 15
const noUser = () => new Refusal('NOT_FOUND', 'there is no such user')
const lastAdministrator = () =>
  new Refusal('CONFLICT', 'this is the last administrator', { remedy: 'make somebody else an administrator first' })

export function createUsers(parts: IdentityParts, callers: Callers, guard: Guard): Users {
  const { sql, clock, audit, passwords, roles } = parts

  async function viewOf(account: AccountRow): Promise<User> {
    const locked = await guard.lockedUntil([account.email_key])
    return userView(account, locked.get(account.email_key))
  }

  async function loaded(userId: string): Promise<AccountRow> {
    const account = await accountStore.byId(sql.db, userId)
    if (!account) throw noUser()
    return account
  }

  function requireReach(actor: Actor, touched: readonly Role[]): void {
    const beyond = [...roles.permissionsOf(touched)].filter((permission) => !actor.permissions.has(permission))
    if (beyond.length === 0) return
    throw new Refusal('FORBIDDEN', 'this would hand out or touch rights beyond your own', {
      remedy: 'ask an administrator',
      details: { permissions: beyond.slice(0, 20) },
    })
  }

  const temporaryPassword = () => (base32Text(parts.randomBytes(temporaryPasswordBytes)).match(/.{6}/g) ?? []).join('-')

  async function applyChange(db: Tx, actor: Actor, userId: string, change: UserChange): Promise<AccountRow> {
    const administrators = await accountStore.lockAdministrators(db)
    const before = await accountStore.byIdForUpdate(db, userId)
    if (!before) throw noUser()
    requireReach(actor, [...before.roles, ...(change.roles ?? [])])
    if (change.expectedVersion !== undefined && change.expectedVersion !== before.version)
      throw new Refusal('STALE_EDIT', 'this user was changed by somebody else meanwhile', {
        remedy: 'load it again, then decide',
        details: { version: before.version },
      })
    const after: AccountRow = {
      ...before,
      email: change.email ?? before.email,
      email_key: change.email === undefined ? before.email_key : emailKeyOf(change.email),
      display_name: change.displayName ?? before.display_name,
      state: change.state ?? before.state,
      roles: change.roles ? [...new Set(change.roles)] : before.roles,
      updated_ms: clock.now(),
      version: before.version + 1,
    }
    if (losesLastAdministrator(administrators, userId, after)) throw lastAdministrator()
    const holder = await accountStore.byEmailKey(db, after.email_key)
    if (holder && holder.id !== userId) throw addressTaken()
    const { email, email_key, display_name, state, roles: changedRoles } = after
    const changed = { email, email_key, display_name, state, roles: changedRoles }
    await accountStore.change(db, userId, changed, after.updated_ms)
    if (rightsChange(before, after) && actor.id !== userId) await sessionStore.endAll(db, userId, {})
    await audit.record(db, actor, {
      action: 'identity.change-user',
      object: userRef(after),
      before: told(before),
      after: told(after),
    })
    return after
  }

  return {
    async list(filter, { cursor, limit }) {
      const { items, next } = await accountStore.page(sql.db, filter, cursor, limit)
      const locked = await guard.lockedUntil(items.map((account) => account.email_key))
      const users = items.map((account) => userView(account, locked.get(account.email_key)))
      return { items: users, ...(next === undefined ? {} : { next }) }
    },
    get: async (userId) => viewOf(await loaded(userId)),
    async create(actor, input) {
      requireReach(actor, input.roles)
      const made = input.password === undefined ? temporaryPassword() : null
      if (input.password !== undefined) requireGoodPassword(input.password, input)
      const account = newAccount(parts, {
        ...input,
        roles: [...new Set(input.roles)],
        passwordHash: await passwords.hash(input.password ?? made ?? ''),
        mustChangePassword: true,
      })
      await sql.tx(async (db) => {
        if (!(await accountStore.insert(db, account))) throw addressTaken()
        await audit.record(db, actor, {
          action: 'identity.create-user',
          object: userRef(account),
          after: told(account),
        })
      })
      return { user: userView(account, undefined), temporaryPassword: made }
    },
    async change(actor, userId, change) {
      const after = await sql.tx((db) => applyChange(db, actor, userId, change)).catch(asTaken)
      await callers.forget(userId)
      return viewOf(after)
    },
    async remove(actor, userId) {
      await sql.tx(async (db) => {
        const administrators = await accountStore.lockAdministrators(db)
        const account = await accountStore.byIdForUpdate(db, userId)
        if (!account) throw noUser()
        requireReach(actor, account.roles)
        if (losesLastAdministrator(administrators, userId, 'removed')) throw lastAdministrator()
        await accountStore.remove(db, userId)
        await audit.record(db, actor, {
          action: 'identity.remove-user',
          object: userRef(account),
          before: told(account),
        })
      })
      await callers.forget(userId)
    },
    async resetPassword(actor, userId, password) {
      const account = await loaded(userId)
      requireReach(actor, account.roles)
      const made = password === undefined ? temporaryPassword() : null
      if (password !== undefined) requireGoodPassword(password, ownerOf(account))
      const password_hash = await passwords.hash(password ?? made ?? '')
      await sql.tx(async (db) => {
        const current = await accountStore.byIdForUpdate(db, userId)
        if (!current) throw noUser()
        requireReach(actor, current.roles)
        await accountStore.change(db, userId, { password_hash, must_change_password: true }, clock.now())
        await sessionStore.endAll(db, userId, {})
        await audit.record(db, actor, { action: 'identity.reset-password', object: userRef(current) })
      })
      await guard.unlock(account.email_key)
      await callers.forget(userId)
      return { temporaryPassword: made }
    },
    async resetTotp(actor, userId) {
      requireReach(actor, (await loaded(userId)).roles)
      await removeSecondFactor(parts, userId, actor)
      await callers.forget(userId)
    },
    async unlock(actor, userId) {
      const account = await loaded(userId)
      await guard.unlock(account.email_key)
      await sql.tx((db) => audit.record(db, actor, { action: 'identity.unlock-user', object: userRef(account) }))
      return viewOf(account)
    },
    async endSessions(actor, userId) {
      const account = await loaded(userId)
      requireReach(actor, account.roles)
      const ended = await sql.tx(async (db) => {
        const count = await sessionStore.endAll(db, userId, {})
        await audit.record(db, actor, { action: 'identity.end-sessions', object: userRef(account), count })
        return count
      })
      await callers.forget(userId)
      return ended
    },
    async people(text, limit) {
      const { items } = await accountStore.page(sql.db, { text, state: 'active' }, undefined, limit)
      return items.map((account) => ({
        id: account.id as User['id'],
        name: account.display_name,
        email: account.email,
      }))
    },
  }
}

/** Two changes to the same address at once: the index decides. */
function asTaken(error: unknown): never {
  throw isUniqueViolation(error) ? addressTaken() : error
}

const addressTaken = () =>
  new Refusal('CONFLICT', 'there is an account with this e-mail address already', { details: { field: 'email' } })

const rightsChange = (before: AccountRow, after: AccountRow): boolean =>
  after.state !== before.state || before.roles.toSorted().join() !== after.roles.toSorted().join()

const told = (account: AccountRow) => ({
  email: account.email,
  displayName: account.display_name,
  state: account.state,
  roles: account.roles,
})
