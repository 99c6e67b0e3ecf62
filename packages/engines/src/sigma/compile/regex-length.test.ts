import { RE2JS } from 're2js'
import { describe, expect, it } from 'vitest'
import { shortestMatch } from './regex-length.ts'

describe('the shortest text that a regex finds something in', () => {
  it.each([
    ['abc', 3],
    ['.{1000,}', 1000],
    ['^[a-fA-F0-9]{64}\\s+[a-fA-F0-9]{16}', 81],
    ['a*b?c+', 1],
    ['a{2,3}?b', 3],
    ['(ab|c)d', 2],
    ['(?:ab){3}', 6],
    ['(?i)abc', 3],
    ['(?P<name>ab)|xyz', 2],
    ['a|', 0],
    ['\\bab\\b$', 2],
    ['[]a]{2}', 2],
    ['((a|bc)d){2}(e|)', 4],
    ['x{0,5}', 0],
    ['é{2}', 2],
  ])('of %s is of %d characters', (source, expected) => {
    expect(shortestMatch(source)).toBe(expected)
  })
  it.each(['\\x41b', '\\pLab', '\\Qa*b\\E', '[[:alpha:]]{3}', '(?=ab)c', '(ab'])('of %s is not known', (source) => {
    expect(shortestMatch(source)).toBe(0)
  })
  it('is never longer than a match', () => {
    const parts = ['a', 'b?', '(a|bb)', '[ab]{2}', '(?:b|)', 'a+?', '(a{2}|b)*', '\\.', '$', 'a{0}', '|', '^']
    const texts = ['', 'a', 'b', 'ab', 'bb', 'aab', 'abab', 'a.b', 'bbaa.', '.']
    for (let i = 0; i < parts.length ** 3; i++) {
      const source = [0, 1, 2].map((n) => parts[Math.floor(i / parts.length ** n) % parts.length]).join('')
      const regex = RE2JS.compile(source)
      const fewest = shortestMatch(source)
      for (const text of texts) if (regex.test(text)) expect(text.length, source).toBeGreaterThanOrEqual(fewest)
    }
  })
})
