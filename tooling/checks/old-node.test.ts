import { describe, expect, it } from 'vitest'
import { tooNewIn } from './old-node.ts'

describe('scripts for old Node', () => {
  it.each([
    ['a?.b', '?.'],
    ['a ?? b', '??'],
    ['a ??= b', '??='],
    ["require('node:fs')", 'node:fs'],
    ['class A { #b = 1 }', '#b'],
    ['[].at(-1)', '.at'],
  ])('%s is found', (text, what) => {
    expect(tooNewIn('a.cjs', `\n${text}`)).toEqual([`a.cjs:2 ${what} is newer than Node 12`])
  })

  it('what Node 12 reads is not', () => {
    expect(
      tooNewIn(
        'a.cjs',
        "const { a, ...b } = c || d ? require('fs') : {}\nasync () => { for await (const e of a) b[e] }",
      ),
    ).toEqual([])
  })
})
