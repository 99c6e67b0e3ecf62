import { hkdfSync } from 'node:crypto'
import { z } from 'zod'
import { CannotOpen, type DataKey, decrypt, encrypt, keyBytes } from './sealed.ts'

/** What the master key keeps: the data keys, and the root secret that `derive` starts from. All of it wrapped on disk. */
export interface Keyring {
  readonly currentId: string
  readonly keys: readonly (DataKey & { readonly createdAt: string })[]
  readonly rootSecret: Uint8Array
}

const hexId = z.string().regex(/^[0-9a-f]{16}$/)
const keyringFile = z.strictObject({
  format: z.literal(1),
  currentId: hexId,
  rootSecret: z.base64(),
  keys: z.array(z.strictObject({ id: hexId, createdAt: z.iso.datetime(), wrapped: z.base64() })).min(1),
})

/** Wrapping has a key of its own, so that the master key itself never meets data. */
const wrappingKey = (masterKey: Uint8Array): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', masterKey, new Uint8Array(), 'watchfloor/key-wrapping/1', keyBytes))

const bindingOf = (name: string): Buffer => Buffer.from(`watchfloor/keyring/1/${name}`)
const rootName = 'root-secret'

export type RandomBytes = (count: number) => Uint8Array

/** The keyring as its file holds it: worthless without the master key. */
export function printKeyring(keyring: Keyring, masterKey: Uint8Array, randomBytes: RandomBytes): string {
  const wrapping = wrappingKey(masterKey)
  const wrap = (key: Uint8Array, name: string) =>
    encrypt(wrapping, randomBytes(12), key, bindingOf(name)).toString('base64')
  const file: z.infer<typeof keyringFile> = {
    format: 1,
    currentId: keyring.currentId,
    rootSecret: wrap(keyring.rootSecret, rootName),
    keys: keyring.keys.map(({ id, createdAt, key }) => ({ id, createdAt, wrapped: wrap(key, id) })),
  }
  return `${JSON.stringify(file, null, 2)}\n`
}

/**
 * @throws CannotOpen when the master key is another one or a key was changed
 * @throws Error when the text is no keyring
 */
export function parseKeyring(text: string, masterKey: Uint8Array): Keyring {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw new Error('it is no JSON', { cause: error })
  }
  const parsed = keyringFile.safeParse(json)
  if (!parsed.success)
    throw new Error(parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '))
  const { currentId, keys, rootSecret } = parsed.data
  if (!keys.some(({ id }) => id === currentId)) throw new Error(`its current key ${currentId} is missing`)
  const wrapping = wrappingKey(masterKey)
  const unwrap = (wrapped: string, name: string) => {
    const key = decrypt(wrapping, Buffer.from(wrapped, 'base64'), bindingOf(name))
    if (key.byteLength !== keyBytes) throw new CannotOpen(`the key ${name} has a wrong length`)
    return key
  }
  return {
    currentId,
    rootSecret: unwrap(rootSecret, rootName),
    keys: keys.map(({ id, createdAt, wrapped }) => ({ id, createdAt, key: unwrap(wrapped, id) })),
  }
}
