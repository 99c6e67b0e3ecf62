import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { declarations, type Floor, openFloor } from './testing/floor.ts'
import { accessMatrix, isAsExpected, pathForAccess, type TestPeople, testPassword } from './testing.ts'

describe('set-up', () => {
  let floor: Floor
  beforeAll(async () => {
    floor = await openFloor()
  })
  afterAll(() => floor?.close())

  const complete = (token: string, email: string, more: object = {}) =>
    floor.call('POST', '/api/v1/setup', {
      body: { token, email, displayName: 'First', password: testPassword, ...more },
    })
  const prepared = async () => {
    const state = await floor.identity.prepareSetup()
    if (!state.needed) throw new Error('set up already')
    return state.token
  }

  it('is needed at first, with a token that a restart prints again', async () => {
    expect((await floor.call('GET', '/api/v1/setup')).body).toEqual({
      needed: true,
      selfRegistration: false,
      organisationName: 'Watchfloor',
      passwordMinLength: 12,
    })
    expect(await prepared()).toBe(await prepared())
    const { rows } = await floor.sql.raw.query('SELECT setup_state::text AS row FROM setup_state')
    expect(JSON.stringify(rows)).not.toContain(await prepared())
  })

  it('refuses a wrong token and a weak password', async () => {
    expect((await complete('guess', 'first@example.org')).body.code).toBe('BAD_CREDENTIALS')
    const weak = await complete(await prepared(), 'first@example.org', { password: 'first@example.org' })
    expect(weak.body.code).toBe('VALIDATION_FAILED')
  })

  it('has one winner among two at once, who is signed in', async () => {
    const token = await prepared()
    const answers = await Promise.all([
      complete(token, 'first@example.org', { organisationName: 'Harbour Lights' }),
      complete(token, 'second@example.org'),
    ])
    const [winner, loser] = answers.toSorted((a, b) => a.status - b.status)
    expect([winner?.status, loser?.status, loser?.body.code]).toEqual([200, 409, 'ALREADY_SET_UP'])
    expect(winner?.body).toMatchObject({ roles: ['administrator'], mustDo: [] })
    const headers = { cookie: winner?.cookie ?? '' }
    expect((await floor.call('GET', '/api/v1/users', { headers })).body.items).toHaveLength(1)
  })

  it('is over afterwards', async () => {
    expect((await floor.call('GET', '/api/v1/setup')).body.needed).toBe(false)
    expect(await floor.identity.prepareSetup()).toEqual({ needed: false })
    expect(await floor.identity.ensureAdministrator('third@example.org', testPassword)).toEqual({ created: false })
    expect((await complete('any', 'third@example.org')).body.code).toBe('ALREADY_SET_UP')
  })

  it('lets people register only where that is on, as viewers, and says nothing of taken addresses', async () => {
    const register = (email: string) =>
      floor.call('POST', '/api/v1/register', { body: { email, displayName: 'Guest', password: testPassword } })
    expect((await register('guest@example.org')).status).toBe(403)
    const { items } = await floor.identity.users.list({}, { limit: 1 })
    const admin = { kind: 'user' as const, id: items[0]!.id, name: 'x', roles: [], permissions: new Set<never>() }
    await floor.settings.set(admin, 'identity.selfRegistration', true)
    expect((await register('guest@example.org')).status).toBe(204)
    expect((await register('GUEST@example.org')).status).toBe(204)
    expect((await register(items[0]!.email)).status).toBe(204)
    const all = await floor.identity.users.list({}, { limit: 10 })
    expect(all.items.map((user) => user.roles)).toContainEqual(['viewer'])
    expect(all.items).toHaveLength(2)
  })
})

it('makes the administrator of the configuration once', async () => {
  const floor = await openFloor()
  try {
    await expect(floor.identity.ensureAdministrator('ops@example.org', 'short')).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
    })
    expect(await floor.identity.ensureAdministrator('ops@example.org', testPassword)).toEqual({ created: true })
    expect(await floor.identity.ensureAdministrator('ops@example.org', testPassword)).toEqual({ created: false })
    expect(await floor.identity.prepareSetup()).toEqual({ needed: false })
  } finally {
    await floor.close()
  }
})

describe('people', () => {
  let floor: Floor
  let people: TestPeople
  beforeAll(async () => {
    floor = await openFloor()
    people = await floor.seed()
  })
  afterAll(() => floor?.close())

  const asAdmin = async () => ({ headers: await people.browserHeaders('administrator') })
  const login = (email: string, password: string) =>
    floor.call('POST', '/api/v1/session', { body: { email, password } })

  it('come with a temporary password that they have to change', async () => {
    const body = { email: 'Nia@example.org', displayName: 'Nia', roles: ['analyst'] }
    const made = await floor.call('POST', '/api/v1/users', { ...(await asAdmin()), body })
    expect(made.body.user).toMatchObject({ email: 'Nia@example.org', mustChangePassword: true, roles: ['analyst'] })
    const temporary: string = made.body.temporaryPassword
    const first = await login('nia@example.org', temporary)
    expect(first.body).toMatchObject({ mustDo: ['change-password'], permissions: [] })
    const changed = await floor.call('POST', '/api/v1/me/password', {
      headers: { cookie: first.cookie ?? '' },
      body: { currentPassword: temporary, newPassword: testPassword },
    })
    expect(changed.body).toMatchObject({ mustDo: [], permissions: ['alerts:read'] })
    const again = await floor.call('POST', '/api/v1/users', {
      ...(await asAdmin()),
      body: { ...body, email: 'NIA@EXAMPLE.ORG' },
    })
    expect([again.status, again.body.code]).toEqual([409, 'CONFLICT'])
  })

  it('are listed, searched and paged', async () => {
    const admin = await asAdmin()
    const first = (await floor.call('GET', '/api/v1/users?limit=4', admin)).body
    const second = (await floor.call('GET', `/api/v1/users?limit=10&cursor=${first.next}`, admin)).body
    const emails = [...first.items, ...second.items].map((user: { email: string }) => user.email.toLowerCase())
    expect(emails).toHaveLength(9)
    expect(emails).toEqual(emails.toSorted())
    const found = (await floor.call('GET', '/api/v1/users?role=viewer&text=VIEW', admin)).body.items
    expect(found.map((user: { email: string }) => user.email)).toEqual(['viewer@example.org'])
    const assignable = await floor.call('GET', '/api/v1/people?text=nia', {
      headers: await people.browserHeaders('viewer'),
    })
    expect(assignable.body.items).toMatchObject([{ name: 'Nia', email: 'Nia@example.org' }])
  })

  it('lose their sessions when roles or state change, and on a reset password', async () => {
    const admin = await asAdmin()
    const path = `/api/v1/users/${people.accounts.viewer.id}`
    const status = async (headers: Record<string, string>) =>
      (await floor.call('GET', '/api/v1/me', { headers })).status
    const acts: (() => Promise<{ status: number }>)[] = [
      () => floor.call('PATCH', path, { ...admin, body: { roles: ['viewer', 'analyst'] } }),
      () => floor.call('PATCH', path, { ...admin, body: { state: 'disabled' } }),
      () => floor.call('POST', `${path}/password`, { ...admin, body: {} }),
      () => floor.call('DELETE', `${path}/sessions`, admin),
    ]
    for (const act of acts) {
      await floor.identity.users.change(people.actor('administrator'), people.accounts.viewer.id, { state: 'active' })
      const headers = await people.browserHeaders('viewer')
      expect(await status(headers)).toBe(200)
      expect((await act()).status).toBe(200)
      expect(await status(headers)).toBe(401)
    }
  })

  it('are not changed from an old page', async () => {
    const path = `/api/v1/users/${people.accounts.operator.id}`
    const admin = await asAdmin()
    const { version } = (await floor.call('GET', path, admin)).body
    const change = (displayName: string) =>
      floor.call('PATCH', path, { ...admin, body: { displayName, expectedVersion: version } })
    expect((await change('One')).status).toBe(200)
    expect((await change('Two')).body.code).toBe('STALE_EDIT')
  })

  it('keep their addresses apart, also when two change at once', async () => {
    const actor = people.actor('administrator')
    const change = (role: 'operator' | 'machine') =>
      floor.identity.users.change(actor, people.accounts[role].id, { email: 'same@example.org' })
    const outcomes = await Promise.allSettled([change('operator'), change('machine')])
    expect(outcomes.map((outcome) => outcome.status).toSorted()).toEqual(['fulfilled', 'rejected'])
  })

  it('keep a last administrator, whoever tries what at once', async () => {
    const actor = people.actor('administrator')
    const last = people.accounts.administrator.id
    const users = floor.identity.users
    const refused = { code: 'CONFLICT' }
    await expect(users.change(actor, last, { roles: ['viewer'] })).rejects.toMatchObject(refused)
    await expect(users.change(actor, last, { state: 'disabled' })).rejects.toMatchObject(refused)
    await expect(users.remove(actor, last)).rejects.toMatchObject(refused)
    const other = people.accounts.manager.id
    await users.change(actor, other, { roles: ['administrator', 'manager'] })
    const outcomes = await Promise.allSettled([
      users.change(actor, last, { state: 'disabled' }),
      users.change(actor, other, { roles: ['manager'] }),
      users.remove(actor, other),
    ])
    expect(outcomes.some((outcome) => outcome.status === 'rejected')).toBe(true)
    const { items } = await users.list({ role: 'administrator', state: 'active' }, { limit: 10 })
    expect(items.length).toBeGreaterThan(0)
  })

  it('are removed with their sessions and keys', async () => {
    const key = { 'x-api-key': await people.apiKey('intelligence-analyst', []) }
    const headers = await people.browserHeaders('intelligence-analyst')
    const me = (sent: Record<string, string>) => floor.call('GET', '/api/v1/me', { headers: sent })
    expect([(await me(key)).status, (await me(headers)).status]).toEqual([200, 200])
    await floor.identity.users.remove(people.actor('administrator'), people.accounts['intelligence-analyst'].id)
    expect([(await me(key)).status, (await me(headers)).status]).toEqual([401, 401])
  })

  it('shows each role with what it may do', async () => {
    const { roles, permissions } = (
      await floor.call('GET', '/api/v1/roles', {
        headers: { 'x-api-key': await people.apiKey('operator', ['users:read']) },
      })
    ).body
    const viewer = roles.find((role: { role: string }) => role.role === 'viewer')
    expect(viewer.permissions).toEqual(['alerts:read'])
    expect(permissions.map((one: { name: string }) => one.name)).toContain('audit:verify')
    expect(permissions.find((one: { name: string }) => one.name === 'alerts:read').roles).toContain('administrator')
  })
})

describe('every route as everybody', () => {
  let floor: Floor
  let people: TestPeople
  beforeAll(async () => {
    floor = await openFloor()
    people = await floor.seed()
  })
  afterAll(() => floor?.close())

  it('answers as the permission table says', async () => {
    const cases = accessMatrix(floor.routes, declarations)
    expect(cases).toHaveLength(floor.routes.length * 9)
    for (const { route, caller, expected } of cases) {
      const headers = caller === 'nobody' ? {} : await people.browserHeaders(caller)
      const body = route.method === 'GET' || route.method === 'DELETE' ? undefined : {}
      const answer = await floor.call(route.method, pathForAccess(route), { headers, body })
      expect(
        isAsExpected(expected, answer.status, answer.body.code),
        `${route.operationId} as ${caller}: expected ${expected}, got ${answer.status} ${JSON.stringify(answer.body)}`,
      ).toBe(true)
      expect(answer.status, route.operationId).toBeLessThan(500)
    }
  })
})
