import { readFile, stat, writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { folderWith } from '../testing/folder.ts'
import { CredentialStore, type StoredToken } from './credentials.ts'

const token: StoredToken = {
  kind: 'token',
  email: 'ada@example.org',
  accessToken: 'a',
  accessExpiresAtMs: 1,
  refreshToken: 'r',
}
const [one, two] = ['https://one.example.org', 'https://two.example.org'] as const

describe('CredentialStore', () => {
  it('keeps logins for its owner alone', async () => {
    const configDir = `${await folderWith()}/new/folder`
    const store = new CredentialStore({ configDir })
    await store.save(one, token)
    expect((await stat(store.file)).mode & 0o777).toBe(0o600)
    expect((await stat(configDir)).mode & 0o777).toBe(0o700)
    expect(await new CredentialStore({ configDir }).find(one)).toEqual(token)
    expect(await store.find('constructor')).toBeUndefined()
  })

  it('makes the newest server the default, and another one when that is removed', async () => {
    const store = new CredentialStore({ configDir: await folderWith() })
    await store.save(one, token)
    await store.save(two, { kind: 'api-key', apiKey: 'wf_x' })
    expect((await store.read()).defaultUrl).toBe(two)
    await store.replaceToken(one, { ...token, accessToken: 'b' })
    expect((await store.read()).defaultUrl).toBe(two)
    await store.remove(two)
    expect(await store.read()).toEqual({ defaultUrl: one, logins: { [one]: { ...token, accessToken: 'b' } } })
    await store.remove(one)
    expect(await store.read()).toEqual({ logins: {} })
  })

  it('does not bring a login back that was ended meanwhile', async () => {
    const store = new CredentialStore({ configDir: await folderWith() })
    await store.replaceToken(one, token)
    expect(await store.find(one)).toBeUndefined()
  })

  it('says what to do about a file that holds something else, and leaves it', async () => {
    const store = new CredentialStore({ configDir: await folderWith() })
    await writeFile(store.file, '{"logins": 5')
    await expect(store.save(one, token)).rejects.toMatchObject({ remedy: expect.stringContaining('Delete it') })
    expect(await readFile(store.file, 'utf8')).toBe('{"logins": 5')
  })
})
