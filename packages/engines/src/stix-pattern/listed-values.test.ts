import { expect, it } from 'vitest'
import { compileStixPattern, observeEvent, PatternSet } from './index.ts'

const listed = (text: string) => {
  const compiled = compileStixPattern(text)
  if (!compiled.ok) throw new Error(compiled.diagnostics[0]?.message)
  return compiled.listed?.map(({ type, value }) => `${type} ${value}`)
}

it.each([
  ["[ipv4-addr:value = '198.51.100.3']", ['ipv4 198.51.100.3']],
  [
    "[domain-name:value = 'Evil.example' OR url:value = 'http://evil.example/a']",
    ['domain evil.example', 'url http://evil.example/a'],
  ],
  [
    "[ipv4-addr:value IN ('198.51.100.3', '198.51.100.4')] OR [email-addr:value = 'a@evil.example']",
    ['ipv4 198.51.100.3', 'ipv4 198.51.100.4', 'email a@evil.example'],
  ],
  ["[ipv4-addr:value ISSUBSET '198.51.100.0/24']", ['cidr 198.51.100.0/24']],
  [
    `[file:hashes.'SHA-256' = '${'AB'.repeat(32)}' OR file:hashes.MD5 = '${'cd'.repeat(16)}']`,
    [`sha256 ${'ab'.repeat(32)}`, `md5 ${'cd'.repeat(16)}`],
  ],
])('%s lists values', (text, values) => {
  expect(listed(text)).toEqual(values)
})

it.each([
  "[ipv4-addr:value != '198.51.100.3']",
  "[ipv4-addr:value NOT = '198.51.100.3']",
  "[ipv4-addr:value = '198.51.100.3' AND domain-name:value = 'evil.example']",
  "[ipv4-addr:value = '198.51.100.3'] AND [domain-name:value = 'evil.example']",
  "[ipv4-addr:value = '198.51.100.3'] START t'2026-01-01T00:00:00Z' STOP t'2026-02-01T00:00:00Z'",
  "[network-traffic:dst_ref.value = '198.51.100.3']",
  "[domain-name:value LIKE '%.evil.example']",
  "[ipv4-addr:value = '198.51.100.0/24']",
  "[ipv4-addr:value = '198.51.100.3' OR process:name = 'x']",
])('%s says more, and stays a pattern', (text) => {
  expect(listed(text)).toBeUndefined()
})

it('a set says which patterns over several events take an event', () => {
  const patterns = [
    "([domain-name:value = 'a.example'] FOLLOWEDBY [url:value LIKE '%gate%']) WITHIN 60 SECONDS",
    "[domain-name:value = 'a.example']",
  ].map((text) => {
    const compiled = compileStixPattern(text)
    if (!compiled.ok) throw new Error(text)
    return compiled.pattern
  })
  const set = new PatternSet(patterns)
  const look = (ecs: Record<string, string>) =>
    set.matchObserved(observeEvent({ timeMs: 0, ecs }, 'e')).map(({ index, isPart }) => [index, isPart])
  expect(look({ 'dns.question.name': 'a.example' })).toEqual([
    [0, true],
    [1, false],
  ])
  expect(look({ 'url.full': 'http://b.example/gate/' })).toEqual([[0, true]])
  expect(look({ 'url.full': 'http://b.example/' })).toEqual([])
})
