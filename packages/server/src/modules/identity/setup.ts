import { createHmac } from 'node:crypto'
import { type Actor, Refusal } from '@watchfloor/contracts/kernel'
import * as accountStore from './account-store.ts'
import type { Guard } from './guard.ts'
import { base32Text, digest, sameDigest } from './model.ts'
import { newAccount } from './new-account.ts'
import { requireGoodPassword } from './own-account.ts'
import { type IdentityParts, nobodyActor, type Origin, userRef } from './parts.ts'
import type { AccountRow } from './tables.ts'

export interface Registration {
  readonly email: string
  readonly displayName: string
  readonly password: string
}

export interface Setup {
  /**
   * Whether an administrator has still to be made, and the one-time token for the link that the program prints. Every
   * process of an installation gives the same one until it is used.
   */
  prepare(): Promise<{ needed: false } | { needed: true; token: string }>
  needed(): Promise<boolean>
  /** Makes the first administrator, once. @error ALREADY_SET_UP · BAD_CREDENTIALS for a wrong token · VALIDATION_FAILED · RATE_LIMITED */
  complete(input: Registration & { token: string }, origin: Origin): Promise<AccountRow>
  /** For start-up: makes this administrator when there is none yet, and changes nothing otherwise. @error VALIDATION_FAILED */
  ensureAdministrator(email: string, password: string): Promise<{ created: boolean }>
  /** Self-registration as a viewer; says nothing of whether the address was taken. @error FORBIDDEN when it is off */
  register(input: Registration, origin: Origin): Promise<void>
}

const tokenBytes = 20
const alreadySetUp = () =>
  new Refusal('ALREADY_SET_UP', 'this installation has its first administrator already', { remedy: 'sign in' })

const startActor: Actor = { kind: 'system', id: 'start', name: 'start-up', roles: [], permissions: new Set() }

export function createSetup(parts: IdentityParts, guard: Guard): Setup {
  const { sql, clock, crypto, audit, passwords, settings } = parts

  /** From the master key and this database: nothing that could be used lies in either alone. */
  async function tokenFor(nonce: string): Promise<string> {
    const key = await crypto.derive('setup-token', 32)
    return base32Text(createHmac('sha256', key).update(nonce).digest().subarray(0, tokenBytes))
  }

  async function createFirst(input: Registration, actor: Actor): Promise<AccountRow | undefined> {
    requireGoodPassword(input.password, input)
    const account = newAccount(parts, {
      ...input,
      roles: ['administrator'],
      passwordHash: await passwords.hash(input.password),
      mustChangePassword: false,
    })
    return sql.tx(async (db) => {
      if (!(await accountStore.completeSetup(db, clock.now()))) return undefined
      if (!(await accountStore.insert(db, account))) throw new Error('the first account exists already')
      await audit.record(db, actor, {
        action: 'identity.set-up',
        object: userRef(account),
        after: { email: account.email, roles: account.roles },
      })
      return account
    })
  }

  return {
    async prepare() {
      const { nonce, completed } = await accountStore.setupState(sql.db)
      return completed ? { needed: false } : { needed: true, token: await tokenFor(nonce) }
    },
    needed: async () => !(await accountStore.setupState(sql.db)).completed,
    async complete({ token, ...input }, origin) {
      await guard.takeTurn(origin.ip)
      const { nonce, completed } = await accountStore.setupState(sql.db)
      if (completed) throw alreadySetUp()
      if (!sameDigest(digest(token.trim()), digest(await tokenFor(nonce))))
        throw new Refusal('BAD_CREDENTIALS', 'this set-up link does not hold', {
          remedy: 'take the link that the program printed at its last start',
        })
      const account = await createFirst(input, nobodyActor(origin))
      if (!account) throw alreadySetUp()
      return account
    },
    async ensureAdministrator(email, password) {
      if ((await accountStore.setupState(sql.db)).completed) return { created: false }
      const account = await createFirst({ email, displayName: 'Administrator', password }, startActor)
      return { created: account !== undefined }
    },
    async register(input, origin) {
      if (!(await settings.selfRegistration.get()))
        throw new Refusal('FORBIDDEN', 'self-registration is off', { remedy: 'ask an administrator for an account' })
      await guard.takeTurn(origin.ip)
      if ((await accountStore.setupState(sql.db)).completed === false)
        throw new Refusal('NOT_READY', 'this installation is not set up yet')
      requireGoodPassword(input.password, input)
      const account = newAccount(parts, {
        ...input,
        roles: ['viewer'],
        passwordHash: await passwords.hash(input.password),
        mustChangePassword: false,
      })
      await sql.tx(async (db) => {
        if (!(await accountStore.insert(db, account))) return
        await audit.record(db, nobodyActor(origin), {
          action: 'identity.register',
          object: userRef(account),
          after: { email: account.email, roles: account.roles },
        })
      })
    },
  }
}
