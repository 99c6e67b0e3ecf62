import { describe, expect, it } from 'vitest'
import { differences } from './diff.ts'

describe('what changed, in the audit log', () => {
  it('is told leaf by leaf', () =>
    expect(differences({ name: 'a', deep: { x: 1, y: 2 } }, { name: 'b', deep: { x: 1 }, added: [1] })).toEqual([
      { path: 'name', before: 'a', after: 'b' },
      { path: 'deep.y', before: '2', after: undefined },
      { path: 'added', before: undefined, after: '[1]' },
    ]))
  it('is everything when something was made', () =>
    expect(differences(null, { a: 1 })).toEqual([{ path: 'a', before: undefined, after: '1' }]))
  it('is nothing between equals', () => expect(differences({ a: [1] }, { a: [1] })).toEqual([]))
})
