import { type IndicatorType, indicatorTypes } from '@watchfloor/contracts/intel'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sampleValue, seededNumbers } from '../testing.ts'
import { canonicalIndicator } from './canonical.ts'
import { guessIndicatorType, readIndicator } from './guess.ts'

const sha256 = 'E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855'

describe('the one spelling of a value', () => {
  it.each<[IndicatorType, string, string]>([
    ['ipv4', ' 203[.]0[.]113[.]9 ', 'ipv4 203.0.113.9'],
    ['ipv4', '203.0.113.9/32', 'ipv4 203.0.113.9'],
    ['ipv6', '2001:DB8:0:0:0:0:0:1', 'ipv6 2001:db8::1'],
    ['ipv6', '::ffff:203.0.113.9', 'ipv4 203.0.113.9'],
    ['ipv6', '[2001:db8::1]', 'ipv6 2001:db8::1'],
    ['cidr', '203.0.113.77/24', 'cidr 203.0.113.0/24'],
    ['cidr', '2001:db8:ffff::/33', 'cidr 2001:db8:8000::/33'],
    ['cidr', '203.0.113.7/32', 'ipv4 203.0.113.7'],
    ['domain', 'Evil[.]EXAMPLE.', 'domain evil.example'],
    ['domain', '*.evil.example', 'domain evil.example'],
    ['domain', 'bücher.example', 'domain xn--bcher-kva.example'],
    ['domain', 'evil(dot)example', 'domain evil.example'],
    ['url', 'hxxps://user:pw@Evil[.]example:443/a/../%7Eb/%2f?Q=%41#frag', 'url https://evil.example/~b/%2F?Q=A'],
    ['url', 'evil.example/x', 'url http://evil.example/x'],
    ['url', 'http://203.0.113.9:8080', 'url http://203.0.113.9:8080/'],
    ['email', 'Mallory <Mallory[at]Evil.example>', 'email mallory@evil.example'],
    ['email', 'mailto:a@evil.example', 'email a@evil.example'],
    ['file-name', 'C:\\Users\\Public\\Evil.EXE', 'file-name /users/public/evil.exe'],
    ['file-name', 'Evil.exe', 'file-name evil.exe'],
    ['sha256', sha256, `sha256 ${sha256.toLowerCase()}`],
    ['ja4', 'T13D1516H2_8daaf6152771_b186095e22b6', 'ja4 t13d1516h2_8daaf6152771_b186095e22b6'],
    ['user-agent', '  Evil/1.0  ', 'user-agent Evil/1.0'],
    ['registry-key', 'HKEY_LOCAL_MACHINE\\Software\\Evil', 'registry-key hklm\\software\\evil'],
    ['registry-key', '\\REGISTRY\\MACHINE\\Software\\Evil\\', 'registry-key hklm\\software\\evil'],
    ['registry-key', 'HKU\\S-1-5-21-1-2-3-1001\\Software\\Evil', 'registry-key hkcu\\software\\evil'],
  ])('%s %s', (type, input, expected) => {
    const read = canonicalIndicator(type, input)
    expect('problem' in read ? read.problem : `${read.type} ${read.value}`).toBe(expected)
  })

  it.each<[IndicatorType, string, string]>([
    ['ipv4', '203.0.113.256', 'no IPv4'],
    ['ipv4', '203.0.113.01', 'no IPv4'],
    ['cidr', '0.0.0.0/0', 'too much of the internet'],
    ['cidr', '2000::/3', 'too much of the internet'],
    ['domain', 'com', 'single label'],
    ['domain', '203.0.113.9', 'no domain'],
    ['domain', 'evil example.org', 'no domain'],
    ['domain', 'bü cher/x.example', 'no domain'],
    ['url', 'http://', 'no URL'],
    ['email', '@evil.example', 'no e-mail'],
    ['file-name', 'C:\\folder\\', 'no file'],
    ['md5', sha256, '32 hexadecimal'],
    ['ja4', 'nothing', 'no JA4'],
    ['registry-key', 'Software\\Evil', 'hive'],
    ['user-agent', 'a\u0000b', 'control characters'],
    ['user-agent', 'a'.repeat(2001), 'longer than'],
    ['domain', '   ', 'empty'],
  ])('refuses %s %s', (type, input, expected) => {
    expect(canonicalIndicator(type, input)).toMatchObject({ problem: expect.stringContaining(expected) })
  })

  it('is the same when it is taken again', () => {
    const below = seededNumbers(11)
    for (let turn = 0; turn < 3000; turn++) {
      const type = indicatorTypes[below(indicatorTypes.length)]!
      const value = sampleValue(type, below)
      expect(canonicalIndicator(type, value)).toEqual({ type, value })
    }
    fc.assert(
      fc.property(fc.constantFrom(...indicatorTypes), fc.string({ unit: 'binary', maxLength: 80 }), (type, text) => {
        const once = canonicalIndicator(type, text)
        if (!('problem' in once)) expect(canonicalIndicator(once.type, once.value)).toEqual(once)
      }),
      { numRuns: 3000 },
    )
    fc.assert(
      fc.property(fc.webUrl({ withQueryParameters: true }), (text) => {
        const once = canonicalIndicator('url', text)
        if (!('problem' in once)) expect(canonicalIndicator('url', once.value)).toEqual(once)
      }),
    )
  })

  it('is found in time that grows with the text alone', () => {
    const began = performance.now()
    for (const type of indicatorTypes)
      for (const piece of ['[.]', 'a.', 'a:', 'xn--', '%41', '../', '\\\\', '(at)', '[', 'ü.', '<'])
        canonicalIndicator(type, piece.repeat(4000 / piece.length))
    expect(performance.now() - began).toBeLessThan(2000)
  })
})

describe('what a bare value is', () => {
  it.each<[string, IndicatorType | undefined]>([
    ['203.0.113.9', 'ipv4'],
    ['2001:db8::1', 'ipv6'],
    ['203.0.113.0/24', 'cidr'],
    ['evil[.]example', 'domain'],
    ['hxxp://evil.example/a', 'url'],
    ['evil.example/gate.php', 'url'],
    ['203.0.113.9:8443', 'url'],
    ['a@evil.example', 'email'],
    ['invoice.exe', 'file-name'],
    ['C:\\evil.dll', 'file-name'],
    ['d41d8cd98f00b204e9800998ecf8427e', 'md5'],
    ['da39a3ee5e6b4b0d3255bfef95601890afd80709', 'sha1'],
    [sha256, 'sha256'],
    ['HKLM\\Software\\Evil', 'registry-key'],
    ['t13d1516h2_8daaf6152771_b186095e22b6', 'ja4'],
    ['Mozilla/4.0 (compatible; Evil)', 'user-agent'],
    ['two words', undefined],
  ])('%s is %s', (text, type) => {
    expect(guessIndicatorType(text)).toBe(type)
  })

  it('says what it could not read', () => {
    expect(readIndicator('just words')).toMatchObject({ problem: expect.stringContaining('name its type') })
  })
})
