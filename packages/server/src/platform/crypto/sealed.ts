import { createCipheriv, createDecipheriv } from 'node:crypto'

/** AES-256-GCM with a random 96-bit nonce. @source NIST SP 800-38D: at most 2^32 messages under one key */
const algorithm = 'aes-256-gcm'
const nonceBytes = 12
const tagBytes = 16

export const keyBytes = 32
/** Random; names a data key in what it sealed. */
export const keyIdBytes = 8

/** Version of the layout: version (1) · key id (8) · nonce (12) · ciphertext · tag (16). */
const version = 1
const headBytes = 1 + keyIdBytes

/** Sealed bytes that cannot be opened; says what the reasons may be. */
export class CannotOpen extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'CannotOpen'
  }
}

/** Nonce, ciphertext and tag, bound to `bound`. */
export function encrypt(key: Uint8Array, nonce: Uint8Array, plain: Uint8Array, bound: Uint8Array): Buffer {
  const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagBytes }).setAAD(bound)
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}

/** @throws CannotOpen when key, binding or bytes are not those of `encrypt` */
export function decrypt(key: Uint8Array, sealed: Uint8Array, bound: Uint8Array): Buffer {
  if (sealed.byteLength < nonceBytes + tagBytes) throw new CannotOpen('the sealed bytes are cut short')
  const tagAt = sealed.byteLength - tagBytes
  const decipher = createDecipheriv(algorithm, key, sealed.subarray(0, nonceBytes), { authTagLength: tagBytes })
  decipher.setAAD(bound).setAuthTag(sealed.subarray(tagAt))
  try {
    return Buffer.concat([decipher.update(sealed.subarray(nonceBytes, tagAt)), decipher.final()])
  } catch (error) {
    throw new CannotOpen('the sealed bytes were changed, or belong to another key or context', error)
  }
}

export interface DataKey {
  /** `keyIdBytes` as hex. */
  readonly id: string
  readonly key: Uint8Array
}

const boundTo = (head: Uint8Array, context: string): Buffer => Buffer.concat([head, Buffer.from(context, 'utf8')])

/** Seals under a data key; the head with the key's id and the context are bound to the ciphertext. */
export function sealWith(dataKey: DataKey, nonce: Uint8Array, plain: Uint8Array, context: string): Uint8Array {
  const head = Buffer.concat([Buffer.of(version), Buffer.from(dataKey.id, 'hex')])
  return Buffer.concat([head, encrypt(dataKey.key, nonce, plain, boundTo(head, context))])
}

/** The id of the data key that sealed these bytes. @throws CannotOpen when they are of another format */
export function sealedKeyId(sealed: Uint8Array): string {
  if (sealed.byteLength < headBytes || sealed[0] !== version)
    throw new CannotOpen(`these are no sealed bytes of format ${version}`)
  return Buffer.from(sealed.subarray(1, headBytes)).toString('hex')
}

/** @throws CannotOpen */
export function openWith(dataKey: DataKey, sealed: Uint8Array, context: string): Uint8Array {
  return decrypt(dataKey.key, sealed.subarray(headBytes), boundTo(sealed.subarray(0, headBytes), context))
}
