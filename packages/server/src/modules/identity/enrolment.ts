import type { totpEnrolment } from '@watchfloor/contracts/identity'
import { Refusal } from '@watchfloor/contracts/kernel'
import type { z } from 'zod'
import * as accountStore from './account-store.ts'
import type { Callers } from './callers.ts'
import type { NewCookie, OwnAccount, Person } from './own-account.ts'
import { type IdentityParts, type Origin, personActor, userRef } from './parts.ts'
import { recoveryDigest, totpContext } from './second-factor.ts'
import type { Sessions } from './sessions.ts'
import { enrolmentOf, newRecoveryCodes, newTotpSecret, totpStepOf } from './totp.ts'

export interface Enrolment {
  /** A new secret, which counts once a code of it was given. */
  start(person: Person, password: string | undefined, origin: Origin): Promise<z.input<typeof totpEnrolment>>
  /** @error CONFLICT without a started enrolment · SECOND_FACTOR_WRONG */
  confirm(person: Person, code: string, origin: Origin): Promise<{ recoveryCodes: string[]; cookie: NewCookie }>
  disable(person: Person, password: string | undefined, origin: Origin): Promise<void>
  /** The old ones are void. @error CONFLICT without a second factor */
  renewRecoveryCodes(person: Person, password: string | undefined, origin: Origin): Promise<string[]>
}

export function createEnrolment(
  parts: IdentityParts,
  callers: Callers,
  own: OwnAccount,
  sessions: Sessions,
): Enrolment {
  const { sql, clock, crypto, audit, organisationName } = parts

  function recoveryCodesOf(accountId: string): { codes: string[]; hashes: string[] } {
    const codes = newRecoveryCodes((count) => parts.randomBytes(count))
    return { codes, hashes: codes.map((code) => recoveryDigest(accountId, code)) }
  }

  return {
    async start(person, password, origin) {
      await own.requireProof(person, password, origin)
      const { account } = person
      const secret = newTotpSecret()
      const totp_pending = await crypto.sealText(secret, totpContext(account.id))
      await sql.tx((db) => accountStore.note(db, account.id, { totp_pending }))
      await callers.forget(account.id)
      const organisation = await organisationName.get()
      return enrolmentOf(
        secret,
        organisation === 'Watchfloor' ? organisation : `Watchfloor ${organisation}`,
        account.email,
      )
    },
    async confirm(person, code, origin) {
      const pending = (await accountStore.byId(sql.db, person.account.id))?.totp_pending
      const noPending = () =>
        new Refusal('CONFLICT', 'no enrolment of a second factor is under way', { remedy: 'start one first' })
      if (pending === null || pending === undefined) throw noPending()
      const secret = await crypto.openText(pending, totpContext(person.account.id))
      const step = await totpStepOf(secret, code, clock.now())
      if (step === undefined)
        throw new Refusal('SECOND_FACTOR_WRONG', 'this is not the code that the authenticator shows now', {
          remedy: 'check the clock of the device, then try the next code',
        })
      const { codes, hashes } = recoveryCodesOf(person.account.id)
      await sql.tx(async (db) => {
        const account = await accountStore.byIdForUpdate(db, person.account.id)
        if (account?.totp_pending !== pending) throw noPending()
        const enrolled = { totp_sealed: pending, totp_pending: null, totp_last_step: step }
        await accountStore.change(db, account.id, enrolled, clock.now())
        await accountStore.replaceRecoveryCodes(db, account.id, hashes)
        await audit.record(db, personActor(account, origin), {
          action: 'identity.enrol-second-factor',
          object: userRef(account),
        })
      })
      await callers.forget(person.account.id)
      const cookie = person.session.kind === 'browser' ? await sessions.rotate(person.session, {}) : undefined
      return { recoveryCodes: codes, cookie }
    },
    async disable(person, password, origin) {
      await own.requireProof(person, password, origin)
      await removeSecondFactor(parts, person.account.id, personActor(person.account, origin))
      await callers.forget(person.account.id)
    },
    async renewRecoveryCodes(person, password, origin) {
      await own.requireProof(person, password, origin)
      const { codes, hashes } = recoveryCodesOf(person.account.id)
      await sql.tx(async (db) => {
        const account = await accountStore.byIdForUpdate(db, person.account.id)
        if (!account?.totp_sealed)
          throw new Refusal('CONFLICT', 'this account has no second factor', { remedy: 'enrol one first' })
        await accountStore.replaceRecoveryCodes(db, account.id, hashes)
        await audit.record(db, personActor(account, origin), {
          action: 'identity.renew-recovery-codes',
          object: userRef(account),
        })
      })
      return codes
    },
  }
}

/** Takes the second factor from an account. @error NOT_FOUND */
export async function removeSecondFactor(
  { sql, clock, audit }: IdentityParts,
  accountId: string,
  actor: Parameters<IdentityParts['audit']['record']>[1],
): Promise<void> {
  await sql.tx(async (db) => {
    const account = await accountStore.byIdForUpdate(db, accountId)
    if (!account) throw new Refusal('NOT_FOUND', 'there is no such user')
    const without = { totp_sealed: null, totp_pending: null, totp_last_step: null }
    await accountStore.change(db, account.id, without, clock.now())
    await accountStore.replaceRecoveryCodes(db, account.id, [])
    await audit.record(db, actor, { action: 'identity.remove-second-factor', object: userRef(account) })
  })
}
