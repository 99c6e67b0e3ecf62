import { Refusal } from '@watchfloor/contracts/kernel'
import * as accountStore from './account-store.ts'
import { digest } from './model.ts'
import type { IdentityParts } from './parts.ts'
import type { AccountRow } from './tables.ts'
import { plainRecoveryCode, totpStepOf } from './totp.ts'

/** What a secret of the second factor is sealed for. */
export const totpContext = (accountId: string): string => `identity/totp/${accountId}`

export const recoveryDigest = (accountId: string, code: string): string =>
  digest(`recovery ${accountId} ${plainRecoveryCode(code)}`)

export type UsedFactor = 'totp' | 'recovery-code'

/**
 * Takes a code of the authenticator or a recovery code, once.
 * @error SECOND_FACTOR_WRONG when it is neither, or was used before
 */
export async function takeSecondFactor(parts: IdentityParts, account: AccountRow, code: string): Promise<UsedFactor> {
  const { sql, crypto, clock } = parts
  if (account.totp_sealed !== null) {
    const secret = await crypto.openText(account.totp_sealed, totpContext(account.id))
    const step = await totpStepOf(secret, code, clock.now())
    if (step !== undefined && (await sql.tx((db) => accountStore.takeTotpStep(db, account.id, step)))) return 'totp'
  }
  const codeHash = recoveryDigest(account.id, code)
  if (await sql.tx((db) => accountStore.takeRecoveryCode(db, account.id, codeHash))) return 'recovery-code'
  throw new Refusal('SECOND_FACTOR_WRONG', 'this code is wrong or was used before', {
    remedy: 'wait for the next code of the authenticator, or use a recovery code',
  })
}
