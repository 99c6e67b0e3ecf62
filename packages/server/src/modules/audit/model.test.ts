import { describe, expect, it } from 'vitest'
import { columnText, stateText } from './model.ts'

describe('stateText', () => {
  it.each([
    ['password', 'hunter2'],
    ['newPassword', 'hunter2'],
    ['clientSecret', 'abc'],
    ['api_key', 'abc'],
    ['authorization', 'Basic abc'],
    ['refreshToken', 'abc'],
    ['recoveryCodes', ['abc', 'def']],
    ['credentials', { user: 'a', pass: 'abc' }],
  ])('masks what is named %s', (name, value) => {
    expect(stateText({ [name]: value, kept: 'seen' })).toBe(JSON.stringify({ [name]: '•••', kept: 'seen' }))
  })

  it('keeps names and flags that only sound secret', () => {
    const state = { apiKeyId: 'k1', tokenType: 'Bearer', mustChangePassword: true, passwordMinLength: 12 }
    expect(JSON.parse(stateText(state) ?? '')).toEqual(state)
  })

  it('masks secrets by their form wherever they stand', () => {
    const text = stateText({
      list: [`key wf_abc234_${'k'.repeat(32)}`, 'https://anna:hunter2@example.org/x'],
      nested: { header: 'Bearer abcdefghijklmnopqrstuvwxyz', jwt: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.sig-nature' },
      pem: '-----BEGIN EC PRIVATE KEY-----\nMHcCAQ\n-----END EC PRIVATE KEY-----',
    })
    expect(text).not.toMatch(/kkkk|hunter2|abcdefgh|eyJ|MHcCAQ/)
    expect(text).toContain('wf_abc234_')
  })

  it('cuts large state and says so', () => {
    const text = stateText({ note: 'x'.repeat(100_000) }) ?? ''
    expect(text.length).toBeLessThan(5000)
    expect(JSON.parse(text)).toMatchObject({ cut: true })
  })

  it('writes nothing for nothing', () => {
    expect(stateText(undefined)).toBeNull()
    expect(stateText(null)).toBeNull()
  })
})

it('bounds texts and replaces what PostgreSQL refuses', () => {
  expect(columnText('a\u0000b', 10)).toBe('a\uFFFDb')
  expect(columnText('abcdef', 3)).toBe('abc')
  expect(columnText('ab\ud83d\ude00', 3)).toBe('ab\uFFFD')
})
