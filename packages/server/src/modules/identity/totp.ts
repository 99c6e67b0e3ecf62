import { generateSecret, generateURI, verify } from 'otplib'
import qrcode from 'qrcode'
import { base32Text } from './model.ts'

const periodSeconds = 30
const recoveryCodeCount = 10
const recoveryCodeBytes = 10

/** A shared secret of 160 bits, base 32. @source RFC 4226, 4 */
export const newTotpSecret = (): string => generateSecret({ length: 20 })

/**
 * The time step that a code belongs to, when it is one of the present, the one before or the one after (clocks differ).
 * @source RFC 6238, 5.2
 */
export async function totpStepOf(secret: string, code: string, nowMs: number): Promise<number | undefined> {
  if (!/^\d{6}$/.test(code)) return undefined
  const epoch = Math.floor(nowMs / 1000)
  const result = await verify({ secret, token: code, epoch, epochTolerance: periodSeconds })
  return result.valid ? Math.floor(epoch / periodSeconds) + result.delta : undefined
}

export async function enrolmentOf(
  secret: string,
  issuer: string,
  label: string,
): Promise<{ secret: string; uri: string; qrCode: string }> {
  const uri = generateURI({ issuer, label, secret })
  const svg = await qrcode.toString(uri, { type: 'svg', margin: 2 })
  return { secret, uri, qrCode: `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}` }
}

/** Ten codes of 80 bits, for the day the phone is lost: `abcd-efgh-2345-wxyz`. */
export const newRecoveryCodes = (randomBytes: (count: number) => Uint8Array): string[] =>
  Array.from({ length: recoveryCodeCount }, () =>
    (base32Text(randomBytes(recoveryCodeBytes)).match(/.{4}/g) ?? []).join('-'),
  )

/** However it was typed. */
export const plainRecoveryCode = (typed: string): string => typed.toLowerCase().replace(/[^a-z2-7]/g, '')
