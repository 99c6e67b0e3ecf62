import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { systemClock } from '../clock/clock.ts'
import { openCrypto } from './envelope.ts'
import { parseMasterKey } from './master-key.ts'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'watchfloor-crypto-'))
  folders.push(folder)
  return folder
}

const opened = (folder: string, masterKey?: Uint8Array) =>
  openCrypto({ folder, clock: systemClock, ...(masterKey && { masterKey }) })
const bytes = (text: string) => new TextEncoder().encode(text)
const keyOf = (fill: number) => new Uint8Array(32).fill(fill)

describe('sealed bytes', () => {
  it('open again, in the same process and the next', async () => {
    const folder = newFolder()
    const crypto = await opened(folder)
    const sealed = await crypto.seal(bytes('secret'), 'settings/a')
    expect(Buffer.from(sealed).includes('secret')).toBe(false)
    expect(Buffer.from(await crypto.open(sealed, 'settings/a')).toString()).toBe('secret')
    const next = await opened(folder)
    expect(Buffer.from(await next.open(sealed, 'settings/a')).toString()).toBe('secret')
    expect(await next.openText(await crypto.sealText('grüße ☃', 'x'), 'x')).toBe('grüße ☃')
    expect(await crypto.seal(new Uint8Array(), 'x').then((empty) => next.open(empty, 'x'))).toHaveLength(0)
  })

  it('differ each time, though the text is the same', async () => {
    const crypto = await opened(newFolder())
    expect(await crypto.sealText('same', 'c')).not.toBe(await crypto.sealText('same', 'c'))
  })

  it('do not open when any one byte was changed, or some are missing', async () => {
    const crypto = await opened(newFolder())
    const sealed = await crypto.seal(bytes('secret'), 'c')
    for (let at = 0; at < sealed.byteLength; at++) {
      const changed = Uint8Array.from(sealed)
      changed[at] = changed[at]! ^ 1
      await expect(crypto.open(changed, 'c')).rejects.toMatchObject({ name: 'CannotOpen' })
    }
    for (let length = 0; length < sealed.byteLength; length++)
      await expect(crypto.open(sealed.subarray(0, length), 'c')).rejects.toMatchObject({ name: 'CannotOpen' })
  })

  it('do not open in another context', async () => {
    const crypto = await opened(newFolder())
    const sealed = await crypto.sealText('secret', 'settings/a')
    await expect(crypto.openText(sealed, 'settings/b')).rejects.toMatchObject({ name: 'CannotOpen' })
    await expect(crypto.openText('plain text', 'settings/a')).rejects.toThrow('no sealed text')
  })
})

describe('rotation', () => {
  it('of the data key leaves what was sealed readable, also to a process that has not heard of it', async () => {
    const folder = newFolder()
    const crypto = await opened(folder)
    const other = await opened(folder)
    const before = await crypto.sealText('before', 'c')
    const { keyId } = await crypto.rotateDataKey()
    const after = await crypto.sealText('after', 'c')
    expect(Buffer.from(after.slice(4), 'base64url').subarray(1, 9).toString('hex')).toBe(keyId)
    expect(await other.openText(after, 'c')).toBe('after')
    const next = await opened(folder)
    expect([await next.openText(before, 'c'), await next.openText(after, 'c')]).toEqual(['before', 'after'])
  })

  it('by two at once loses neither key', async () => {
    const folder = newFolder()
    const crypto = await opened(folder)
    await Promise.all([crypto.rotateDataKey(), crypto.rotateDataKey(), crypto.rotateDataKey()])
    expect(JSON.parse(readFileSync(join(folder, 'keyring.json'), 'utf8')).keys).toHaveLength(4)
  })

  it('of the master key keeps data and derived keys, and makes the old one worthless', async () => {
    const folder = newFolder()
    const crypto = await opened(folder, keyOf(1))
    const sealed = await crypto.sealText('secret', 'c')
    const derived = await crypto.derive('audit-chain', 32)
    await crypto.rotateMasterKey(keyOf(2))
    expect(await crypto.openText(sealed, 'c')).toBe('secret')
    await expect(opened(folder, keyOf(1))).rejects.toThrow(/does not open the keyring.*WATCHFLOOR_MASTER_KEY/)
    const next = await opened(folder, keyOf(2))
    expect(await next.openText(sealed, 'c')).toBe('secret')
    expect(await next.derive('audit-chain', 32)).toEqual(derived)
  })

  it('of a master key kept in the folder replaces its file, and survives a crash before that', async () => {
    const folder = newFolder()
    const crypto = await opened(folder)
    const sealed = await crypto.sealText('secret', 'c')
    const oldKey = readFileSync(join(folder, 'master.key'), 'utf8')
    await crypto.rotateMasterKey(keyOf(2))
    const newKey = readFileSync(join(folder, 'master.key'), 'utf8')
    expect(newKey).not.toBe(oldKey)
    // The moment after the keyring was written and before the key file was replaced.
    writeFileSync(join(folder, 'master.key'), oldKey)
    writeFileSync(join(folder, 'master.key.next'), newKey, { mode: 0o600 })
    expect(await (await opened(folder)).openText(sealed, 'c')).toBe('secret')
    expect(readFileSync(join(folder, 'master.key'), 'utf8')).toBe(newKey)
    expect(existsSync(join(folder, 'master.key.next'))).toBe(false)
  })
})

describe('derived keys', () => {
  it('are the same after a restart, and differ by purpose', async () => {
    const folder = newFolder()
    const jwt = await (await opened(folder)).derive('jwt', 64)
    const again = await opened(folder)
    expect(jwt).toHaveLength(64)
    expect(await again.derive('jwt', 64)).toEqual(jwt)
    expect((await again.derive('audit-chain', 64)).subarray(0, 32)).not.toEqual(jwt.subarray(0, 32))
  })
})

describe('key files', () => {
  it('are readable by their owner alone, and nothing is left aside', async () => {
    const folder = newFolder()
    const crypto = await opened(folder)
    await crypto.rotateDataKey()
    expect(readdirSync(folder).sort()).toEqual(['keyring.json', 'master.key'])
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600)
  })

  it('that others may read are refused with the remedy', async () => {
    const folder = newFolder()
    await opened(folder)
    chmodSync(join(folder, 'master.key'), 0o644)
    await expect(opened(folder)).rejects.toThrow(/chmod 600/)
  })

  it('are never made anew while a keyring waits for the old ones', async () => {
    const folder = newFolder()
    await opened(folder)
    rmSync(join(folder, 'master.key'))
    await expect(opened(folder)).rejects.toThrow(/is missing.*restore/)
    expect(existsSync(join(folder, 'master.key'))).toBe(false)
  })

  it('that are damaged say so', async () => {
    const folder = newFolder()
    await opened(folder)
    const path = join(folder, 'keyring.json')
    const keyring = JSON.parse(readFileSync(path, 'utf8'))
    writeFileSync(path, JSON.stringify({ ...keyring, currentId: '0000000000000000' }))
    await expect(opened(folder)).rejects.toThrow(/damaged.*current key/)
    writeFileSync(path, '{"format":')
    await expect(opened(folder)).rejects.toThrow(/damaged.*no JSON/)
  })

  it('are made once when several processes start together', async () => {
    const folder = newFolder()
    const [one, two, three] = await Promise.all([opened(folder), opened(folder), opened(folder)])
    const sealed = await one.sealText('secret', 'c')
    expect([await two.openText(sealed, 'c'), await three.openText(sealed, 'c')]).toEqual(['secret', 'secret'])
  })
})

describe('a master key as text', () => {
  it.each(['0'.repeat(64), `${'A'.repeat(43)}=`, ` ${'A'.repeat(43)}\n`])('may be %j', (text) => {
    expect(parseMasterKey(text, 'here')).toEqual(keyOf(0))
  })
  it.each(['', 'short', 'ä'.repeat(43), 'hunter2!'])('may not be %j, and is not repeated', (text) => {
    expect(() => parseMasterKey(text, 'WATCHFLOOR_MASTER_KEY')).toThrow(/WATCHFLOOR_MASTER_KEY.*openssl rand/)
    if (text) expect(() => parseMasterKey(text, 'here')).not.toThrow(text)
  })
})
