import { describe, expect, it } from 'vitest'
import { csvLine } from './csv.ts'

describe('csvLine', () => {
  it.each([
    [['a', 1, true, null, undefined], 'a,1,true,,\r\n'],
    [['a,b', 'say "x"', 'two\nlines'], '"a,b","say ""x""","two\nlines"\r\n'],
    [['=1+1', '+cmd', '-2', '@sum', '\tx'], `"'=1+1","'+cmd","'-2","'@sum","'\tx"\r\n`],
    [[-2], '-2\r\n'],
  ])('writes %j', (values, line) => {
    expect(csvLine(values)).toBe(line)
  })
})
