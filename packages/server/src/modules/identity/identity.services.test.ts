import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestPostgres, testPostgresUrl } from '../../testing/postgres.ts'
import { type Floor, openFloor } from './testing/floor.ts'
import { testPassword } from './testing.ts'

const serverUrl = testPostgresUrl()

/** What one connection of the embedded database hides: transactions that really run at the same time. */
describe('identity on PostgreSQL', () => {
  let floor: Floor
  beforeAll(async () => {
    floor = await openFloor({}, await openTestPostgres(serverUrl ?? ''))
  })
  afterAll(() => floor?.close())

  it('is set up once, whoever tries at once in two processes', async () => {
    const other = await floor.anotherProcess()
    const state = await floor.identity.prepareSetup()
    expect(await other.identity.prepareSetup()).toEqual(state)
    const token = state.needed ? state.token : ''
    const answers = await Promise.all(
      [floor, other, floor, other].map((process, index) =>
        process.call('POST', '/api/v1/setup', {
          body: { token, email: `first-${index}@example.org`, displayName: 'First', password: testPassword },
        }),
      ),
    )
    expect(answers.map((answer) => answer.status).toSorted()).toEqual([200, 409, 409, 409])
  })

  it('keeps a last administrator when all remove each other at once', async () => {
    const people = await floor.seed()
    const actor = people.actor('administrator')
    const users = floor.identity.users
    for (let round = 0; round < 10; round++) {
      const { items } = await users.list({}, { limit: 50 })
      for (const { id } of items) await users.change(actor, id, { roles: ['administrator'], state: 'active' })
      await Promise.allSettled(items.map(({ id }) => users.change(actor, id, { roles: ['viewer'] })))
      const left = await users.list({ role: 'administrator', state: 'active' }, { limit: 50 })
      expect(left.items).toHaveLength(1)
    }
  })

  it('counts every wrong password among many at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () =>
        floor.call('POST', '/api/v1/session', { body: { email: 'viewer@example.org', password: 'wrong wrong' } }),
      ),
    )
    expect(answers.filter((answer) => answer.body.code === 'BAD_CREDENTIALS')).toHaveLength(5)
  })

  it('exchanges a refresh token once among many at once', async () => {
    const body = { email: 'analyst@example.org', password: testPassword }
    const { refreshToken } = (await floor.call('POST', '/api/v1/tokens', { body })).body
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => floor.call('POST', '/api/v1/tokens/refresh', { body: { refreshToken } })),
    )
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1)
    expect(answers.filter((answer) => answer.status === 401)).toHaveLength(7)
  })
})
