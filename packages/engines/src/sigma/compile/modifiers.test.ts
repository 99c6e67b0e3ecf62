import { describe, expect, it } from 'vitest'
import type { FieldValue } from '../../event/index.ts'
import { compileOne, eventOf, matches, ruleYaml } from '../testing.ts'

/** An item of a selection, values of its field that it takes, and values that it does not; undefined is an absent field. */
type Row = [item: string, taken: (FieldValue | undefined)[], refused: (FieldValue | undefined)[]]

const deep = 'äöü'
const rows: Record<string, Row[]> = {
  'plain values': [
    [`F: abc`, ['abc', 'ABC', ['x', 'Abc']], ['abcd', 'xabc', '', null, undefined, [], ['x']]],
    [`F: [abc, def]`, ['abc', 'DEF'], ['ab', undefined]],
    [`F: Ä${deep}`, ['ä'.toUpperCase() + deep.toUpperCase()], ['a']],
    [`F: ΟΔΟΣ`, ['οδος', 'οδοσ', 'ΟΔΟΣ'], ['οδο']],
    [`F: 1`, [1, '1', ['2', 1]], [2, '01', true, '1.0', undefined]],
    [`F: '1'`, [1, '1'], [10]],
    [`F: -1.5`, [-1.5, '-1.5'], [1.5]],
    [`F: 12345678901234567890`, ['12345678901234567890'], ['12345678901234567000']],
    [`F: true`, [true, 'true', 'TRUE'], [false, 1, 'yes', undefined]],
    [`F: ''`, ['', ['a', '']], [null, undefined, ' ', []]],
    [`F: null`, [null, undefined, [], [null]], ['', 'null', 0, false, ['a', null]]],
  ],
  'wildcards and escapes': [
    [`F: 'a*c'`, ['ac', 'abc', 'aBBc', 'a\nc'], ['acd', 'bac']],
    [`F: 'a?c'`, ['abc', 'a*c', 'a😀c'], ['ac', 'abbc']],
    [`F: '*'`, ['', 'x', 5, false], [null, undefined, []]],
    [`F: '?*'`, ['x', 'xy'], ['', undefined]],
    [String.raw`F: 'a\*c'`, ['a*c'], ['abc', 'a\\*c']],
    [String.raw`F: 'a\?c'`, ['a?c'], ['abc']],
    [String.raw`F: 'a\\*c'`, ['a\\c', 'a\\xyzc'], ['a*c', 'abc']],
    [String.raw`F: 'a\\\*c'`, ['a\\*c'], ['a\\bc']],
    [String.raw`F: 'C:\Windows\x'`, ['c:\\windows\\X'], ['C:Windowsx']],
    [String.raw`F: '\\\\server\share'`, ['\\\\server\\share'], ['\\server\\share', '\\\\\\\\server\\share']],
    [String.raw`F: 'a\'`, ['a\\'], ['a']],
    [`F: 'a*b*c'`, ['abc', 'aXbYbZc'], ['acb', 'ab']],
    [`F: '*ab?'`, ['abx', 'ababx', 'aba'], ['ab', 'abab']],
    [`F|contains: 'a*b'`, ['xaYYbz', 'ab'], ['ba']],
    [`F|contains: 'a?b?c'`, ['xxaXbYcxx'], ['abc']],
  ],
  'contains, startswith, endswith': [
    [`F|contains: bc`, ['abcd', 'BC', ['x', 'abc']], ['b c', '', null, undefined]],
    [`F|contains: 34`, [12345, '12345'], [12453]],
    [`F|startswith: ab`, ['abc', 'AB'], ['cab', '', undefined]],
    [`F|endswith: bc`, ['abc', 'BC'], ['bcd', undefined]],
    [`F|endswith: ${deep}`, [`x${deep.toUpperCase()}`], ['x']],
    [`F|startswith: ${deep}`, [`${deep.toUpperCase()}x`], ['x']],
    [`F|contains: ''`, ['', 'x'], [null, undefined]],
    [`F|startswith|endswith: bc`, ['bc', 'abcd', 'bcx', 'xbc'], ['b c']],
    [`F|startswith|contains: bc`, ['abcd'], ['b']],
    [`F|re|startswith|endswith: 'b+c'`, ['abbcd'], ['b']],
  ],
  'all and neq': [
    [`F|contains|all: [ab, cd]`, ['abcd', 'cd ab', ['ab', 'cd']], ['ab', undefined]],
    [`F|neq: a`, ['b', undefined, null, []], ['a', 'A', ['b', 'a']]],
    [`F|neq: [a, b]`, ['c', undefined], ['a', 'b']],
    [`F|neq: 5`, [6, '6'], [5, '5']],
    [`F|contains|neq: a`, ['b'], ['cab']],
    [`F|neq: null`, ['', 'x', 0], [null, undefined]],
    [`F|contains|all|neq: [a, b]`, ['a', 'c'], ['ab']],
  ],
  exists: [
    [`F|exists: true`, ['', null, 0, 'x', []], [undefined]],
    [`F|exists: false`, [undefined], ['', null, 'x']],
  ],
  cased: [
    [`F|cased: aBc`, ['aBc'], ['abc', 'ABC']],
    [`F|contains|cased: aBc`, ['xaBcx'], ['xabcx', 'xABCx']],
    [`F|cased|startswith: 'aB?'`, ['aBcd'], ['abcd', 'aB']],
    [`F|endswith|cased: ${deep}`, [`x${deep}`], [`x${deep.toUpperCase()}`]],
  ],
  windash: [
    [
      `F|contains|windash: ' -enc '`,
      ['x -enc y', 'x /ENC y', 'x –enc y', 'x —enc y', 'x ―enc y'],
      ['x enc y', 'x _enc y'],
    ],
    [`F|contains|windash: '/a-b'`, ['-a-b', '/a-b'], ['-a/b']],
    [`F|windash: '-a -b'`, ['/a —b', '-a -b'], ['-a b']],
    [`F|windash: ' -é'`, [' /é', ' –É'], ['é']],
    [`F|windash: 'é-a'`, ['é-a'], ['é/a']],
    [`F|contains|windash|all: ['-a', '/b']`, ['x /a –b'], ['-a', 'x+a /b']],
  ],
  encodings: [
    [`F|base64: foobar`, ['Zm9vYmFy'], ['foobar']],
    [`F|base64: fooba`, ['Zm9vYmE='], ['Zm9vYmE']],
    [`F|base64|contains: foob`, ['xxZm9vYg==xx'], ['Zm9vYmFy']],
    [`F|base64offset|contains: foobar`, ['xxZm9vYmFyxx', 'IGZvb2Jhcg==', 'ICBmb29iYXI='], ['foobar', 'Zm9v']],
    [`F|wide|base64offset|contains: cmd`, ['YwBtAGQA', 'xxYwBtAGQAxx'], ['Y21k', 'xxYwBtAGQxx']],
    [`F|utf16le|base64: cmd`, ['YwBtAGQA'], ['AGMAbQBk']],
    [`F|utf16be|base64: cmd`, ['AGMAbQBk'], ['YwBtAGQA']],
    [`F|utf16|base64: cmd`, ['//5jAG0AZAA='], ['YwBtAGQA']],
    [`F|base64: ä`, ['w6Q='], ['5A==']],
    [`F|wide|contains: ab`, ['xa\0b\0x'], ['ab']],
    [`F|utf16|contains: 'a*b'`, ['\xff\xfea\0xb\0'], ['a\0xb\0', '\xff\xfea\0\xff\xfe']],
    [`F|utf16be|startswith: ab`, ['\0a\0bx'], ['a\0b\0', 'x\0a\0b']],
    // Encoded twice, in the order of the modifiers.
    [`F|base64|base64: foobar`, ['Wm05dlltRnk='], ['Zm9vYmFy']],
    [`F|base64|base64offset|contains: foobar`, ['xxWm05dlltRnkxx', 'IFptOXZZbUZ5'], ['Zm9vYmFy']],
    [`F|base64|wide|base64: a`, ['WQBRAD0APQA='], ['YQA=', 'YQ==']],
    [`F|wide|windash|base64offset|contains: ' -e'`, ['xIAAtAGUAxx', 'IAAvAGUA', 'IAATIGUA'], ['IAArAGUA']],
  ],
  re: [
    [`F|re: 'a+b'`, ['xaab', 'ab'], ['AAB', 'b', undefined]],
    [`F|re: '^a.c$'`, ['abc'], ['xabc', 'a\nc']],
    [`F|re|i: 'abc'`, ['xABCx'], ['ab']],
    [`F|re|s: 'a.c'`, ['a\nc'], ['ac']],
    [`F|re|m: '^b$'`, ['a\nb\nc'], ['ab']],
    [`F|re: '^.{1500,}$'`, ['x'.repeat(1500), 'x'.repeat(4000)], ['x'.repeat(1499)]],
    // What is too long for a large expression is searched in part, and never taken to end where the part does.
    [`F|re: 'b.{1000}c'`, [`b${'x'.repeat(1000)}c${'x'.repeat(50_000)}`], [`${'x'.repeat(50_000)}b`]],
    [
      `F|re: 'b.{1000}c$'`,
      [`${'x'.repeat(50_000)}b${'x'.repeat(1000)}c`],
      [`b${'x'.repeat(1000)}c${'x'.repeat(50_000)}`],
    ],
    [`F|re: '^x{1000,9000}$'`, ['x'.repeat(1000)], ['x'.repeat(9001)]],
    [`F|re: 'b$'`, ['ab', 'ab\n'], ['ab\n\n', 'ab\nc', 'ab ']],
    [`F|re: '^(?:a|b$)'`, ['b\n', 'ax'], ['b\nx']],
    [String.raw`F|re: 'a\$[$x]$'`, ['a$$', 'a$x\n'], ['a\n', 'a$\n']],
    [`F|re|ignorecase: 'abc'`, ['xABCx'], ['ab']],
    [`F|re|multiline|dotall: '^b$.c'`, ['a\nb\nc'], ['abc']],
    [`F|re|i|s: 'A.C'`, ['xa\ncx'], ['ac']],
    [`F|re: 'foo|bar'`, ['xbar', 'foo'], ['fo']],
    [`F|re|startswith: 'a|b'`, ['bx'], ['xb']],
    [`F|re|endswith: 'a|b'`, ['xa'], ['ax']],
    [`F|re: '\\d{2}'`, [12, '7 42'], [1]],
    [`F|re: 'ab*c'`, ['ac', 'abbc'], ['ab']],
    [`F|re: 'x(ab)?y+z'`, ['xyz', 'xabyyz'], ['xz']],
    [`F|re: '[a-c]x\\.y'`, ['bx.y'], ['bxzy', 'x.y']],
  ],
  cidr: [
    [
      `F|cidr: 10.0.0.0/8`,
      ['10.1.2.3', ['x', '10.0.0.1'], '::ffff:10.1.1.1'],
      ['11.0.0.1', '10.1.2', 'x', '010.1.2.3', 10],
    ],
    [
      `F|cidr: [192.0.2.0/24, '2001:db8::/32']`,
      ['192.0.2.255', '2001:DB8:1::5'],
      ['192.0.3.0', '2001:db9::', undefined],
    ],
    [`F|cidr: 0.0.0.0/0`, ['203.0.113.9'], ['2001:db8::1']],
    [`F|cidr: 198.51.100.7`, ['198.51.100.7'], ['198.51.100.8']],
    [`F|cidr: '2001:db8::ff00/121'`, ['2001:db8::ff7f'], ['2001:db8::ff80']],
  ],
  comparisons: [
    [`F|lt: 5`, [4, '4.9', -1, [9, 3]], [5, 'x', '', true, undefined]],
    [`F|lte: 5`, [5, '5'], [5.1]],
    [`F|gt: 5`, ['6', 1e9], [5, '0x10']],
    [`F|gte: -1.5`, [-1.5, 0], [-2]],
    [`F|gt: [10, 5]`, [6], [5]],
    [`F|gt|neq: 5`, [5, 'x', undefined], [6]],
  ],
  'parts of dates': [
    [`F|minute: 7`, ['2026-11-21T10:07:59Z', 1_795_255_620], ['2026-11-21T10:08:00Z', '2026-11-21']],
    [`F|hour: 10`, ['2026-11-21 10:07', '2026-11-21T10:00:00+05:00'], ['2026-11-21T22:00:00', 'ten']],
    [`F|hour|gte: 20`, ['2026-11-21T20:00:00'], ['2026-11-21T19:59:59']],
    [`F|day: 21`, ['2026-11-21'], ['2026-11-12']],
    [`F|week: [1, 53]`, ['2026-01-01', '2027-01-03', '2024-12-30'], ['2026-12-27', '2024-12-29']],
    [`F|month: 11`, ['2026-11-21'], ['2026-13-01', '2026-10-11']],
    [`F|year|lt: 2000`, ['1999-12-31', 915_148_799], ['2000-01-01', 946_684_800_000]],
  ],
}

describe.each(Object.entries(rows))('%s', (_, table) => {
  it.each(table)('%s', (item, taken, refused) => {
    const rule = compileOne(ruleYaml(`sel:\n  ${item}\ncondition: sel`))
    const answer = (value: FieldValue | undefined): boolean =>
      matches(rule, eventOf(value === undefined ? {} : { F: value }))
    expect(taken.map((value) => [value, answer(value)])).toEqual(taken.map((value) => [value, true]))
    expect(refused.map((value) => [value, answer(value)])).toEqual(refused.map((value) => [value, false]))
  })
})

describe('fieldref', () => {
  const cases: [string, Record<string, FieldValue>, boolean][] = [
    ['A|fieldref: B', { A: 'x', B: 'X' }, true],
    ['A|fieldref: B', { A: 'x', B: 'y' }, false],
    ['A|fieldref: B', { A: 'x' }, false],
    ['A|fieldref: B', {}, false],
    ['A|fieldref: B', { A: null, B: null }, false],
    ['A|fieldref: B', { A: ['a', 'b'], B: ['c', 'B'] }, true],
    ['A|fieldref|cased: B', { A: 'x', B: 'X' }, false],
    ['A|fieldref|endswith: B', { A: 'C:\\a.exe', B: 'A.EXE' }, true],
    ['A|fieldref|startswith: B', { A: 'ab', B: 'b' }, false],
    ['A|fieldref|contains: B', { A: 'abc', B: 'b' }, true],
    ['A|fieldref|neq: B', { A: 'abc', B: 'b' }, true],
    ['A|fieldref|startswith|endswith: B', { A: 'abc', B: 'b' }, true],
    ['A|fieldref|startswith|neq: B', { A: 'abc', B: 'AB' }, false],
    ['A|fieldref|neq: B', { A: 'abc' }, true],
    ['A|fieldref: B', { A: 1, B: '1' }, true],
  ]
  it.each(cases)('%s on %o is %s', (item, fields, expected) => {
    expect(matches(compileOne(ruleYaml(`sel:\n  ${item}\ncondition: sel`)), eventOf(fields))).toBe(expected)
  })
})

describe('expand', () => {
  const placeholders = new Map([
    ['servers', ['srv*', 'dc01']],
    ['none', []],
  ])
  const cases: [string, FieldValue, boolean][] = [
    ['F|expand: "%servers%"', 'SRV-77', true],
    ['F|expand: "%servers%"', 'dc01', true],
    ['F|expand: "%servers%"', 'dc011', false],
    ['F|contains|expand: "x%servers%"', 'aaxdc01bb', true],
    ['F|expand: "%none%"', 'anything', false],
    [String.raw`F|expand: '\%plain%servers%'`, '%plaindc01', true],
    ['F: "%servers%"', '%servers%', true],
    ['F|expand: plain', 'plain', true],
  ]
  it.each(cases)('%s on %s is %s', (item, value, expected) => {
    const rule = compileOne(ruleYaml(`sel:\n  ${item}\ncondition: sel`), { placeholders })
    expect(matches(rule, eventOf({ F: value }), { placeholders })).toBe(expected)
  })

  it('rejects a rule whose placeholders nobody can fill in', () => {
    expect(() => compileOne(ruleYaml('sel:\n  F|expand: "%servers%"\ncondition: sel'))).toThrow(
      'SIGMA_PLACEHOLDER_UNKNOWN',
    )
  })
})
