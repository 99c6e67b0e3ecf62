import { expect, it } from 'vitest'
import { filterFromUrl } from './data.ts'
import { hexRows } from './hex-rows.ts'

it('shows bytes in rows of sixteen and marks the string', () => {
  const rows = hexRows(`${'00'.repeat(15)}41ff42`, 32, { offset: 47, length: 2 })
  expect(rows.map(({ offset, bytes }) => [offset, bytes.length])).toEqual([
    [32, 16],
    [48, 2],
  ])
  expect(rows.flatMap(({ bytes }) => bytes.filter(({ isMarked }) => isMarked))).toMatchObject([
    { at: 47, hex: '41', text: 'A' },
    { at: 48, hex: 'ff', text: '.' },
  ])
})

it('reads the filter from the address, and nothing else', () => {
  expect(filterFromUrl({ q: 'a', matched: 'maybe', members: 'true' })).toEqual({ text: 'a', members: 'true' })
  expect(filterFromUrl({})).toEqual({ members: 'false' })
})
