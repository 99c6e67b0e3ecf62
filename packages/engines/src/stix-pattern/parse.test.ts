import { describe, expect, it } from 'vitest'
import { checkStixPattern, compileStixPattern } from './compile.ts'
import { caretLines } from './diagnostics.ts'
import { parseStixPattern } from './parse.ts'
import { printStixPattern } from './print.ts'
import { type Dice, diceOf, randomComparisons, randomObservations } from './testing.ts'

const printed = (text: string): string => {
  const { pattern, diagnostics } = parseStixPattern(text)
  if (pattern === undefined) throw new Error(`${text}: ${JSON.stringify(diagnostics.list)}`)
  return printStixPattern(pattern)
}

const said = (text: string, version: '2.0' | '2.1' = '2.1'): string[] =>
  checkStixPattern(text, version).diagnostics.map(
    ({ code, level, line, column }) => `${level} ${code} ${line}:${column}`,
  )

describe('reading and printing', () => {
  it.each([
    ['[a:b=1]', '[a:b = 1]'],
    ["[ a:b == 'it\\'s' ]", "[a:b = 'it\\'s']"],
    ['[a:b <> 1 OR a:c = 2 AND a:d = 3]', '[a:b != 1 OR a:c = 2 AND a:d = 3]'],
    ['[(a:b = 1 OR a:c = 2) AND a:d = 3]', '[(a:b = 1 OR a:c = 2) AND a:d = 3]'],
    ['[a:b=1]AND[a:b=2]OR[a:b=3]FOLLOWEDBY[a:b=4]', '[a:b = 1] AND [a:b = 2] OR [a:b = 3] FOLLOWEDBY [a:b = 4]'],
    ['[a:b=1] AND ([a:b=2] OR [a:b=3])', '[a:b = 1] AND ([a:b = 2] OR [a:b = 3])'],
    ['([a:b=1] REPEATS 2 TIMES) REPEATS 3 TIMES', '([a:b = 1] REPEATS 2 TIMES) REPEATS 3 TIMES'],
    ['(([a:b=1])) WITHIN .5 SECONDS', '[a:b = 1] WITHIN .5 SECONDS'],
    ["[a:'b-c'[*].d[0] NOT IN (1,2.5)] // end", "[a:'b-c'[*].d[0] NOT IN (1, 2.5)]"],
    ["[EXISTS a:b /* why */ AND a:b MATCHES'^x']", "[EXISTS a:b AND a:b MATCHES '^x']"],
    ['[ NOT\nEXISTS a:b]', '[NOT EXISTS a:b]'],
  ])('%s', (text, expected) => {
    expect(printed(text)).toBe(expected)
  })

  it('prints what parses to the same', () => {
    for (let seed = 0; seed < 2_000; seed++) {
      const dice = diceOf(seed)
      const text = randomObservations(dice, 3).replace(/\[[^\]]*\]/g, () => `[${randomComparisons(dice, 2)}]`)
      const once = printed(text)
      expect(withoutPlaces(parseStixPattern(once).pattern), `seed ${seed}: ${text}`).toEqual(
        withoutPlaces(parseStixPattern(text).pattern),
      )
      expect(printed(once)).toBe(once)
    }
  })

  it('never throws, and says what is wrong with what it refuses', () => {
    const good =
      "([a:b = 'x' AND a:c[*].d IN (1, 2)] FOLLOWEDBY [EXISTS a:'q']) WITHIN 5 SECONDS START t'2026-01-01T00:00:00Z' STOP t'2026-01-02T00:00:00Z'"
    for (let seed = 0; seed < 10_000; seed++) {
      const dice = diceOf(seed)
      const text = seed % 4 === 0 ? noise(dice) : damaged(dice, good)
      const compiled = compileStixPattern(text, seed % 2 === 0 ? '2.0' : '2.1')
      if (!compiled.ok) expect(compiled.diagnostics.some(({ level }) => level === 'error')).toBe(true)
      for (const { offset, length, remedy } of compiled.diagnostics) {
        expect(offset >= 0 && offset + length <= text.length + 1 && remedy !== '').toBe(true)
      }
    }
  })
})

const withoutPlaces = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (key, one) => (key === 'span' || key === 'text' ? undefined : one)))

const noise = (dice: Dice): string =>
  Array.from({ length: dice(60) }, () => String.fromCharCode(dice(5) === 0 ? dice(65_536) : 32 + dice(95))).join('')

function damaged(dice: Dice, text: string): string {
  let damagedText = text
  for (let left = 1 + dice(4); left > 0; left--) {
    const at = dice(damagedText.length)
    const put = dice(3) === 0 ? '' : damagedText.slice(dice(damagedText.length)).slice(0, 1 + dice(8))
    damagedText = damagedText.slice(0, at) + put + damagedText.slice(at + dice(4))
  }
  return damagedText
}

describe('diagnostics', () => {
  it.each([
    ['file:size = 1280', ['error STIX_MISSING_BRACKETS 1:1']],
    ['', ['error STIX_PATTERN_EMPTY 1:1']],
    ['[file.size = 1280]', ['error STIX_BAD_OBJECT_PATH 1:6']],
    ['[a:b = 1] within 2 SECONDS', ['error STIX_UNEXPECTED_TOKEN 1:11']],
    ['[a:b = 1] WITHIN 5 HOURS', ['error STIX_BAD_QUALIFIER 1:20']],
    ["[a:b = t'2026-13-01T00:00:00Z']", ['error STIX_BAD_TIMESTAMP 1:8']],
    ["[a:b = h'f']", ['error STIX_BAD_HEX 1:8']],
    ["[a:b = b'===='\n AND a:c = nothing]", ['error STIX_BAD_BASE64 1:8', 'error STIX_BAD_VALUE 2:12']],
    ["[a:b = 'x", ['error STIX_UNCLOSED_STRING 1:8']],
    ["[a:b = '\\d']", ['error STIX_BAD_ESCAPE 1:9']],
    ['[a:b = 007]', ['error STIX_BAD_NUMBER 1:8']],
    ["[a:b IN (1, 'x')]", ['error STIX_MIXED_SET 1:13']],
    ['[a:b > true]', ['error STIX_BAD_VALUE 1:8']],
    ['[NOT a:b = 1]', ['error STIX_UNEXPECTED_TOKEN 1:6']],
    ["[a:b = b'']", ['error STIX_BAD_BASE64 1:8']],
    ["[a:b = h'']", []],
    ["[a:b MATCHES '(?=x)']", ['error STIX_BAD_REGEX 1:14']],
    [`[a:b MATCHES '${'a{1000}'.repeat(900)}']`, ['error STIX_BAD_REGEX 1:14']],
    ["[a:b MATCHES '(']", ['error STIX_BAD_REGEX 1:14']],
    ["[a:b ISSUBSET '198.51.100.0/33']", ['error STIX_BAD_NETWORK 1:15']],
    ['[a:b-c = 1]', ['error STIX_BAD_OBJECT_PATH 1:4']],
    ['[a:b = 1] REPEATS 0 TIMES', ['error STIX_BAD_QUALIFIER 1:19']],
    ['[a:b = 1 AND c:d = 2]', ['warning STIX_DIFFERENT_OBJECTS 1:2']],
    ['[a:b = 1] WITHIN 5 SECONDS', ['warning STIX_WITHIN_ONE 1:11']],
    ['([a:b = 1] REPEATS 2 TIMES) REPEATS 2 TIMES', []],
    ['[a:b = 1] REPEATS 2 TIMES REPEATS 2 TIMES', ['invalid STIX_DUPLICATE_QUALIFIER 1:27']],
    ["[file:hashes.MD5 IN ('f')]", ['invalid STIX_BAD_HASH 1:21']],
    ["[a:b = t'2026-02-30T00:00:00Z']", ['warning STIX_NO_SUCH_DAY 1:8']],
    ['[a:b[-1] = 1]', ['warning STIX_NEGATIVE_INDEX 1:2']],
    ["[a:b = 1] START t'2026-01-02T00:00:00Z' STOP t'2026-01-01T00:00:00Z'", ['invalid STIX_EMPTY_INTERVAL 1:11']],
  ])('%s', (text, expected) => {
    expect(said(text)).toEqual(expected)
  })

  it('knows the ways of both versions', () => {
    const strings = "[a:b = 1] START '2026-01-01T00:00:00Z' STOP '2026-01-02T00:00:00Z'"
    expect(said(strings, '2.0')).toEqual([])
    expect(said(strings)).toEqual(['error STIX_BAD_QUALIFIER 1:17'])
    expect(said('[EXISTS a:b]', '2.0')).toEqual(['error STIX_BAD_OBJECT_PATH 1:2'])
    expect(said('[NOT EXISTS a:b]', '2.0')[0]).toBe('error STIX_BAD_OBJECT_PATH 1:2')
  })

  it('refuses what is too long, too deep or too large', () => {
    expect(said(`[a:b = '${'x'.repeat(100_000)}']`)).toEqual(['error STIX_PATTERN_TOO_LONG 1:100001'])
    expect(said(`${'('.repeat(200)}[a:b = 1]${')'.repeat(200)}`)[0]).toContain('STIX_PATTERN_TOO_DEEP')
    expect(said(`[${'('.repeat(20_000)}a:b = 1]`)[0]).toContain('STIX_PATTERN_TOO_DEEP')
    expect(said(Array(1_100).fill('[a:b=1]').join('AND'))[0]).toContain('STIX_PATTERN_TOO_LARGE')
    expect(said('[a:b=1] REPEATS 9999 TIMES AND [a:b=1] REPEATS 9999 TIMES')[0]).toContain('STIX_PATTERN_TOO_LARGE')
    expect(said('(([a:b=1] FOLLOWEDBY [a:b=2]) REPEATS 9999 TIMES) REPEATS 9999 TIMES')[0]).toContain(
      'STIX_PATTERN_TOO_LARGE',
    )
  })

  it('puts a caret under the place', () => {
    const [diagnostic] = checkStixPattern('[a:b = 1]\nAND [a:c = x]').diagnostics
    expect(caretLines('[a:b = 1]\nAND [a:c = x]', diagnostic!)).toEqual(['AND [a:c = x]', '           ^'])
    const long = `[a:b = 1${' '.repeat(300)}x]`
    const [shown, caret] = caretLines(long, checkStixPattern(long).diagnostics[0]!)
    expect(shown.length).toBeLessThanOrEqual(100)
    expect(shown[caret.indexOf('^')]).toBe('x')
  })
})
