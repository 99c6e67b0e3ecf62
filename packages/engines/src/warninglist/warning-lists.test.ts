import type { IndicatorType } from '@watchfloor/contracts/intel'
import { describe, expect, it } from 'vitest'
import { listAppliesTo } from './applies-to.ts'
import { compileWarningLists, type WarningListText } from './compile.ts'
import { WarningLists } from './warning-lists.ts'

const list = (type: WarningListText['type'], entries: string[], appliesTo: IndicatorType[] = []): WarningListText => ({
  type,
  entries,
  appliesTo,
})
const sha512 = 'cf83e135'.repeat(16)
const compiled = compileWarningLists([
  list('cidr', ['198.51.100.0/24', '2001:db8::/32', '203.0.113.7']),
  list('hostname', ['good.example', '.cdn.example']),
  list('string', ['exact.example', 'd41d8cd98f00b204e9800998ecf8427e', sha512]),
  list('substring', ['@Throwaway.']),
  list('regex', ['/^sink[0-9]+\\.example$/i', '((']),
  list('hostname', ['names-only.example'], ['domain']),
  list('string', ['listed.example', '.dotted.example'], ['domain', 'url']),
  list('hostname', ['.invalid']),
  list('cidr', ['300.1.1.1']),
])
const lists = new WarningLists(compiled)
const covers = (type: IndicatorType, value: string) =>
  lists.covering({ type, value }).map((hit) => `${hit.list} ${hit.entry}`)

describe('warning lists', () => {
  it.each<[IndicatorType, string, string[]]>([
    ['ipv4', '198.51.100.9', ['0 198.51.100.0/24']],
    ['ipv4', '203.0.113.7', ['0 203.0.113.7']],
    ['ipv4', '203.0.113.8', []],
    ['ipv6', '2001:db8::9', ['0 2001:db8::/32']],
    ['cidr', '198.51.100.128/25', ['0 198.51.100.0/24']],
    ['cidr', '198.51.0.0/16', []],
    ['domain', 'good.example', ['1 good.example']],
    ['domain', 'www.good.example', ['1 good.example']],
    ['domain', 'a.cdn.example', ['1 cdn.example']],
    ['domain', 'notgood.example', []],
    ['url', 'https://www.good.example/a?b', ['1 good.example']],
    ['url', 'http://198.51.100.9/a', ['0 198.51.100.0/24']],
    ['email', 'a@good.example', ['1 good.example']],
    ['domain', 'exact.example', ['2 exact.example']],
    ['domain', 'www.exact.example', []],
    ['md5', 'd41d8cd98f00b204e9800998ecf8427e', ['2 d41d8cd98f00b204e9800998ecf8427e']],
    ['email', 'x@throwaway.example', ['3 @throwaway.']],
    ['domain', 'SINK12.example', ['4 /^sink[0-9]+\\.example$/i']],
    ['domain', 'names-only.example', ['5 names-only.example']],
    ['url', 'http://names-only.example/', []],
    ['url', 'http://listed.example/a', ['6 listed.example']],
    ['url', 'http://www.listed.example/a', []],
    ['domain', 'www.dotted.example', ['6 dotted.example']],
    ['domain', 'a.b.invalid', ['7 invalid']],
    ['url', 'http://a.invalid/', ['7 invalid']],
  ])('%s %s', (type, value, expected) => {
    expect(covers(type, value)).toEqual(expected)
  })

  it('may be of networks that are wider than any indicator', () => {
    const wide = new WarningLists(compileWarningLists([list('cidr', ['0.0.0.0/0', 'ff00::/8'])]))
    expect(wide.covering({ type: 'ipv6', value: 'ff02::1' })).toEqual([{ list: 0, entry: 'ff00::/8' }])
    expect(wide.covering({ type: 'ipv4', value: '198.51.100.1' })).toEqual([{ list: 0, entry: '0.0.0.0/0' }])
  })

  it('cover values that no indicator is', () => {
    expect(lists.covering({ type: 'other', value: sha512.toUpperCase() })).toEqual([{ list: 2, entry: sha512 }])
  })

  it('tell which entries they cannot use', () => {
    expect(compiled.unusable).toEqual([
      { list: 4, entry: '((', problem: expect.stringContaining('expression') },
      { list: 8, entry: '300.1.1.1', problem: expect.stringContaining('neither') },
    ])
  })

  it('look for parts in time that does not grow with their number', () => {
    const parts = Array.from({ length: 20_000 }, (_, n) => `part${n}.example`)
    const many = new WarningLists(compileWarningLists([list('substring', parts)]))
    const began = performance.now()
    for (let n = 0; n < 2000; n++) many.covering({ type: 'email', value: `user${n}@mail.example` })
    expect(performance.now() - began).toBeLessThan(1000)
  })
})

describe('what a list speaks of', () => {
  it.each<[string[], unknown]>([
    [[], []],
    [
      ['ip-src|port', 'domain|ip'],
      ['ipv4', 'ipv6', 'cidr', 'domain'],
    ],
    [
      ['filename|sha256', 'ssdeep'],
      ['file-name', 'sha256'],
    ],
    [['azure-application-id'], 'none'],
  ])('%j', (attributes, types) => {
    expect(listAppliesTo(attributes)).toEqual(types)
  })
})
