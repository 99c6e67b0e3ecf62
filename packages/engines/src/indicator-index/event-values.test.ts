import { describe, expect, it } from 'vitest'
import { normalise } from '../logs/index.ts'
import { IndicatorIndexBuilder } from './builder.ts'
import { readIndicator } from './canonical/guess.ts'
import { matchIndicators } from './event-values.ts'
import { IndicatorIndex } from './indicator-index.ts'

const listed = [
  '203.0.113.9',
  '198.51.100.0/24',
  'evil.example',
  'http://kit.example/gate/',
  'http://shop.example/a/b.php',
  'mallory@mail.example',
  'dropper.exe',
  'd41d8cd98f00b204e9800998ecf8427e',
  'Mozilla/4.0 (Evil)',
  'HKLM\\Software\\Evil\\Run',
]

function indexOf(values: readonly string[]): IndicatorIndex {
  const builder = new IndicatorIndexBuilder({ confirmation: 'inside', seed: 1, shared: false })
  for (const [row, value] of values.entries()) {
    const read = readIndicator(value)
    if ('problem' in read) throw new Error(read.problem)
    builder.add({ ...read, row, expiryMinute: 0 })
  }
  return new IndicatorIndex(builder.finish())
}

const index = indexOf(listed)
const hitsIn = (ecs: Record<string, string | readonly string[]>) =>
  matchIndicators([index], ecs, 0).map((hit) => `${hit.field} ${listed[hit.row]}`)

describe('values of an event', () => {
  it.each<[Record<string, string | readonly string[]>, string[]]>([
    [{ 'source.ip': '203.0.113.9' }, ['source.ip 203.0.113.9']],
    [{ 'related.ip': ['192.0.2.1', '198.51.100.7'] }, ['related.ip 198.51.100.0/24']],
    [{ 'dns.question.name': 'A.Evil.Example.' }, ['dns.question.name evil.example']],
    [{ 'url.full': 'https://KIT.example/gate/x?y#z' }, ['url.full http://kit.example/gate/']],
    [{ 'url.full': 'http://sub.evil.example:8080/' }, ['url.full evil.example']],
    [
      { 'url.domain': 'shop.example', 'url.path': '/a/b.php', 'url.query': 'x=1' },
      ['url.path http://shop.example/a/b.php'],
    ],
    [{ 'email.from.address': 'Mallory <mallory@mail.example>' }, ['email.from.address mallory@mail.example']],
    [{ 'email.from.address': 'x@evil.example' }, ['email.from.address evil.example']],
    [{ 'process.executable': 'C:\\Users\\x\\DROPPER.EXE' }, ['process.executable dropper.exe']],
    [{ 'file.hash.md5': 'D41D8CD98F00B204E9800998ECF8427E' }, ['file.hash.md5 d41d8cd98f00b204e9800998ecf8427e']],
    [{ 'user_agent.original': 'Mozilla/4.0 (Evil)' }, ['user_agent.original Mozilla/4.0 (Evil)']],
    [{ 'registry.path': 'HKLM\\Software\\Evil\\Run\\x' }, ['registry.path HKLM\\Software\\Evil\\Run']],
    [{ 'json.peer.address': '203.0.113.9' }, ['json.peer.address 203.0.113.9']],
    [{ message: '203.0.113.9', 'source.ip': 'not an address' }, []],
  ])('%o', (ecs, expected) => {
    expect(hitsIn(ecs)).toEqual(expected)
  })

  it('are each told once, with the field in which they stand first', () => {
    expect(hitsIn({ 'source.ip': '203.0.113.9', 'related.ip': ['203.0.113.9'] })).toEqual(['source.ip 203.0.113.9'])
  })

  it('are found in a log line that was normalised', () => {
    const line = '203.0.113.9 - - [01/Mar/2026:12:00:00 +0000] "GET / HTTP/1.1" 200 1 "http://evil.example/" "curl/8"'
    const { ecs } = normalise(line, { receivedMs: 0 })
    expect(matchIndicators([index], ecs, 0).map((hit) => listed[hit.row])).toEqual(
      expect.arrayContaining(['203.0.113.9', 'evil.example']),
    )
  })

  it('are found in several indexes: what stands, and what came since', () => {
    const hits = matchIndicators([index, indexOf(['192.0.2.44'])], { 'source.ip': '192.0.2.44' }, 0)
    expect(hits).toMatchObject([{ type: 'ipv4', key: '192.0.2.44', field: 'source.ip' }])
  })

  it('are bounded in number and length', () => {
    const many = Array.from({ length: 200_000 }, (_, at) => `10.${at >> 16}.${(at >> 8) & 255}.${at & 255}`)
    const began = performance.now()
    expect(matchIndicators([index], { 'source.ip': many, 'url.full': `http://x/${'a/'.repeat(500_000)}` }, 0)).toEqual(
      [],
    )
    expect(performance.now() - began).toBeLessThan(300)
  })
})
