import { Refusal } from '@watchfloor/contracts/kernel'
import * as accountStore from './account-store.ts'
import type { Guard } from './guard.ts'
import { emailKeyOf } from './model.ts'
import { type IdentityParts, nobodyActor, type Origin, personActor, userRef } from './parts.ts'
import { takeSecondFactor, type UsedFactor } from './second-factor.ts'
import type { AccountRow } from './tables.ts'

export interface LoginInput {
  readonly email: string
  readonly password: string
  readonly code?: string | undefined
}

export interface Login {
  /**
   * Proves who somebody is. The answer to a wrong password and to an unknown address is the same, in words and in time.
   * @error RATE_LIMITED · ACCOUNT_LOCKED · BAD_CREDENTIALS · SECOND_FACTOR_REQUIRED · SECOND_FACTOR_WRONG · BACK_PRESSURE
   */
  prove(input: LoginInput, origin: Origin): Promise<{ account: AccountRow; factor: UsedFactor | 'password' }>
  /** The password of somebody signed in, again. @error RATE_LIMITED · ACCOUNT_LOCKED · BAD_CREDENTIALS */
  provePassword(account: AccountRow, password: string, origin: Origin): Promise<void>
}

const wrong = () => new Refusal('BAD_CREDENTIALS', 'the e-mail address or the password is wrong')

export function createLogin(parts: IdentityParts, guard: Guard): Login {
  const { sql, audit, passwords, metrics } = parts
  const outcomes = metrics.counter('watchfloor_identity_logins_total', 'Logins by outcome', ['outcome'])

  async function refused(account: AccountRow | undefined, why: string, origin: Origin): Promise<void> {
    outcomes.add(1, { outcome: why })
    await sql.tx((db) =>
      audit.record(db, nobodyActor(origin), {
        action: 'identity.login-refused',
        // What was typed for an unknown address may be a password in the wrong box.
        object: account ? userRef(account) : { type: 'user', id: 'unknown' },
        reason: why,
      }),
    )
  }

  async function begin(emailKey: string, account: AccountRow | undefined, origin: Origin) {
    try {
      return await guard.begin(emailKey)
    } catch (error) {
      if (error instanceof Refusal) await refused(account, 'locked', origin)
      throw error
    }
  }

  async function renewHash(account: AccountRow, password: string): Promise<void> {
    if (!passwords.isOutdated(account.password_hash)) return
    const password_hash = await passwords.hash(password)
    await sql.tx((db) => accountStore.note(db, account.id, { password_hash }))
  }

  return {
    async prove({ email, password, code }, origin) {
      await guard.takeTurn(origin.ip)
      const emailKey = emailKeyOf(email)
      const account = await accountStore.byEmailKey(sql.db, emailKey)
      const attempt = await begin(emailKey, account, origin)
      const matches = await passwords.matches(account?.password_hash, password).catch(async (error) => {
        await attempt.withdrawn()
        throw error
      })
      if (!account || !matches || account.state !== 'active') {
        await refused(account, account?.state === 'disabled' ? 'disabled' : 'wrong-password', origin)
        throw wrong()
      }
      let factor: UsedFactor | 'password' = 'password'
      if (account.totp_sealed !== null) {
        if (code === undefined) {
          await attempt.withdrawn()
          throw new Refusal('SECOND_FACTOR_REQUIRED', 'this account needs a code as well', {
            remedy: 'send everything again with `code`: six digits of the authenticator, or a recovery code',
          })
        }
        factor = await takeSecondFactor(parts, account, code).catch(async (error) => {
          await refused(account, 'wrong-second-factor', origin)
          throw error
        })
      }
      await attempt.succeeded()
      await renewHash(account, password)
      outcomes.add(1, { outcome: 'ok' })
      return { account, factor }
    },
    async provePassword(account, password, origin) {
      await guard.takeTurn(origin.ip)
      const attempt = await guard.begin(account.email_key)
      const matches = await passwords.matches(account.password_hash, password).catch(async (error) => {
        await attempt.withdrawn()
        throw error
      })
      if (matches) return attempt.succeeded()
      await sql.tx((db) =>
        audit.record(db, personActor(account, origin), {
          action: 'identity.password-refused',
          object: userRef(account),
        }),
      )
      throw new Refusal('BAD_CREDENTIALS', 'the password is wrong')
    },
  }
}
