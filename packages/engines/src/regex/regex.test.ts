import { expect, it } from 'vitest'
import { writtenOutSize } from './index.ts'

it.each([
  ['abc', 3],
  ['a{10}', 10],
  ['a{2,10}b', 11],
  ['a{2,}', 2],
  ['(ab){3}', 6],
  ['((ab){3}c){2}', 14],
  ['[a{9}]{4}', 4],
  ['\\{3}', 3],
  ['a{x}', 4],
  ['a{1000}'.repeat(100), 100_000],
  ['((', 0],
  ['a)))', 1],
  ['[', 1],
])('%s comes to %i', (source, size) => {
  expect(writtenOutSize(source)).toBe(size)
})
