import { stat } from 'node:fs/promises'
import { createFile, readIfThere } from './key-files.ts'
import type { RandomBytes } from './keyring.ts'
import { keyBytes } from './sealed.ts'

const makeOne = 'make one with: openssl rand -base64 32'

/**
 * A master key as text: 32 bytes in base64, base64url or hex.
 * @throws Error with the remedy, never with the text
 */
export function parseMasterKey(text: string, where: string): Uint8Array {
  const bare = text.trim()
  const isHex = /^[0-9a-f]{64}$/i.test(bare)
  if (!isHex && !/^[A-Za-z0-9+/_-]+={0,2}$/.test(bare))
    throw new Error(`the master key in ${where} is neither base64 nor hex; ${makeOne}`)
  const key = Buffer.from(bare, isHex ? 'hex' : 'base64')
  if (key.byteLength !== keyBytes)
    throw new Error(`the master key in ${where} has ${key.byteLength} bytes instead of ${keyBytes}; ${makeOne}`)
  return new Uint8Array(key)
}

export const printMasterKey = (key: Uint8Array): string => `${Buffer.from(key).toString('base64')}\n`

async function refuseOpenToOthers(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const { mode } = await stat(path)
  if ((mode & 0o077) !== 0) throw new Error(`other users may read the master key ${path}; run: chmod 600 ${path}`)
}

/** @returns undefined when the file is not there */
export async function readMasterKeyFile(path: string): Promise<Uint8Array | undefined> {
  const text = await readIfThere(path)
  if (text === undefined) return undefined
  await refuseOpenToOthers(path)
  return parseMasterKey(text, path)
}

/** Makes the master key of a new data folder, or takes the one that another process just made. */
export async function createMasterKeyFile(path: string, randomBytes: RandomBytes): Promise<Uint8Array> {
  const key = randomBytes(keyBytes)
  const asideName = Buffer.from(randomBytes(6)).toString('hex')
  if (await createFile(path, printMasterKey(key), asideName)) return key
  const made = await readMasterKeyFile(path)
  if (!made) throw new Error(`the master key ${path} vanished while it was read`)
  return made
}
