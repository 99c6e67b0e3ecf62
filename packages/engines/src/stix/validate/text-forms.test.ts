import { describe, expect, it } from 'vitest'
import { isLanguageTag } from './language-tag.ts'
import { textForms } from './text-forms.ts'

describe('forms of texts', () => {
  it.each<[keyof typeof textForms, readonly string[], readonly string[]]>([
    [
      'ipv4',
      ['198.51.100.7', '198.51.100.0/24', '0.0.0.0/0'],
      ['198.51.100', '256.1.1.1', '01.1.1.1', '198.51.100.0/33'],
    ],
    [
      'ipv6',
      ['2001:db8::1', '::', '2001:db8::/32', '::ffff:198.51.100.7', '1:2:3:4:5:6:7:8', 'fe80::1%eth0'],
      ['2001:db8', '1::2::3', ':::', '1:2:3:4:5:6:7:8:9', '12345::', '::/129', '198.51.100.7', '::1.2.3'],
    ],
    ['mac', ['d2:fb:49:24:37:18'], ['D2:FB:49:24:37:18', 'd2-fb-49-24-37-18', 'd2:fb:49:24:37']],
    [
      'domain',
      ['example.com', 'www.EXAMPLE.com.', 'xn--bcher-kva.example', 'bücher.example', 'localhost'],
      ['', '-a.example', 'a-.example', 'a_b.example', 'a..b', 'a b.example', `${'a'.repeat(64)}.example`],
    ],
    [
      'email',
      ['a@example.com', 'a.b+c@example.com', '"a b"@example.com'],
      ['a', '@example.com', 'A <a@example.com>', 'a@b c'],
    ],
    [
      'url',
      ['https://example.com/a?b=c#d', 'http://[2001:db8::1]:8080/', 'urn:isbn:1', 'mailto:a@example.com'],
      ['example.com', 'https://example.com/a b', 'https://example.com/%zz', 'http://a[b]/', 'http://a#b#c'],
    ],
    ['binary', ['', 'aGVsbG8=', 'aGVs'], ['aGVsbG8', 'a===', 'aGV$']],
    ['hex', ['00ff', 'DEADBEEF'], ['', 'f', '0x00']],
    ['registry-key', ['HKEY_LOCAL_MACHINE\\a', 'HKEY_CURRENT_USER\\HKLM'], ['HKLM\\a', 'hkcu']],
    [
      'cpe',
      ['cpe:2.3:a:microsoft:word:2000:*:*:*:*:*:*:*', 'cpe:2.3:a:a\\:b:c:*:*:*:*:*:*:*:*'],
      ['invalid', 'cpe:/a:a', 'cpe:2.3:a:a:b', 'cpe:2.3:x:a:b:*:*:*:*:*:*:*:*'],
    ],
    ['selector', ['id', 'labels.[0]', 'external_references.[1].url'], ['', 'a', 'labels[0]', 'labels.[x]']],
    ['charset', ['UTF-8', 'windows-1252'], ['utf8', 'bla']],
    ['media-type', ['text/plain', 'application/vnd.ms-excel'], ['text', 'bla/blub']],
  ])('%s', (form, right, wrong) => {
    const { holds } = textForms[form]
    expect(right.filter((text) => !holds(text))).toEqual([])
    expect(wrong.filter(holds)).toEqual([])
  })
  it('language tags', () => {
    const right = ['en', 'pt-BR', 'zh-Hant-TW', 'de-CH-1996', 'es-419', 'kok', 'sr-Cyrl']
    expect(right.filter((tag) => !isLanguageTag(tag))).toEqual([])
    expect(['', 'foo', 'eng', 'xx', 'en_US', 'en-', 'de-XX-YY-ZZ'].filter(isLanguageTag)).toEqual([])
  })
})
