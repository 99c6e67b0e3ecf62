import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { diffLines } from './line-diff.ts'

const shown = (before: string, after: string, context = 100): string[] =>
  diffLines(before, after, { context }).lines.map(
    ({ op, text }) => `${{ same: ' ', added: '+', removed: '-', skipped: '~' }[op]}${text}`,
  )

describe('a diff of lines', () => {
  it('shows what was taken away, added and kept', () => {
    expect(shown('a\nb\nc\n', 'a\nx\nc\nd\n')).toEqual([' a', '-b', '+x', ' c', '+d'])
  })
  it('is empty for equal texts, whatever ends their lines', () => {
    expect(diffLines('a\r\nb', 'a\nb\n')).toEqual({ added: 0, removed: 0, lines: [] })
  })
  it('leaves out long runs of equal lines and says how many', () => {
    const many = Array.from({ length: 20 }, (_, at) => `line ${at}`)
    const changed = [...many.slice(0, 10), 'new', ...many.slice(10)]
    expect(shown(many.join('\n'), changed.join('\n'), 1)).toEqual(['~9', ' line 9', '+new', ' line 10', '~9'])
  })
  it('stays quick and whole for texts beyond its table', () => {
    const lines = (word: string) => Array.from({ length: 5000 }, (_, at) => `${word} ${at}`).join('\n')
    expect(diffLines(lines('a'), lines('b'))).toMatchObject({ added: 5000, removed: 5000 })
  })
  it('leads from one text to the other', () => {
    const text = fc
      .array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 12 })
      .map((lines) => ['first', ...lines, 'last'])
    fc.assert(
      fc.property(text, text, (before, after) => {
        const { lines } = diffLines(before.join('\n'), after.join('\n'), { context: 100 })
        if (before.join('\n') === after.join('\n')) return lines.length === 0
        const of = (op: string) => lines.filter((line) => line.op !== op).map((line) => line.text)
        expect(of('added')).toEqual(before)
        expect(of('removed')).toEqual(after)
        return true
      }),
    )
  })
})
