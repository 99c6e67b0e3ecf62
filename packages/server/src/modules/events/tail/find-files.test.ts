import { describe, expect, it } from 'vitest'
import { matchesName } from './find-files.ts'

describe('a pattern for names of files', () => {
  it.each([
    ['*.log', 'app.log', true],
    ['*.log', 'app.log.1', false],
    ['app*.log', 'app.log', true],
    ['ab*ba', 'aba', false],
    ['a*b*c', 'a-bb-c', true],
    ['a*b*c', 'a-c-b', false],
    ['*', '', true],
    ['**', 'any', true],
    ['a.log', 'a.log', true],
    ['a.log', 'axlog', false],
    ['[a]?*', '[a]?b', true],
    ['[a]?*', 'ab', false],
  ])('%s and %s: %s', (pattern, name, fits) => {
    expect(matchesName(pattern, name)).toBe(fits)
  })

  it('is compared at once, however many stars it has', { timeout: 2000 }, () => {
    expect(matchesName(`${'*a'.repeat(100)}*b`, 'a'.repeat(255))).toBe(false)
  })
})
