import { hkdfSync, randomBytes as systemRandomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { Clock } from '../clock/clock.ts'
import type { Crypto } from './crypto.ts'
import { createFile, moveFile, readIfThere, replaceFile } from './key-files.ts'
import { type Keyring, parseKeyring, printKeyring, type RandomBytes } from './keyring.ts'
import { createMasterKeyFile, printMasterKey, readMasterKeyFile } from './master-key.ts'
import { CannotOpen, keyBytes, keyIdBytes, openWith, sealedKeyId, sealWith } from './sealed.ts'

export interface CryptoOptions {
  /** Folder of the keyring and, when no master key is given, of the master key. */
  readonly folder: string
  /** 32 bytes, kept elsewhere. When absent, `master.key` in the folder, made at the first start. */
  readonly masterKey?: Uint8Array
  readonly clock: Clock
  readonly randomBytes?: RandomBytes
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
/** Text that was sealed; the number is the version of the layout. */
const textPrefix = 'wf1.'

interface Paths {
  readonly keyring: string
  readonly masterKey: string
  /** The master key to come while one replaces the other. */
  readonly nextMasterKey: string
}

interface State {
  masterKey: Uint8Array
  keyring: Keyring
}

function openKeyring(text: string, masterKey: Uint8Array, paths: Paths, where: string): Keyring {
  try {
    return parseKeyring(text, masterKey)
  } catch (error) {
    if (!(error instanceof CannotOpen))
      throw new Error(`the keyring ${paths.keyring} is damaged: ${(error as Error).message}; restore it from a backup`)
    throw new Error(
      `the master key from ${where} does not open the keyring ${paths.keyring}; ` +
        'give the master key that this data was written with (WATCHFLOOR_MASTER_KEY, WATCHFLOOR_MASTER_KEY_FILE or ' +
        `${paths.masterKey}), or restore keyring and key from the same backup`,
      { cause: error },
    )
  }
}

/** Ends a change of the master key that a crash interrupted between keyring and key file. */
async function finishRotation(text: string, masterKey: Uint8Array, paths: Paths): Promise<Uint8Array> {
  const next = await readMasterKeyFile(paths.nextMasterKey)
  if (!next) return masterKey
  try {
    parseKeyring(text, next)
  } catch {
    return masterKey
  }
  await moveFile(paths.nextMasterKey, paths.masterKey)
  return next
}

async function loadState(options: CryptoOptions, paths: Paths, randomBytes: RandomBytes): Promise<State> {
  const { masterKey: given, clock } = options
  const text = await readIfThere(paths.keyring)
  const inFile = given ? undefined : await readMasterKeyFile(paths.masterKey)
  if (text !== undefined) {
    const known = given ?? (inFile && (await finishRotation(text, inFile, paths)))
    if (!known)
      throw new Error(
        `the master key ${paths.masterKey} is missing, and without it the data in this folder cannot be read; ` +
          'restore it from a backup, or set WATCHFLOOR_MASTER_KEY',
      )
    const where = given ? 'the configuration' : paths.masterKey
    return { masterKey: known, keyring: openKeyring(text, known, paths, where) }
  }
  const masterKey = given ?? inFile ?? (await createMasterKeyFile(paths.masterKey, randomBytes))
  const first = newDataKey(clock, randomBytes)
  const keyring: Keyring = { currentId: first.id, keys: [first], rootSecret: randomBytes(keyBytes) }
  if (await createFile(paths.keyring, printKeyring(keyring, masterKey, randomBytes), hex(randomBytes(6))))
    return { masterKey, keyring }
  // Another process was faster; its keyring counts.
  return loadState(options, paths, randomBytes)
}

const newDataKey = (clock: Clock, randomBytes: RandomBytes): Keyring['keys'][number] => ({
  id: hex(randomBytes(keyIdBytes)),
  createdAt: new Date(clock.now()).toISOString(),
  key: randomBytes(keyBytes),
})

/**
 * Envelope encryption with its keys in files: `keyring.json` holds the wrapped data keys, `master.key` (mode 0600) the
 * master key unless one is given.
 * @throws Error with the remedy when the keyring is damaged, or the master key is missing or another one
 */
export async function openCrypto(options: CryptoOptions): Promise<Crypto> {
  const { folder, clock, randomBytes = systemRandomBytes } = options
  const paths: Paths = {
    keyring: join(folder, 'keyring.json'),
    masterKey: join(folder, 'master.key'),
    nextMasterKey: join(folder, 'master.key.next'),
  }
  const state = await loadState(options, paths, randomBytes)
  let turn: Promise<unknown> = Promise.resolve()

  /** One change of the keys at a time, each on what the file holds now. */
  function inTurn<T>(change: () => Promise<T>): Promise<T> {
    const mine = turn.then(async () => {
      await reload()
      return change()
    })
    turn = mine.catch(() => {})
    return mine
  }

  async function reload(): Promise<void> {
    const text = await readIfThere(paths.keyring)
    if (text === undefined) throw new Error(`the keyring ${paths.keyring} is gone; restore it from a backup`)
    state.keyring = openKeyring(text, state.masterKey, paths, 'the running process')
  }

  async function save(keyring: Keyring, masterKey: Uint8Array): Promise<void> {
    await replaceFile(paths.keyring, printKeyring(keyring, masterKey, randomBytes), hex(randomBytes(6)))
    state.keyring = keyring
    state.masterKey = masterKey
  }

  const find = (id: string) => state.keyring.keys.find((key) => key.id === id)

  async function seal(plain: Uint8Array, context: string): Promise<Uint8Array> {
    const current = find(state.keyring.currentId)
    if (!current) throw new Error('the keyring has no current key')
    return sealWith(current, randomBytes(12), plain, context)
  }

  async function open(sealed: Uint8Array, context: string): Promise<Uint8Array> {
    const id = sealedKeyId(sealed)
    // Another process may have made a new key since.
    if (!find(id)) await inTurn(async () => {})
    const key = find(id)
    if (!key) throw new CannotOpen(`the data key ${id} is not in the keyring ${paths.keyring}`)
    return openWith(key, sealed, context)
  }

  return {
    seal,
    open,
    sealText: async (plain, context) =>
      textPrefix + Buffer.from(await seal(Buffer.from(plain, 'utf8'), context)).toString('base64url'),
    async openText(sealed, context) {
      if (!sealed.startsWith(textPrefix)) throw new CannotOpen('this is no sealed text')
      return Buffer.from(await open(Buffer.from(sealed.slice(textPrefix.length), 'base64url'), context)).toString(
        'utf8',
      )
    },
    derive: async (purpose, lengthBytes) =>
      new Uint8Array(
        hkdfSync('sha256', state.keyring.rootSecret, new Uint8Array(), `watchfloor/derived/1/${purpose}`, lengthBytes),
      ),
    rotateDataKey: () =>
      inTurn(async () => {
        const key = newDataKey(clock, randomBytes)
        await save({ ...state.keyring, currentId: key.id, keys: [...state.keyring.keys, key] }, state.masterKey)
        return { keyId: key.id }
      }),
    rotateMasterKey: (newMasterKey) =>
      inTurn(async () => {
        if (newMasterKey.byteLength !== keyBytes) throw new Error(`a master key has ${keyBytes} bytes`)
        const kept = options.masterKey === undefined
        // First aside, so that no crash leaves a keyring whose key is nowhere.
        if (kept) await replaceFile(paths.nextMasterKey, printMasterKey(newMasterKey), hex(randomBytes(6)))
        await save(state.keyring, newMasterKey)
        if (kept) await moveFile(paths.nextMasterKey, paths.masterKey)
      }),
  }
}
