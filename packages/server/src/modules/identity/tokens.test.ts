import { SignJWT } from 'jose'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Floor, openFloor } from './testing/floor.ts'
import { type TestPeople, testPassword } from './testing.ts'

let floor: Floor
let people: TestPeople
beforeAll(async () => {
  floor = await openFloor()
  people = await floor.seed()
})
afterAll(() => floor?.close())

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const me = (headers: Record<string, string>) => floor.call('GET', '/api/v1/me', { headers })
const issue = async (email = 'analyst@example.org') =>
  (await floor.call('POST', '/api/v1/tokens', { body: { email, password: testPassword } })).body
const refresh = (refreshToken: string) => floor.call('POST', '/api/v1/tokens/refresh', { body: { refreshToken } })

describe('access tokens', () => {
  it('sign API clients in for ten minutes', async () => {
    const pair = await issue()
    expect(pair).toMatchObject({ tokenType: 'Bearer', expiresInSeconds: 600 })
    expect((await me(bearer(pair.accessToken))).body.roles).toEqual(['analyst'])
    floor.clock.advance(599_000)
    expect((await me(bearer(pair.accessToken))).status).toBe(200)
    floor.clock.advance(2000)
    expect((await me(bearer(pair.accessToken))).status).toBe(401)
  })

  it('are refused when forged, changed or unsigned', async () => {
    const { accessToken } = await issue()
    const [head = '', body = '', signature = ''] = accessToken.split('.')
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString())
    const text = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const forged = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt' })
      .sign(Buffer.alloc(32, 7))
    const tokens = [
      forged,
      `${head}.${text({ ...claims, exp: claims.exp + 9999 })}.${signature}`,
      `${text({ alg: 'none', typ: 'at+jwt' })}.${body}.`,
      'x.y.z',
      '',
    ]
    for (const token of tokens) expect((await me(bearer(token))).status, token).toBe(401)
  })

  it('end with their session, at once', async () => {
    const pair = await issue()
    expect((await me(bearer(pair.accessToken))).status).toBe(200)
    const revoked = await floor.call('POST', '/api/v1/tokens/revoke', { body: { refreshToken: pair.refreshToken } })
    expect(revoked.status).toBe(204)
    expect((await me(bearer(pair.accessToken))).status).toBe(401)
    expect((await refresh(pair.refreshToken)).status).toBe(401)
  })
})

describe('refresh tokens', () => {
  it('are exchanged once each', async () => {
    const first = await issue()
    const second = (await refresh(first.refreshToken)).body
    expect(second.refreshToken).not.toBe(first.refreshToken)
    const third = (await refresh(second.refreshToken)).body
    expect((await me(bearer(third.accessToken))).status).toBe(200)
  })

  it('end the whole family when one comes twice', async () => {
    const first = await issue()
    const second = (await refresh(first.refreshToken)).body
    expect((await me(bearer(second.accessToken))).status).toBe(200)
    expect((await refresh(first.refreshToken)).body.code).toBe('UNAUTHENTICATED')
    expect((await refresh(second.refreshToken)).status).toBe(401)
    expect((await me(bearer(second.accessToken))).status).toBe(401)
    const { items } = await floor.audit.list({ action: 'identity.refresh-reused' }, { limit: 5 })
    expect(items[0]?.actor.name).toBe('analyst@example.org')
  })

  it('that come twice at once give one pair at most, and none that lasts', async () => {
    const first = await issue()
    const answers = await Promise.all([refresh(first.refreshToken), refresh(first.refreshToken)])
    expect(answers.map((answer) => answer.status).toSorted()).toEqual([200, 401])
    const pair = answers.find((answer) => answer.status === 200)?.body
    expect((await me(bearer(pair.accessToken))).status).toBe(401)
  })

  it('run out after the days of the setting', async () => {
    const pair = await issue()
    floor.clock.advance(31 * 86_400_000)
    expect((await refresh(pair.refreshToken)).status).toBe(401)
  })
})

describe('API keys', () => {
  const create = (headers: Record<string, string>, input: object) =>
    floor.call('POST', '/api/v1/api-keys', {
      headers,
      body: { name: 'shipper', permissions: ['alerts:read'], expiresInDays: 30, ...input },
    })

  it('are shown once and taken in every place where senders can put them', async () => {
    const headers = await people.browserHeaders('analyst')
    const { status, body } = await create(headers, {})
    expect(status).toBe(200)
    expect(body.secret).toMatch(/^wf_[a-z2-7]{16}_[a-z2-7]{32}$/)
    const secret: string = body.secret
    const [, id = '', bare = ''] = secret.split('_')
    const base64 = (text: string) => Buffer.from(text).toString('base64')
    const places: Record<string, string>[] = [
      { 'x-api-key': secret },
      { authorization: `Bearer ${secret}` },
      { authorization: `ApiKey ${secret}` },
      { authorization: `ApiKey ${base64(`${id}:${bare}`)}` },
      { authorization: `apikey ${base64(`watchfloor:${secret}`)}` },
      { authorization: `ApiKey ${base64(secret)}` },
      { authorization: `Splunk ${secret}` },
      { authorization: `Basic ${base64(`elastic:${secret}`)}` },
      { authorization: `Basic ${base64(`${secret}:`)}` },
    ]
    for (const place of places) {
      const answer = await me(place)
      expect([answer.status, answer.body.kind], JSON.stringify(place)).toEqual([200, 'api-key'])
      expect(answer.body.permissions).toEqual(['alerts:read'])
    }
    const listed = (await floor.call('GET', '/api/v1/api-keys', { headers })).body.items
    expect(listed[0]).toMatchObject({ name: 'shipper', state: 'active', lastUsedIp: '192.0.2.10', prefix: `wf_${id}` })
    expect(JSON.stringify(listed)).not.toContain(bare)
    const { rows } = await floor.sql.raw.query('SELECT api_key::text AS row FROM api_key')
    expect(JSON.stringify([rows, floor.log.lines])).not.toContain(bare)
  })

  it.each([
    { 'x-api-key': 'wf_aaaaaaaaaaaaaaaa_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' },
    { 'x-api-key': '' },
    { authorization: 'Bearer wf_short' },
    { authorization: 'ApiKey !!!' },
    { authorization: 'Basic YWxhZGRpbjpvcGVuc2VzYW1l' },
    { authorization: 'Digest abc' },
  ] as Record<string, string>[])('refuses %j', async (headers) => {
    expect((await me(headers)).status).toBe(401)
  })

  it('refuses a right id with a wrong secret, also after the right one was seen', async () => {
    const key = await people.apiKey('analyst', ['alerts:read'])
    expect((await me({ 'x-api-key': key })).status).toBe(200)
    const wrong = `${key.slice(0, -1)}${key.endsWith('a') ? 'b' : 'a'}`
    expect((await me({ 'x-api-key': wrong })).status).toBe(401)
  })

  it('can do no more than they were given, nor more than their owner', async () => {
    const headers = await people.browserHeaders('manager')
    expect((await create(headers, { permissions: ['users:write'] })).status).toBe(403)
    expect((await create(headers, { permissions: ['no-such:thing'] })).body.code).toBe('VALIDATION_FAILED')
    const { secret } = (await create(headers, { permissions: ['users:read'] })).body
    const key = { 'x-api-key': secret }
    expect((await floor.call('GET', '/api/v1/users', { headers: key })).status).toBe(200)
    expect((await floor.call('GET', '/api/v1/audit', { headers: key })).status).toBe(403)
    const admin = people.actor('administrator')
    await floor.identity.users.change(admin, people.accounts.manager.id, { roles: ['viewer'] })
    expect((await floor.call('GET', '/api/v1/users', { headers: key })).status).toBe(403)
    await floor.identity.users.change(admin, people.accounts.manager.id, { state: 'disabled' })
    expect((await me(key)).status).toBe(401)
    await floor.identity.users.change(admin, people.accounts.manager.id, { state: 'active', roles: ['manager'] })
  })

  it('cannot make keys, change passwords or end sessions', async () => {
    const headers = { 'x-api-key': await people.apiKey('administrator', ['users:read', 'users:write']) }
    expect((await create(headers, { permissions: ['users:read'] })).status).toBe(403)
    const change = { currentPassword: testPassword, newPassword: 'another violet staircase' }
    expect((await floor.call('POST', '/api/v1/me/password', { headers, body: change })).status).toBe(403)
    expect((await floor.call('DELETE', '/api/v1/me/sessions', { headers })).status).toBe(403)
  })

  it('cannot make an administrator where their scope is small', async () => {
    const headers = { 'x-api-key': await people.apiKey('administrator', ['users:read', 'users:write']) }
    const body = { email: 'new@example.org', displayName: 'New', roles: ['administrator'] }
    expect((await floor.call('POST', '/api/v1/users', { headers, body })).status).toBe(403)
    const reset = `/api/v1/users/${people.accounts.administrator.id}/password`
    expect((await floor.call('POST', reset, { headers, body: {} })).status).toBe(403)
  })

  it('end when revoked, at once, by their owner or an administrator and nobody else', async () => {
    const key = { 'x-api-key': await people.apiKey('analyst', ['alerts:read']) }
    const { id } = (await me(key)).body
    const asViewer = { headers: await people.browserHeaders('viewer') }
    expect((await floor.call('DELETE', `/api/v1/api-keys/${id}`, asViewer)).status).toBe(404)
    expect((await me(key)).status).toBe(200)
    const asAdmin = { headers: await people.browserHeaders('administrator') }
    expect((await floor.call('DELETE', `/api/v1/api-keys/${id}`, asAdmin)).status).toBe(204)
    expect((await me(key)).status).toBe(401)
    expect((await floor.call('DELETE', `/api/v1/api-keys/${id}`, asAdmin)).body.code).toBe('CONFLICT')
  })

  it('and sessions end in every process at once', async () => {
    const other = await floor.anotherProcess()
    const key = { 'x-api-key': await people.apiKey('analyst', ['alerts:read']) }
    const session = await people.browserHeaders('analyst')
    const there = async (headers: Record<string, string>) => (await other.call('GET', '/api/v1/me', { headers })).status
    expect([await there(key), await there(session)]).toEqual([200, 200])
    const { id } = (await me(key)).body
    await floor.call('DELETE', `/api/v1/api-keys/${id}`, { headers: session })
    expect(await there(key)).toBe(401)
    await floor.call('DELETE', '/api/v1/session', { headers: session })
    expect(await there(session)).toBe(401)
  })

  it('are not remembered by a call that was under way while they were revoked', async () => {
    const key = await people.apiKey('analyst', [])
    const credentials = { headers: { 'x-api-key': key }, cookies: {}, ip: '192.0.2.10' }
    // The one connection serves in turn: the call reads the key, then it is revoked, then the call reads its owner.
    const underWay = floor.identity.authenticate(credentials)
    await sql`UPDATE api_key SET revoked_ms = 1 WHERE id = ${key.split('_')[1]}`.execute(floor.sql.db)
    await floor.platform.cache.publish('identity.changed', people.accounts.analyst.id)
    expect((await underWay).via).toBe('api-key')
    await expect(floor.identity.authenticate(credentials)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
  })

  it('expire', async () => {
    const { secret } = (await create(await people.browserHeaders('analyst'), { expiresInDays: 1 })).body
    expect((await me({ 'x-api-key': secret })).status).toBe(200)
    floor.clock.advance(86_400_001)
    expect((await me({ 'x-api-key': secret })).status).toBe(401)
    const tooLong = await create(await people.browserHeaders('analyst'), { expiresInDays: 366 })
    expect(tooLong.body.code).toBe('VALIDATION_FAILED')
  })

  it('need a recent login or the password', async () => {
    const headers = await people.browserHeaders('analyst')
    floor.clock.advance(16 * 60_000)
    expect((await create(headers, {})).body.details).toEqual({ reason: 'recent-login' })
    expect((await create(headers, { password: 'wrong' })).body.code).toBe('BAD_CREDENTIALS')
    expect((await create(headers, { password: testPassword })).status).toBe(200)
    const confirmed = await floor.call('POST', '/api/v1/session/confirm', { headers, body: { password: testPassword } })
    expect((await create({ cookie: confirmed.cookie ?? '' }, {})).status).toBe(200)
  })

  it('of others are seen with the permission alone', async () => {
    const all = '/api/v1/api-keys?owner=all&limit=2'
    expect((await floor.call('GET', all, { headers: await people.browserHeaders('analyst') })).status).toBe(403)
    const headers = await people.browserHeaders('administrator')
    const first = (await floor.call('GET', all, { headers })).body
    expect(first.items).toHaveLength(2)
    const second = (await floor.call('GET', `${all}&cursor=${first.next}`, { headers })).body
    expect(second.items[0].id).not.toBe(first.items[1].id)
  })
})
