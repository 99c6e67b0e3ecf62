import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { coinOf } from './coins.ts'
import { defang } from './defang.ts'
import { distinctIndicators, extractIndicators } from './extract.ts'
import { refangText } from './refanged-text.ts'

const told = (text: string) => extractIndicators(text).found.map(({ type, value }) => `${type} ${value}`)
const sha256 = '275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f'

describe('indicators of a text', () => {
  it.each<[string, string[]]>([
    ['It beacons to 198.51.100.7 and 203[.]0[.]113[.]9:8443.', ['ipv4 198.51.100.7', 'ipv4 203.0.113.9']],
    [
      'See 198.51.100.0/24, 2001:db8::1 and 2001:db8:1::/48.',
      ['cidr 198.51.100.0/24', 'ipv6 2001:db8::1', 'cidr 2001:db8:1::/48'],
    ],
    ['Fixed in version 10.2.3.4, at 12:30:45 on aa:bb:cc:dd:ee:ff', []],
    ['visit hxxps://evil[.]example[.]com/gate.php?id=1).', ['url https://evil.example.com/gate.php?id=1']],
    [
      '(http://www.example.org/a_(b)) hxxp[:]//198.51.100.7/x',
      ['url http://www.example.org/a_(b)', 'url http://198.51.100.7/x'],
    ],
    ['evil . example . com is words, evil [.] example [.] com is not', ['domain evil.example.com']],
    [
      'evil[dot]example(dot)com and bad{.}example.net, evil\\.example.org',
      ['domain evil.example.com', 'domain bad.example.net', 'domain evil.example.org'],
    ],
    ['Mail mallory[@]example[.]com or eve(at)example.org!', ['email mallory@example.com', 'email eve@example.org']],
    [`MD5 D41D8CD98F00B204E9800998ECF8427E, ${sha256}.`, ['md5 d41d8cd98f00b204e9800998ecf8427e', `sha256 ${sha256}`]],
    ['00000000000000000000000000000000 says nothing', []],
    [
      'CVE-2021-44228 and cve–2017–0144 (T1059.001, TA0002, T10591)',
      ['cve CVE-2021-44228', 'cve CVE-2017-0144', 'attack-technique T1059.001', 'attack-tactic TA0002'],
    ],
    [
      'drops invoice.exe, main.py and readme.md; loads evil.dll.',
      ['file-name invoice.exe', 'file-name main.py', 'file-name readme.md', 'file-name evil.dll'],
    ],
    ['archive.zip is a file, archive[.]zip a name', ['file-name archive.zip', 'domain archive.zip']],
    ['ASP.NET and System.IO. It ended.It began. e.g. this, i.e. that', []],
    ['C:\\Program Files\\Evil Corp\\run.exe was seen', ['file-name /program files/evil corp/run.exe']],
    ['copied to %APPDATA%\\Microsoft\\evil.dll, then', ['file-name %appdata%/microsoft/evil.dll']],
    ['wrote /etc/cron.d/evil and /tmp/.x/miner.', ['file-name /etc/cron.d/evil', 'file-name /tmp/.x/miner']],
    [
      'HKLM\\Software\\Microsoft\\Windows NT\\CurrentVersion\\Run is set',
      ['registry-key hklm\\software\\microsoft\\windows nt\\currentversion\\run'],
    ],
    [
      'pay to 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa or 0x52908400098527886E0F7030069857D2E4169EE7',
      [
        'crypto-address 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa',
        'crypto-address 0x52908400098527886E0F7030069857D2E4169EE7',
      ],
    ],
    ['münchen.example.de und WWW.EXAMPLE.COM', ['domain xn--mnchen-3ya.example.de', 'domain www.example.com']],
  ])('%s', (text, expected) => {
    expect(told(text)).toEqual(expected)
  })

  it('stand where they are said to', () => {
    const text = 'A: hxxp://evil[.]example[.]com/a, B: bad [.] example [.] org.'
    for (const { text: shown, start, end, isDefanged } of extractIndicators(text).found) {
      expect(text.slice(start, end)).toBe(shown)
      expect(isDefanged).toBe(true)
    }
    expect(extractIndicators(text).found.map((one) => one.text)).toEqual([
      'hxxp://evil[.]example[.]com/a',
      'bad [.] example [.] org',
    ])
  })

  it('are counted once each', () => {
    expect(distinctIndicators(extractIndicators('198.51.100.7 198[.]51[.]100[.]7').found)).toMatchObject([
      { type: 'ipv4', value: '198.51.100.7', count: 2 },
    ])
  })

  it('are cut off where the limits say', () => {
    expect(extractIndicators('198.51.100.7 198.51.100.8', { characters: 14, found: 9 })).toMatchObject({
      isCut: true,
      found: [{}],
    })
    expect(extractIndicators('198.51.100.7 198.51.100.8', { characters: 99, found: 1 })).toMatchObject({
      isCut: true,
      found: [{}],
    })
  })

  it('are not told around what was told before', () => {
    const { found } = extractIndicators('/tmp/HKLM\\@[.]')
    for (const [at, one] of found.entries()) expect(one.start).toBeGreaterThanOrEqual(found[at - 1]?.end ?? 0)
  })

  it('never overlap, lie within the text and are found again in it, whatever it holds', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc.constantFrom(
        '[.]',
        '.',
        '@',
        '://',
        'hxxp',
        'a',
        '198.51.100.7',
        'C:\\',
        '\\',
        '/tmp/',
        ' ',
        ':',
        'HKLM\\',
        '[at]',
        'com',
        sha256,
      ),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const text = pieces.join('')
        let last = 0
        for (const one of extractIndicators(text).found) {
          expect(one.start).toBeGreaterThanOrEqual(last)
          expect(one.end).toBeGreaterThan(one.start)
          expect(text.slice(one.start, one.end)).toBe(one.text)
          last = one.end
        }
        expect(last).toBeLessThanOrEqual(text.length)
      }),
      { numRuns: 300 },
    )
  })

  it.each([
    'a.',
    'a-',
    'a@',
    '1.',
    '1:',
    ':',
    'C:\\a',
    'http://',
    '[.]',
    'a[.]',
    '0',
    'ab',
    'HKLM\\a',
    '/tmp/',
    'T1059.',
    'é.',
    '(at)',
    ' [.] ',
  ])('of %j repeated are looked for in time that grows with the text alone', (piece) => {
    const time = (length: number) => {
      const text = piece.repeat(Math.ceil(length / piece.length))
      const began = performance.now()
      extractIndicators(text)
      return performance.now() - began
    }
    time(20_000)
    expect(time(400_000)).toBeLessThan(1500)
  })
})

describe('spellings that cannot be clicked', () => {
  it('are undone, and the places are kept', () => {
    const { text, originalAt } = refangText('x[.]y [.] z')
    expect(text).toBe('x.y.z')
    expect([0, 1, 2, 3, 4].map(originalAt)).toEqual([0, 1, 4, 5, 10])
  })
  it.each([
    ['url', 'https://evil.example/a.b'],
    ['ipv4', '198.51.100.7'],
    ['ipv6', '2001:db8::1'],
    ['domain', 'evil.example.com'],
    ['email', 'a@evil.example.com'],
    ['cidr', '198.51.100.0/24'],
  ] as const)('are made of %s %s, and undone again', (type, value) => {
    const shown = defang(type, value)
    expect(shown).not.toBe(value)
    expect(told(`seen: ${shown} today`)).toEqual([`${type} ${value}`])
  })
})

describe('addresses of currencies', () => {
  it.each([
    ['bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4', 'bitcoin'],
    ['bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0', 'bitcoin'],
    ['bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5', undefined],
    ['1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb', undefined],
    ['3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy', 'bitcoin'],
  ])('%s is %s', (word, kind) => {
    expect(coinOf(word)).toBe(kind)
  })
})
