import { describe, expect, it } from 'vitest'
import { newApiKey, presentedIn, printApiKey } from './api-key-text.ts'
import { afterFailure, base32Text, emailKeyOf, losesLastAdministrator, withoutFailure } from './model.ts'
import { passwordFaults } from './password-policy.ts'
import { createPasswords } from './passwords.ts'
import { createRoleTable } from './role-table.ts'
import { totpStepOf } from './totp.ts'

const owner = { email: 'anna.berg@example.org', displayName: 'Anna Berg' }

describe('passwords', () => {
  it.each([
    'violet-otter-climbs-47-stairs',
    'møøse über den Fjord 9',
    'gT7#kLp2!vQz9',
    '猫が窓から海を見ている静かな午後',
    'purple elephant 1234567890',
  ])('takes %s', (password) => {
    expect(passwordFaults(password, owner)).toEqual([])
  })

  it.each([
    ['short', 'at least 12'],
    ['x'.repeat(257), 'at most 256'],
    ['aaaaaaaaaaaaaaaa', 'different characters'],
    ['abababababab', 'different characters'],
    ['Password1234', 'among the first'],
    ['P@ssw0rd!2345', 'among the first'],
    ['123456789012345', 'among the first'],
    ['abcdefghijklmnop', 'among the first'],
    ['qwertyuiop123', 'among the first'],
    ['correcthorsebatterystaple', 'among the first'],
    ['Watchfloor2026', 'among the first'],
    ['WelcomeAdmin99', 'among the first'],
    ['anna.berg@example.org', 'your name'],
    ['AnnaBerg-1234', 'your name'],
  ])('refuses %s', (password, why) => {
    expect(passwordFaults(password, owner).join()).toContain(why)
  })

  it('match themselves in any normal form, and an unknown account never', async () => {
    const passwords = createPasswords()
    const hash = await passwords.hash('caf\u00e9 au lait noir')
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect(await passwords.matches(hash, 'cafe\u0301 au lait noir')).toBe(true)
    expect(await passwords.matches(hash, 'cafe au lait noir')).toBe(false)
    expect(await passwords.matches(undefined, 'nobody has this password')).toBe(false)
    expect(passwords.isOutdated(hash)).toBe(false)
  })

  it('are hashed a few at a time, and refused when too many wait', async () => {
    const passwords = createPasswords()
    const outcomes = await Promise.allSettled(Array.from({ length: 80 }, () => passwords.hash('x')))
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected')
    expect(refused).toHaveLength(80 - 2 - 64)
    expect(refused[0]).toMatchObject({ reason: { code: 'BACK_PRESSURE' } })
    expect(await passwords.hash('x')).toContain('argon2id')
  })
})

describe('the lock', () => {
  const none = { failures: 0, lastFailureMs: 0, lockedUntilMs: 0 }

  it('comes after the free failures and doubles up to an hour', () => {
    let attempts = none
    const lockMinutes: number[] = []
    for (let failure = 0; failure < 12; failure++) {
      attempts = afterFailure(attempts, 3, 1000)
      lockMinutes.push(attempts.lockedUntilMs === 0 ? 0 : (attempts.lockedUntilMs - 1000) / 60_000)
    }
    expect(lockMinutes).toEqual([0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60])
  })

  it('forgets failures after a day', () => {
    const old = { failures: 10, lastFailureMs: 0, lockedUntilMs: 0 }
    expect(afterFailure(old, 3, 86_400_001)).toMatchObject({ failures: 1, lockedUntilMs: 0 })
  })

  it('goes when the failure is taken back', () => {
    const locked = afterFailure({ ...none, failures: 2 }, 3, 1000)
    expect(locked.lockedUntilMs).toBeGreaterThan(0)
    expect(withoutFailure(locked, 3)).toMatchObject({ failures: 2, lockedUntilMs: 0 })
  })
})

it('compares addresses without regard to case and form', () => {
  expect(emailKeyOf(' Anna@EXAMPLE.org ')).toBe('anna@example.org')
  expect(emailKeyOf('\uFF41nna@example.org')).toBe('anna@example.org')
})

it.each([
  ['', ''],
  ['f', 'my'],
  ['fo', 'mzxq'],
  ['foo', 'mzxw6'],
  ['foobar', 'mzxw6ytboi'],
])('writes %s in base 32 (RFC 4648, 10)', (text, encoded) => {
  expect(base32Text(Buffer.from(text))).toBe(encoded)
})

// RFC 6238, appendix B, the last six digits of the values for SHA-1.
it.each([
  [59, '287082', 1],
  [1_111_111_109, '081804', 37_037_036],
  [20_000_000_000, '353130', 666_666_666],
])('reads the code at %i s', async (seconds, code, step) => {
  const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
  expect(await totpStepOf(secret, code, seconds * 1000)).toBe(step)
  expect(await totpStepOf(secret, code, (seconds + 30) * 1000)).toBe(step)
  expect(await totpStepOf(secret, code, (seconds + 90) * 1000)).toBeUndefined()
  expect(await totpStepOf(secret, 'abcdef', seconds * 1000)).toBeUndefined()
})

it('knows when the last administrator would go', () => {
  const still = { state: 'active' as const, roles: ['administrator' as const] }
  expect(losesLastAdministrator(['a'], 'a', 'removed')).toBe(true)
  expect(losesLastAdministrator(['a'], 'a', { ...still, state: 'disabled' })).toBe(true)
  expect(losesLastAdministrator(['a'], 'a', { ...still, roles: ['viewer'] })).toBe(true)
  expect(losesLastAdministrator(['a'], 'a', still)).toBe(false)
  expect(losesLastAdministrator(['a', 'b'], 'a', 'removed')).toBe(false)
  expect(losesLastAdministrator(['a'], 'c', 'removed')).toBe(false)
})

it('reads back the keys it prints', () => {
  const key = newApiKey((count) => new Uint8Array(count).fill(0xa7))
  expect(presentedIn({ authorization: `Bearer ${printApiKey(key)}` })).toEqual({ kind: 'api-key', key })
})

it('refuses a permission that is declared twice', () => {
  const table = createRoleTable()
  const declaration = { name: 'a:b' as const, title: '', roles: [] }
  expect(() => table.register([declaration, declaration])).toThrow('two modules declare the permission a:b')
})
