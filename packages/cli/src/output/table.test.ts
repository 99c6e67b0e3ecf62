import { describe, expect, it } from 'vitest'
import { detailText, tableText } from './table.ts'
import { bytesText, cutTo, durationText, printable, widthOf } from './text.ts'

describe('tableText', () => {
  const columns = [{ title: 'name' }, { title: 'count', align: 'right' as const }]

  it('aligns columns by what a terminal shows', () => {
    expect(
      tableText(columns, [
        ['日本', '1'],
        ['e\u0301te', '12,345'],
        ['\u001b[31mred\u001b[39m', '2'],
      ]),
    ).toBe('name   count\n日本       1\ne\u0301te   12,345\n\u001b[31mred\u001b[39m        2\n')
  })

  it('never cuts what is to be copied', () => {
    const text = tableText([{ title: 'id', isWhole: true }, { title: 'title' }], [['i'.repeat(30), 't'.repeat(30)]], {
      width: 45,
    })
    expect(text.split('\n')[1]).toBe(`${'i'.repeat(30)}  ${'t'.repeat(12)}…`)
  })

  it('cuts the widest columns where the terminal is narrow', () => {
    const text = tableText(columns, [['a'.repeat(60), '7']], { width: 30 })
    expect(text.split('\n')[1]).toBe(`${'a'.repeat(22)}…      7`)
  })
})

it('puts several lines of a value under each other, and leaves out what is empty', () => {
  expect(
    detailText([
      ['id', 'x'],
      ['empty', ''],
      ['title', 'one\ntwo'],
    ]),
  ).toBe('id     x\ntitle  one\n       two\n')
})

it.each([
  ['\u001b]0;gone\u0007x', '\ufffd]0;gone\ufffdx'],
  ['a\r\nb\tc', 'a b c'],
  ['\u202egnp.exe', '\ufffdgnp.exe'],
])('takes from %j what would steer a terminal', (text, shown) => expect(printable(text)).toBe(shown))

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 KB'],
  [123_456, '123 KB'],
  [999_999, '1.0 MB'],
  [64_000_000_000, '64.0 GB'],
])('shows %d bytes as %s', (bytes, text) => expect(bytesText(bytes)).toBe(text))

it.each([
  [400, '0.4 s'],
  [12_300, '12 s'],
  [185_000, '3 min 5 s'],
])('shows %d ms as %s', (ms, text) => expect(durationText(ms)).toBe(text))

it('cuts by width, not by characters', () => {
  expect(cutTo('日本語', 5)).toBe('日本…')
  expect(widthOf(cutTo('日本語', 4))).toBeLessThanOrEqual(4)
})
