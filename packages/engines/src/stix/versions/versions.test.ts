import { describe, expect, it } from 'vitest'
import { diffCollections, diffObjects, judgeVersion, newestVersion } from '../index.ts'

const known = { id: 'tool--1', created: '2026-01-01T00:00:00.000Z', modified: '2026-01-02T00:00:00.000Z', name: 'a' }
const later = { ...known, modified: '2026-01-02T00:00:00.000001Z' }

describe('versions', () => {
  it.each([
    ['same', known, { ...known }],
    ['newer', known, later],
    ['older', later, known],
    ['conflict', known, { ...known, name: 'b' }],
    ['conflict', known, { ...known, modified: '2026-01-02T00:00:00Z', name: 'b' }],
    ['other-creator', known, { ...later, created_by_ref: 'identity--1' }],
    ['other-object', known, { ...later, created: '2025-01-01T00:00:00.000Z' }],
    ['after-revocation', { ...known, revoked: true }, later],
    ['unordered', known, { ...known, modified: 'yesterday' }],
  ])('%s', (verdict, before, incoming) => expect(judgeVersion(before, incoming)).toBe(verdict))

  it('finds the newest to the last decimal', () => expect(newestVersion([known, later, known])).toBe(later))
})

describe('differences', () => {
  it('are told by property, of lists by element', () => {
    const before = { a: 1, b: [1, { x: 1, y: 2 }, 1], c: 'x', d: { e: 1 }, f: [1, 2], h: false }
    const after = { b: [{ y: 2, x: 1 }, 3, 1], c: 'y', d: { e: 1 }, f: [2, 1], g: 0 }
    expect(diffObjects(before, after)).toEqual([
      { property: 'a', kind: 'removed', before: 1 },
      { property: 'b', kind: 'elements', added: [3], removed: [1] },
      { property: 'c', kind: 'changed', before: 'x', after: 'y' },
      { property: 'g', kind: 'added', after: 0 },
    ])
  })
  it('of collections tell what came, went, changed and was revoked', () => {
    const diff = diffCollections(
      [known, { id: 'tool--2', name: 'b' }, { id: 'tool--3', name: 'c' }, { id: 'tool--4' }],
      [later, { id: 'tool--2', name: 'b', revoked: true }, { id: 'tool--4' }, { id: 'tool--5' }],
    )
    expect(diff).toMatchObject({
      added: [{ id: 'tool--5' }],
      removed: [{ id: 'tool--3' }],
      revoked: ['tool--2'],
      sameCount: 2,
    })
    expect(diff.changed.map(({ id }) => id)).toEqual(['tool--2'])
  })
})
