import type { IndicatorType } from '@watchfloor/contracts/intel'
import { describe, expect, it } from 'vitest'
import { coveringIndicators } from './covering.ts'
import { naiveRows, sampleIndicators, sampleValue, seededNumbers } from './testing.ts'
import { compileWarningLists, WarningLists, type WarningListText } from './warning-lists.ts'

const list = (type: WarningListText['type'], entries: string[], appliesTo: IndicatorType[] = []): WarningListText => ({
  type,
  entries,
  appliesTo,
})
const lists = new WarningLists(
  compileWarningLists([
    list('cidr', ['198.51.100.0/24', '2001:db8::/32', '203.0.113.7']),
    list('hostname', ['good.example', '.cdn.example']),
    list('string', ['exact.example', 'd41d8cd98f00b204e9800998ecf8427e']),
    list('substring', ['@Throwaway.']),
    list('regex', ['/^sink[0-9]+\\.example$/i', '((']),
    list('hostname', ['names-only.example'], ['domain']),
  ]),
)
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
  ])('%s %s', (type, value, expected) => {
    expect(covers(type, value)).toEqual(expected)
  })
})

describe('what covers a value, written out', () => {
  it('is what the index would meet', () => {
    for (let seed = 1; seed < 6; seed++) {
      const indicators = sampleIndicators(500, seed)
      const below = seededNumbers(seed)
      for (let turn = 0; turn < 200; turn++) {
        const [type, kind] = (
          [
            ['ipv4', 'ip'],
            ['ipv6', 'ip'],
            ['domain', 'domain'],
            ['url', 'url'],
            ['file-name', 'file'],
            ['registry-key', 'registry'],
          ] as const
        )[below(6)]!
        const value = sampleValue(type, below)
        const wanted = new Set(coveringIndicators({ type, value }).map((one) => `${one.type} ${one.value}`))
        const found = indicators
          .filter((one) => wanted.has(`${one.type} ${one.value}`) && (kind !== 'url' || one.type === 'url'))
          .map((one) => one.row)
        const asked = kind === 'url' ? value.slice('http://'.length) : value
        const unending = indicators.map((one) => ({ ...one, expiryMinute: 0 }))
        expect(found, `${type} ${value}`).toEqual(naiveRows(unending, { kind, value: asked }, 0))
      }
    }
  })
})
