import { describe, expect, it } from 'vitest'
import { emptyFields, type Fields, type FieldValue } from '../event/index.ts'
import { compileStixPattern } from './compile.ts'
import { patternEvidenceOf, sightingOf } from './evidence.ts'
import { observeEvent } from './from-event.ts'
import { PatternSet } from './pattern-set.ts'

const event = (ecs: Readonly<Record<string, FieldValue>>, timeMs = 0) => ({
  timeMs,
  ecs: Object.assign(emptyFields(), ecs) as Fields,
})

function patternOf(text: string) {
  const compiled = compileStixPattern(text)
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.diagnostics))
  return compiled.pattern
}

describe('events as observables', () => {
  const rich = event({
    'process.executable': 'C:\\Windows\\System32\\cmd.exe',
    'process.name': 'cmd.exe',
    'process.pid': 42,
    'process.command_line': 'cmd /c whoami',
    'process.hash.sha256': 'ab'.repeat(32),
    'process.parent.executable': '/usr/bin/bash',
    'user.name': 'alice',
    'user.id': 'S-1-5-21',
    'source.ip': '192.0.2.1',
    'source.port': 5000,
    'destination.ip': '2001:db8::7',
    'destination.port': 443,
    'destination.domain': 'C2.Example.com.',
    'network.transport': 'tcp',
    'dns.question.name': 'www.example.com',
    'dns.resolved_ip': ['198.51.100.7', 'not an address'],
    'url.original': 'http://www.example.com/a?b',
    'http.request.method': 'GET',
    'url.path': '/a',
    'url.query': 'b',
    'user_agent.original': 'evil/1',
    'registry.path': 'HKLM\\Software\\X\\Run',
    'registry.value': 'Run',
    'registry.data.strings': 'evil.exe',
    'email.from.address': 'a@example.com',
    'email.to.address': ['b@example.com'],
    'email.subject': 'hello',
    'file.path': '/tmp/x.bin',
    'file.size': 9,
    'file.hash.md5': 'cd'.repeat(16),
    'tls.server.subject': 'CN=example.com',
    'tls.server.hash.sha1': 'ef'.repeat(20),
  })
  it.each([
    "process:command_line LIKE '%whoami' AND process:pid = 42",
    "process:name = 'cmd.exe'",
    "process:image_ref.name = 'cmd.exe' AND process:image_ref.parent_directory_ref.path = 'C:\\\\Windows\\\\System32'",
    "process:parent_ref.image_ref.name = 'bash'",
    "process:creator_user_ref.account_login = 'alice'",
    'process:opened_connection_refs[*].dst_port = 443',
    `file:hashes.'SHA-256' = '${'AB'.repeat(32)}'`,
    `file:hashes.MD5 = '${'cd'.repeat(16)}' AND file:size = 9 AND file:parent_directory_ref.path = '/tmp'`,
    "directory:path = '/tmp'",
    "ipv4-addr:value = '198.51.100.7/32'",
    "ipv6-addr:value ISSUBSET '2001:db8::/32'",
    "network-traffic:dst_ref.value = '2001:db8::7' AND network-traffic:protocols[*] = 'tcp'",
    "network-traffic:extensions.'http-request-ext'.request_value = '/a?b'",
    "network-traffic:extensions.'http-request-ext'.request_header.'User-Agent' = 'evil/1'",
    "domain-name:value = 'c2.example.com'",
    "domain-name:value = 'WWW.example.com' AND domain-name:resolves_to_refs[*].value = '198.51.100.7'",
    "url:value = 'http://www.example.com/a?b'",
    "windows-registry-key:key = 'HKEY_LOCAL_MACHINE\\\\Software\\\\X\\\\Run'",
    "windows-registry-key:key LIKE '%\\\\X' AND windows-registry-key:values[*].data = 'evil.exe'",
    "email-message:from_ref.value = 'a@example.com' AND email-message:to_refs[*].value = 'b@example.com'",
    "email-addr:value = 'b@example.com'",
    "user-account:user_id = 'S-1-5-21'",
    `x509-certificate:hashes.'SHA-1' = '${'ef'.repeat(20)}'`,
  ])('%s', (comparisons) => {
    expect(patternOf(`[${comparisons}]`).matchEvent(rich)).toBeDefined()
  })

  it('makes nothing of an event without such fields', () => {
    expect(observeEvent(event({ 'event.kind': 'event' }), 'e').roots).toEqual([])
  })

  it('survives fields of any shape', () => {
    const shapes: FieldValue[] = [
      '',
      0,
      -1,
      Number.NaN,
      true,
      null,
      [],
      [[]],
      [['x'], null],
      '\ud800',
      'a'.repeat(1_000_000),
    ]
    for (const name of Object.keys(rich.ecs))
      for (const shape of shapes) expect(() => observeEvent(event({ ...rich.ecs, [name]: shape }), 'e')).not.toThrow()
  })
})

describe('patterns on a stream', () => {
  const logon = (id: string, seconds: number, name = 'alice') =>
    observeEvent(event({ 'user.name': name }, seconds * 1000), id)

  it('match single events without state', () => {
    const pattern = patternOf("[user-account:account_login = 'x'] OR [user-account:account_login = 'alice']")
    expect(pattern.scope).toBe('event')
    expect(pattern.matchEvent(event({ 'user.name': 'alice' }))).toEqual([
      { path: 'user-account:account_login', value: 'alice' },
    ])
    expect(pattern.matchEvent(event({ 'user.name': 'bob' }))).toBeUndefined()
  })

  it('match several events as the last of them comes, each once', () => {
    const pattern = patternOf("([user-account:account_login = 'alice'] REPEATS 3 TIMES) WITHIN 10 SECONDS")
    expect(pattern.scope).toBe('sequence')
    expect(pattern.matchEvent(event({ 'user.name': 'alice' }))).toBeUndefined()
    const stream = pattern.stream()
    const hits = [0, 1, 20, 21, 22, 23, 24].map((seconds) => stream.push(logon(`e${seconds}`, seconds)))
    expect(hits.map((hit) => hit?.eventIds)).toEqual([
      ...[undefined, undefined, undefined, undefined],
      ['e20', 'e21', 'e22'],
      ...[undefined, undefined],
    ])
    expect(hits[4]).toMatchObject({ firstMs: 20_000, lastMs: 22_000 })
  })

  it('takes late events where they belong', () => {
    const stream = patternOf(
      "[user-account:account_login = 'a'] FOLLOWEDBY [user-account:account_login = 'b']",
    ).stream()
    expect(stream.push(logon('b', 5, 'b'))).toBeUndefined()
    expect(stream.push(logon('a', 4, 'a'))?.eventIds).toEqual(['a', 'b'])
  })

  it('keeps no more than it may, and counts what had to go', () => {
    const stream = patternOf("[user-account:account_login = 'alice'] AND [user-account:account_login = 'bob']").stream({
      maxWaiting: 100,
    })
    for (let i = 0; i < 1_000; i++) stream.push(logon(String(i), i))
    expect(stream.waiting).toBe(100)
    expect(stream.evicted).toBe(900)
    expect(stream.push(logon('bob', 2_000, 'bob'))?.eventIds).toHaveLength(2)
    const short = patternOf(
      "([user-account:account_login = 'alice'] AND [user-account:account_login = 'bob']) WITHIN 10 SECONDS",
    ).stream()
    for (let i = 0; i < 1_000; i++) short.push(logon(String(i), i))
    expect(short.waiting).toBe(10)
    expect(short.evicted).toBe(0)
  })

  it('leave an evidence and a sighting', () => {
    const pattern = patternOf("[user-account:account_login = 'a'] AND [user-account:account_login = 'b']")
    const stream = pattern.stream()
    stream.push(logon('e1', 1, 'a'))
    const hit = stream.push(logon('e2', 2, 'b'))!
    expect(sightingOf('p1', hit)).toEqual({
      patternId: 'p1',
      firstSeenMs: 1_000,
      lastSeenMs: 2_000,
      count: 1,
      eventIds: ['e1', 'e2'],
    })
    expect(patternEvidenceOf({ id: 'p1', text: pattern.text }, { met: hit.met, eventIds: [] })).toEqual({
      type: 'pattern',
      patternId: 'p1',
      pattern: pattern.text,
      eventIds: [],
      matched: [
        { path: 'user-account:account_login', value: 'a' },
        { path: 'user-account:account_login', value: 'b' },
      ],
    })
  })
})

describe('many patterns on single events', () => {
  const texts = [
    "[file:name = 'cmd.exe']",
    "[file:name = 'x.exe' OR process:pid > 5]",
    "[ipv4-addr:value IN ('192.0.2.1/32', '192.0.2.2')]",
    "[process:command_line LIKE '%whoami%' AND process:image_ref.name = 'cmd.exe']",
    "[user-account:account_login = 'bob'] OR [user-account:account_login = 'alice']",
    "[network-traffic:dst_ref.type = 'ipv6-addr']",
    "[file:name NOT = 'cmd.exe']",
    "[domain-name:value = 'Example.COM']",
    "[file:name = 'cmd.exe'] AND [file:name = 'x.exe']",
  ]
  const patterns = texts.map(patternOf)

  it('are the same as each by itself', () => {
    const set = new PatternSet(patterns)
    const events = [
      event({
        'process.executable': 'C:\\cmd.exe',
        'process.pid': 7,
        'process.command_line': 'whoami',
        'user.name': 'alice',
      }),
      event({ 'source.ip': '192.0.2.1', 'destination.ip': '2001:db8::1', 'dns.question.name': 'example.com.' }),
      event({ 'process.pid': 3 }),
      event({ 'file.path': '/x.exe', 'destination.ip': ['192.0.2.2'] }),
      event({}),
    ]
    for (const one of events) {
      const alone = patterns.flatMap((pattern, index) => {
        const met = pattern.matchEvent(one)
        return met === undefined ? [] : [{ index, met, isPart: false }]
      })
      expect(set.match(one).filter((match) => !match.isPart)).toEqual(alone)
    }
    expect(set.match(events[0]!).map(({ index }) => index)).toEqual([0, 1, 3, 4, 8])
    expect(set.size).toBe(texts.length)
  })

  it('are looked at only when the event has their text', () => {
    expect(patterns.map(({ witnesses }) => witnesses && [...witnesses])).toEqual([
      ['cmd.exe'],
      undefined,
      ['192.0.2.1', '192.0.2.2'],
      ['cmd.exe'],
      ['bob', 'alice'],
      ['ipv6-addr'],
      undefined,
      ['example.com'],
      ['cmd.exe', 'x.exe'],
    ])
  })
})
