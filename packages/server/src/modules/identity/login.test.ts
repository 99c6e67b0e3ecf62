import { generate } from 'otplib'
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

const login = (email: string, password: string, code?: string) =>
  floor.call('POST', '/api/v1/session', { body: { email, password, ...(code === undefined ? {} : { code }) } })
const me = (cookie: string | undefined) => floor.call('GET', '/api/v1/me', { headers: { cookie: cookie ?? '' } })

describe('sessions', () => {
  it('sign in by address in any case, and out', async () => {
    const answer = await login(' Analyst@Example.org ', testPassword)
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({ kind: 'user', name: 'analyst@example.org', roles: ['analyst'], mustDo: [] })
    expect(answer.body.permissions).toEqual(['alerts:read'])
    expect(answer.headers['set-cookie']).toMatch(/watchfloor_session=[\w-]{43}; .*HttpOnly; .*SameSite=Lax/)
    expect((await me(answer.cookie)).body.name).toBe('analyst@example.org')
    expect((await floor.call('DELETE', '/api/v1/session', { headers: { cookie: answer.cookie ?? '' } })).status).toBe(
      204,
    )
    const after = await me(answer.cookie)
    expect([after.status, after.body.code]).toEqual([401, 'SESSION_EXPIRED'])
  })

  it('are refused to other sites', async () => {
    const { cookie } = await people.browserHeaders('analyst')
    const answer = await floor.call('DELETE', '/api/v1/session', { headers: { cookie, 'x-watchfloor-csrf': '' } })
    expect(answer.body.code).toBe('CSRF_REJECTED')
  })

  it('keep the token in the database as a digest alone', async () => {
    const { cookie } = await login('viewer@example.org', testPassword)
    const token = (cookie ?? '').split('=')[1] ?? 'none'
    const { rows } = await floor.sql.raw.query('SELECT account_session::text AS row FROM account_session')
    expect(rows.length).toBeGreaterThan(0)
    expect(JSON.stringify(rows)).not.toContain(token)
  })

  it('end when idle, and at their end however busy', async () => {
    const { cookie: idle } = await login('manager@example.org', testPassword)
    floor.clock.advance(121 * 60_000)
    expect((await me(idle)).status).toBe(401)
    const { cookie: busy } = await login('manager@example.org', testPassword)
    for (let hour = 0; hour < 11; hour++) {
      floor.clock.advance(60 * 60_000)
      expect((await me(busy)).status).toBe(200)
    }
    floor.clock.advance(61 * 60_000)
    expect((await me(busy)).status).toBe(401)
  })

  it('are listed and ended by their owner alone', async () => {
    const first = await login('operator@example.org', testPassword)
    const second = await login('operator@example.org', testPassword)
    const other = await login('viewer@example.org', testPassword)
    const headers = { cookie: second.cookie ?? '' }
    const { items } = (await floor.call('GET', '/api/v1/me/sessions', { headers })).body
    expect(items.map((item: { current: boolean }) => item.current).toSorted()).toEqual([false, true])
    const stale = items.find((item: { current: boolean }) => !item.current)
    const foreign = await floor.call('DELETE', `/api/v1/me/sessions/${stale.id}`, {
      headers: { cookie: other.cookie ?? '' },
    })
    expect(foreign.status).toBe(404)
    expect((await me(first.cookie)).status).toBe(200)
    expect((await floor.call('DELETE', `/api/v1/me/sessions/${stale.id}`, { headers })).status).toBe(204)
    expect((await me(first.cookie)).status).toBe(401)
    const third = await login('operator@example.org', testPassword)
    expect((await floor.call('DELETE', '/api/v1/me/sessions', { headers })).body).toEqual({ revoked: 1 })
    expect((await me(third.cookie)).status).toBe(401)
    expect((await me(second.cookie)).status).toBe(200)
  })
})

describe('refused logins', () => {
  it('say the same of an unknown address, a wrong password and a disabled account', async () => {
    const admin = people.actor('administrator')
    await floor.identity.users.change(admin, people.accounts['intelligence-analyst'].id, { state: 'disabled' })
    const answers = [
      await login('nobody-at-all@example.org', testPassword),
      await login('analyst@example.org', 'not the password'),
      await login('intelligence-analyst@example.org', testPassword),
    ]
    const shown = answers.map(({ status, body: { requestId, ...rest } }) => ({ status, rest, requestId: !!requestId }))
    expect(shown[0]).toMatchObject({ status: 401, rest: { code: 'BAD_CREDENTIALS' } })
    expect(shown[1]).toEqual(shown[0])
    expect(shown[2]).toEqual(shown[0])
  })

  it.each(['viewer@example.org', 'never-heard-of@example.org'])('lock %s, longer each time', async (email) => {
    const wrong = () => login(email, 'wrong wrong wrong')
    for (let failure = 0; failure < 5; failure++) expect((await wrong()).body.code).toBe('BAD_CREDENTIALS')
    const locked = await login(email, testPassword)
    expect([locked.status, locked.body.code]).toEqual([423, 'ACCOUNT_LOCKED'])
    expect(Number(locked.headers['retry-after'])).toBe(60)
    floor.clock.advance(61_000)
    expect((await wrong()).body.code).toBe('BAD_CREDENTIALS')
    floor.clock.advance(61_000)
    expect((await wrong()).body.code).toBe('ACCOUNT_LOCKED')
    floor.clock.advance(61_000)
    expect((await wrong()).body.code).toBe('BAD_CREDENTIALS')
  })

  it('are counted also when they come at once', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => login('machine@example.org', 'wrong wrong')))
    const codes = answers.map((answer) => answer.body.code)
    expect(codes.filter((code) => code === 'BAD_CREDENTIALS')).toHaveLength(5)
    expect(codes.filter((code) => code === 'ACCOUNT_LOCKED')).toHaveLength(15)
  })

  it('are lifted by an administrator, and leave sessions alone', async () => {
    const { cookie } = await people.browserHeaders('machine')
    expect((await me(cookie)).status).toBe(200)
    expect((await floor.identity.users.get(people.accounts.machine.id)).lockedUntil).not.toBeNull()
    await floor.identity.users.unlock(people.actor('administrator'), people.accounts.machine.id)
    expect((await login('machine@example.org', testPassword)).status).toBe(200)
  })

  it('stand in the audit log without what was typed', async () => {
    await login('hunter2-in-the-wrong-box', 'whatever')
    const { items } = await floor.audit.list({ action: 'identity.login-refused' }, { limit: 500 })
    expect(items.length).toBeGreaterThan(5)
    expect(items[0]).toMatchObject({ object: { type: 'user', id: 'unknown' }, ip: '192.0.2.10' })
    expect(JSON.stringify(items)).not.toContain('hunter2')
  })
})

describe('the second factor', () => {
  let cookie = ''
  let secret = ''
  let recoveryCodes: string[] = []
  const email = 'detection-engineer@example.org'
  const code = () => generate({ secret, epoch: Math.floor(floor.clock.now() / 1000) })

  it('is enrolled with a first code', async () => {
    cookie = (await login(email, testPassword)).cookie ?? ''
    const started = await floor.call('POST', '/api/v1/me/totp', { headers: { cookie }, body: {} })
    expect(started.body.uri).toMatch(/^otpauth:\/\/totp\/Watchfloor:detection-engineer%40example\.org\?/)
    expect(Buffer.from(started.body.qrCode.split(',')[1], 'base64').toString()).toContain('<svg')
    secret = started.body.secret
    const wrong = await floor.call('POST', '/api/v1/me/totp/confirm', { headers: { cookie }, body: { code: '000000' } })
    expect(wrong.body.code).toBe('SECOND_FACTOR_WRONG')
    const right = await floor.call('POST', '/api/v1/me/totp/confirm', {
      headers: { cookie },
      body: { code: await code() },
    })
    recoveryCodes = right.body.recoveryCodes
    expect(recoveryCodes).toHaveLength(10)
    expect(right.cookie).toBeDefined()
    expect((await me(cookie)).status).toBe(401)
    expect((await me(right.cookie)).body.user.secondFactor).toBe(true)
    cookie = right.cookie ?? ''
  })

  it('is asked for once the password is right', async () => {
    expect((await login(email, testPassword)).body.code).toBe('SECOND_FACTOR_REQUIRED')
    expect((await login(email, 'wrong')).body.code).toBe('BAD_CREDENTIALS')
    expect((await login(email, testPassword, '123456')).body.code).toBe('SECOND_FACTOR_WRONG')
  })

  it('takes a code once', async () => {
    floor.clock.advance(60_000)
    const once = await code()
    expect((await login(email, testPassword, once)).status).toBe(200)
    expect((await login(email, testPassword, once)).body.code).toBe('SECOND_FACTOR_WRONG')
  })

  it('takes one of two equal codes that come at once', async () => {
    floor.clock.advance(60_000)
    const once = await code()
    const answers = await Promise.all([login(email, testPassword, once), login(email, testPassword, once)])
    expect(answers.map((answer) => answer.status).toSorted()).toEqual([200, 401])
  })

  it('takes a recovery code once, however it is typed', async () => {
    const typed = (recoveryCodes[0] ?? '').toUpperCase().replaceAll('-', ' ')
    expect((await login(email, testPassword, typed)).status).toBe(200)
    expect((await login(email, testPassword, typed)).body.code).toBe('SECOND_FACTOR_WRONG')
  })

  it('does not reset the count of wrong codes by a right password', async () => {
    await floor.identity.users.unlock(people.actor('administrator'), people.accounts['detection-engineer'].id)
    const codes: string[] = []
    for (let round = 0; round < 7; round++) {
      await login(email, testPassword)
      codes.push((await login(email, testPassword, '000000')).body.code)
    }
    expect(codes.slice(0, 5)).toEqual(Array(5).fill('SECOND_FACTOR_WRONG'))
    expect(codes.slice(5)).toEqual(['ACCOUNT_LOCKED', 'ACCOUNT_LOCKED'])
    await floor.identity.users.unlock(people.actor('administrator'), people.accounts['detection-engineer'].id)
  })

  it('is removed after a recent login or with the password', async () => {
    floor.clock.advance(20 * 60_000)
    const disable = (body: object) => floor.call('POST', '/api/v1/me/totp/disable', { headers: { cookie }, body })
    const refused = await disable({})
    expect([refused.status, refused.body.details]).toEqual([403, { reason: 'recent-login' }])
    expect((await disable({ password: 'wrong' })).body.code).toBe('BAD_CREDENTIALS')
    expect((await disable({ password: testPassword })).status).toBe(204)
    expect((await login(email, testPassword)).status).toBe(200)
  })

  it('can be demanded of roles: they can do nothing else first', async () => {
    const admin = people.actor('administrator')
    await floor.settings.set(admin, 'identity.secondFactorRoles', ['manager'])
    const held = await login('manager@example.org', testPassword)
    expect(held.body).toMatchObject({ mustDo: ['enrol-second-factor'], permissions: [] })
    const headers = { cookie: held.cookie ?? '' }
    expect((await floor.call('GET', '/api/v1/users', { headers })).status).toBe(403)
    expect((await floor.call('POST', '/api/v1/me/totp', { headers, body: {} })).status).toBe(200)
    await floor.settings.reset(admin, 'identity.secondFactorRoles')
    expect((await floor.call('GET', '/api/v1/users', { headers })).status).toBe(200)
  })
})

describe('one’s own account', () => {
  it('changes the password, ends other sessions and rotates this one', async () => {
    const other = await login('viewer@example.org', testPassword)
    floor.clock.advance(61 * 60_000)
    const mine = await login('viewer@example.org', testPassword)
    const headers = { cookie: mine.cookie ?? '' }
    const change = (currentPassword: string, newPassword: string) =>
      floor.call('POST', '/api/v1/me/password', { headers, body: { currentPassword, newPassword } })
    expect((await change('wrong', 'another violet staircase')).body.code).toBe('BAD_CREDENTIALS')
    const weak = await change(testPassword, 'Password1234')
    expect([weak.status, weak.body.code, weak.body.issues.length]).toEqual([400, 'VALIDATION_FAILED', 1])
    const changed = await change(testPassword, 'another violet staircase')
    expect(changed.status).toBe(200)
    expect((await me(mine.cookie)).status).toBe(401)
    expect((await me(other.cookie)).status).toBe(401)
    expect((await me(changed.cookie)).status).toBe(200)
    expect((await login('viewer@example.org', testPassword)).status).toBe(401)
    expect((await login('viewer@example.org', 'another violet staircase')).status).toBe(200)
  })

  it('keeps name and preferences', async () => {
    const headers = await people.browserHeaders('operator')
    const renamed = await floor.call('PATCH', '/api/v1/me', { headers, body: { displayName: 'Ola' } })
    expect(renamed.body.user.displayName).toBe('Ola')
    await floor.call('PUT', '/api/v1/me/preferences', { headers, body: { theme: 'dark', density: 'compact' } })
    const { preferences } = (await floor.call('GET', '/api/v1/me', { headers })).body
    expect(preferences).toEqual({ theme: 'dark', density: 'compact', timeZone: 'browser', language: 'en' })
  })
})

it('no password, code or secret stands in the log, the audit log or the database', async () => {
  const audit = await floor.sql.raw.query('SELECT audit_record::text AS row FROM audit_record')
  const accounts = await floor.sql.raw.query('SELECT account::text AS row FROM account')
  const everything = JSON.stringify([floor.log.lines, audit.rows, accounts.rows])
  expect(everything.length).toBeGreaterThan(1000)
  for (const secret of [testPassword, 'another violet staircase', 'wrong wrong'])
    expect(everything.includes(secret), secret).toBe(false)
})

it('slows down an address that tries one account after the other', async () => {
  const slow = await openFloor({ attemptsPerMinute: 3 })
  try {
    const tryAs = (email: string, ip: string) =>
      slow.call('POST', '/api/v1/session', { body: { email, password: 'wrong wrong' }, ip })
    for (const name of ['a', 'b', 'c'])
      expect((await tryAs(`${name}@example.org`, '2001:db8:1:2::a')).body.code).toBe('BAD_CREDENTIALS')
    const limited = await tryAs('d@example.org', '2001:db8:1:2::b')
    expect([limited.status, limited.body.code]).toEqual([429, 'RATE_LIMITED'])
    expect((await tryAs('d@example.org', '2001:db8:1:3::b')).body.code).toBe('BAD_CREDENTIALS')
    slow.clock.advance(61_000)
    expect((await tryAs('d@example.org', '2001:db8:1:2::b')).body.code).toBe('BAD_CREDENTIALS')
  } finally {
    await slow.close()
  }
})
