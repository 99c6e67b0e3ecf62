import { describe, expect, it } from 'vitest'
import { type IndexedIndicator, IndicatorIndexBuilder, type IndicatorIndexOptions } from './builder.ts'
import { ipWordsOf } from './canonical/ip.ts'
import { urlKey } from './canonical/url.ts'
import { IndicatorIndex, type IndicatorMatch, isConfirmed } from './indicator-index.ts'
import { naiveRows, type Question, sampleIndicators, sampleValue, seededNumbers } from './testing.ts'

const options: IndicatorIndexOptions = { confirmation: 'inside', seed: 7, shared: false }

function indexOf(indicators: readonly IndexedIndicator[], more: Partial<IndicatorIndexOptions> = {}): IndicatorIndex {
  const builder = new IndicatorIndexBuilder({ ...options, ...more })
  for (const one of indicators) expect(builder.add(one), `${one.type} ${one.value}`).toBe(true)
  return new IndicatorIndex(builder.finish())
}

function ask(index: IndicatorIndex, { kind, value }: Question, nowMinute: number): IndicatorMatch[] {
  const found: IndicatorMatch[] = []
  if (kind === 'ip') index.ip(ipWordsOf(value)!, nowMinute, found)
  else if (kind === 'domain') index.domain(value, nowMinute, found)
  else if (kind === 'url') index.url(value, nowMinute, found)
  else if (kind === 'file') index.filePath(value, nowMinute, found)
  else if (kind === 'registry') index.registry(value, nowMinute, found)
  else if (kind === 'digest')
    index.digest(value.length === 32 ? 'md5' : value.length === 40 ? 'sha1' : 'sha256', value, nowMinute, found)
  else index.exact(kind, value, nowMinute, found)
  return found
}

const rowsOf = (found: readonly IndicatorMatch[]): number[] => found.map((match) => match.row).sort((a, b) => a - b)

function randomQuestion(below: (count: number) => number): Question {
  switch (below(9)) {
    case 0:
      return { kind: 'ip', value: sampleValue('ipv4', below) }
    case 1:
      return { kind: 'ip', value: sampleValue('ipv6', below) }
    case 2:
      return { kind: 'domain', value: sampleValue('domain', below) }
    case 3:
      return { kind: 'url', value: urlKey(sampleValue('url', below)) }
    case 4:
      return { kind: 'file', value: sampleValue('file-name', below) }
    case 5:
      return { kind: 'registry', value: sampleValue('registry-key', below) }
    case 6:
      return { kind: 'email', value: sampleValue('email', below) }
    case 7:
      return { kind: 'user-agent', value: sampleValue('user-agent', below) }
    default:
      return { kind: 'digest', value: sampleValue((['md5', 'sha1', 'sha256'] as const)[below(3)]!, below) }
  }
}

describe('the indicator index', () => {
  it.each([
    { confirmation: 'inside', shared: false },
    { confirmation: 'by-store', shared: true },
  ] as const)('answers as going through the whole list does: %o', (more) => {
    for (let seed = 1; seed <= 12; seed++) {
      const indicators = sampleIndicators(400, seed)
      const index = indexOf(indicators, { ...more, seed })
      const below = seededNumbers(seed * 1000)
      for (let turn = 0; turn < 500; turn++) {
        const question = randomQuestion(below)
        const nowMinute = below(220)
        const found = ask(index, question, nowMinute)
        const told = found.filter((match) => isConfirmed(match, indicators[match.row]!))
        expect(rowsOf(told), JSON.stringify({ seed, question, nowMinute })).toEqual(
          naiveRows(indicators, question, nowMinute),
        )
        // What the index confirms by itself needs no second look.
        if (more.confirmation === 'inside') expect(told).toHaveLength(found.length)
      }
    }
  })

  it('says nothing of a text whose fingerprint meets that of a listed one', () => {
    const index = (confirmation: 'inside' | 'by-store') => {
      const builder = new IndicatorIndexBuilder({ ...options, confirmation })
      builder.add({ type: 'domain', value: 'listed.example', row: 1, expiryMinute: 0 })
      const parts = builder.finish()
      const other = new IndicatorIndexBuilder({ ...options, confirmation })
      other.add({ type: 'domain', value: 'innocent.example', row: 2, expiryMinute: 0 })
      // The entry of one name under the fingerprint of another: what a collision would be.
      const { keys, directory } = other.finish().tables.domain!
      return new IndicatorIndex({ ...parts, tables: { domain: { ...parts.tables.domain!, keys, directory } } })
    }
    expect(ask(index('inside'), { kind: 'domain', value: 'innocent.example' }, 0)).toEqual([])
    const [match] = ask(index('by-store'), { kind: 'domain', value: 'innocent.example' }, 0)
    expect(isConfirmed(match!, { type: 'domain', value: 'listed.example' })).toBe(false)
  })

  it('lies in shared memory when asked to, and works from there', () => {
    const builder = new IndicatorIndexBuilder({ ...options, shared: true })
    builder.add({ type: 'url', value: 'http://a.example/x', row: 9, expiryMinute: 0 })
    const parts = builder.finish()
    for (const array of [parts.tables.url!.keys, parts.tables.url!.directory, parts.tables.url!.texts!.bytes])
      expect(array.buffer).toBeInstanceOf(SharedArrayBuffer)
    expect(ask(new IndicatorIndex(parts), { kind: 'url', value: 'a.example/x' }, 0)).toEqual([
      { type: 'url', key: 'a.example/x', row: 9 },
    ])
  })

  it('names the network, the domain or the folder that was met', () => {
    const index = indexOf([
      { type: 'cidr', value: '203.0.113.0/24', row: 1, expiryMinute: 0 },
      { type: 'cidr', value: '2001:db8:7::/48', row: 2, expiryMinute: 0 },
      { type: 'domain', value: 'evil.example', row: 3, expiryMinute: 0 },
      { type: 'url', value: 'http://evil.example/kit/', row: 4, expiryMinute: 0 },
    ])
    const keyOf = (question: Question) => ask(index, question, 0).map((match) => match.key)
    expect(keyOf({ kind: 'ip', value: '203.0.113.77' })).toEqual(['203.0.113.0/24'])
    expect(keyOf({ kind: 'ip', value: '2001:db8:7::1' })).toEqual(['2001:db8:7::/48'])
    expect(keyOf({ kind: 'ip', value: '203.0.114.1' })).toEqual([])
    expect(keyOf({ kind: 'domain', value: 'a.b.evil.example' })).toEqual(['evil.example'])
    expect(keyOf({ kind: 'domain', value: 'notevil.example' })).toEqual([])
    expect(keyOf({ kind: 'url', value: 'evil.example/kit/a/b?x' })).toEqual(['evil.example/kit/'])
    expect(keyOf({ kind: 'url', value: 'evil.example/other' })).toEqual([])
  })

  it('of two joined says what both say', () => {
    const indicators = sampleIndicators(800, 5)
    const half = (from: number, to: number) => {
      const builder = new IndicatorIndexBuilder({ ...options, confirmation: 'by-store' })
      for (const one of indicators.slice(from, to)) builder.add(one)
      return builder.finish()
    }
    const builder = new IndicatorIndexBuilder({ ...options, confirmation: 'by-store' })
    builder.addIndex(half(0, 300))
    builder.addIndex(half(300, 800))
    const [joined, whole] = [new IndicatorIndex(builder.finish()), indexOf(indicators, { confirmation: 'by-store' })]
    const below = seededNumbers(9)
    for (let turn = 0; turn < 500; turn++) {
      const question = randomQuestion(below)
      expect(rowsOf(ask(joined, question, 50))).toEqual(rowsOf(ask(whole, question, 50)))
    }
    const stranger = new IndicatorIndexBuilder({ ...options, seed: 8 })
    expect(() => stranger.addIndex(half(0, 1))).toThrow('seed')
  })

  it('refuses what is not canonical, and rows that are no 32-bit numbers', () => {
    const builder = new IndicatorIndexBuilder(options)
    expect(builder.add({ type: 'ipv4', value: 'nothing', row: 1, expiryMinute: 0 })).toBe(false)
    expect(builder.add({ type: 'sha256', value: 'ab', row: 1, expiryMinute: 0 })).toBe(false)
    expect(builder.count).toBe(0)
    expect(() => builder.add({ type: 'ipv4', value: '203.0.113.1', row: 2 ** 32, expiryMinute: 0 })).toThrow(RangeError)
  })

  it('gives at most 64 entries of one value, however many sources list it', () => {
    const index = indexOf(
      Array.from({ length: 5000 }, (_, row) => ({ type: 'ipv4', value: '203.0.113.1', row, expiryMinute: 0 }) as const),
    )
    expect(ask(index, { kind: 'ip', value: '203.0.113.1' }, 0)).toHaveLength(64)
  })

  it('bears values made to cost', () => {
    const index = indexOf(sampleIndicators(2000, 3))
    const long = 'a.'.repeat(100_000)
    const began = performance.now()
    ask(index, { kind: 'domain', value: long }, 0)
    ask(index, { kind: 'url', value: `h/${'a/'.repeat(100_000)}` }, 0)
    ask(index, { kind: 'file', value: 'a/'.repeat(100_000) }, 0)
    ask(index, { kind: 'registry', value: 'a\\'.repeat(100_000) }, 0)
    expect(performance.now() - began).toBeLessThan(500)
  })
})
