import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readEnvironment } from '../config/environment.ts'
import { folderWith } from '../testing/folder.ts'
import { CredentialStore, type StoredLogin } from './credentials.ts'
import { resolveTarget, serverUrl } from './resolve.ts'

const key = (apiKey: string): StoredLogin => ({ kind: 'api-key', apiKey })

/** Surroundings with these variables, stored logins (the last is the default) and server on this machine. */
async function surroundings(parts: {
  variables?: Record<string, string>
  logins?: readonly (readonly [url: string, login: StoredLogin])[]
  local?: { url: string; pid?: number }
}) {
  const local = parts.local && JSON.stringify({ apiKey: 'wflocal_key', pid: process.pid, ...parts.local })
  const dataDir = await folderWith(local ? { 'local.json': local } : {})
  const environment = readEnvironment({
    XDG_CONFIG_HOME: join(dataDir, 'config'),
    WATCHFLOOR_DATA_DIR: dataDir,
    ...parts.variables,
  })
  const credentials = new CredentialStore(environment)
  for (const [url, login] of parts.logins ?? []) await credentials.save(url, login)
  return { environment, credentials }
}

const local = { url: 'http://127.0.0.1:8700' }
const floor = 'https://floor.example.org'

describe('resolveTarget', () => {
  it('takes what is given before everything else', async () => {
    const around = await surroundings({
      variables: { WATCHFLOOR_URL: 'https://other.example.org', WATCHFLOOR_API_KEY: 'wf_env' },
      logins: [[floor, key('wf_stored')]],
      local,
    })
    expect(await resolveTarget({ url: `${floor}/`, apiKey: 'wf_given' }, around)).toEqual({
      url: floor,
      login: key('wf_given'),
      origin: 'given key',
    })
    expect(await resolveTarget({}, around)).toMatchObject({ url: 'https://other.example.org', login: key('wf_env') })
  })

  it('takes the stored login before the server of this machine, of that server when one is named', async () => {
    const around = await surroundings({
      logins: [
        ['https://old.example.org', key('wf_old')],
        [floor, key('wf_stored')],
      ],
      local,
    })
    expect(await resolveTarget({}, around)).toEqual({ url: floor, login: key('wf_stored'), origin: 'stored login' })
    expect(await resolveTarget({ url: 'https://old.example.org' }, around)).toMatchObject({ login: key('wf_old') })
  })

  it('finds the server of this machine', async () => {
    const around = await surroundings({ local })
    const expected = { url: local.url, login: key('wflocal_key'), origin: 'local server' }
    expect(await resolveTarget({}, around)).toEqual(expected)
    expect(await resolveTarget({ url: '127.0.0.1:8700' }, around)).toEqual(expected)
  })

  it('does not send the key of this machine, or of one server, to another', async () => {
    const around = await surroundings({ logins: [[floor, key('wf_stored')]], local })
    await expect(resolveTarget({ url: 'https://evil.example.net' }, around)).rejects.toThrow(
      'there is no login for https://evil.example.net',
    )
  })

  it('passes over what a server left that was killed', async () => {
    const around = await surroundings({ local: { ...local, pid: 2 ** 22 + 1 } })
    await expect(resolveTarget({}, around)).rejects.toMatchObject({
      message: expect.stringContaining('no server runs on this machine'),
      remedy: expect.stringContaining('npm start'),
    })
  })
})

describe('serverUrl', () => {
  it.each([
    ['https://Floor.example.org/', floor],
    ['floor.example.org:8700', 'http://floor.example.org:8700'],
    ['https://example.org/floor//', 'https://example.org/floor'],
  ])('keeps %s as %s', (text, url) => expect(serverUrl(text)).toBe(url))

  it.each(['', 'ftp://example.org', 'https://user:secret@example.org', 'http://'])('refuses %j', (text) => {
    expect(() => serverUrl(text)).toThrow(expect.objectContaining({ exitCode: 2 }))
  })
})
