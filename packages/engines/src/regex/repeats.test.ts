import { RE2JS } from 're2js'
import { describe, expect, it } from 'vitest'
import { withShortRepeats } from './index.ts'

describe('an expression for RE2', () => {
  it.each([
    ['abc', 'abc'],
    ['a{3}b{1000}', 'a{3}b{1000}'],
    ['a{1500}b', '(?:a{1000}a{500})b'],
    ['a{2000}', '(?:a{1000}a{1000})'],
    ['[{}a]{1001,}?c', '(?:[{}a]{1000}[{}a]{1}[{}a]*)c'],
    ['x(a|b{2}){0,800}', 'x(?:(a|b{2}){0,250}(a|b{2}){0,250}(a|b{2}){0,250}(a|b{2}){0,50})'],
    ['\\p{Lu}{900,1901}', '(?:\\p{Lu}{900}\\p{Lu}{0,1000}\\p{Lu}{0,1})'],
    ['\\x{41}\\{1200}', '\\x{41}\\{1200}'],
    ['(?<n>a){1200}', '(?<n>a){1200}'],
    ['a{5,2}', 'a{5,2}'],
    ['{1200}', '{1200}'],
  ])('%s', (source, expected) => {
    expect(withShortRepeats(source)).toBe(expected)
  })

  it.each([
    ['^[ab]{1001,1500}$', 1001, 1500],
    ['^a{1200}$', 1200, 1200],
    ['^(?:a(?:b|a){1}){700}$', 1400, 1400],
    ['^a{0,2001}$', 0, 2001],
  ])('%s finds what it says', (source, least, most) => {
    const regex = RE2JS.compile(withShortRepeats(source))
    const found = [least - 1, least, most, most + 1].map((count) => count >= 0 && regex.test('a'.repeat(count)))
    expect(found).toEqual([false, true, true, false])
  })
})
