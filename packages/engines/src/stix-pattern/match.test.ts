import { describe, expect, it } from 'vitest'
import { compileStixPattern } from './compile.ts'
import type { StixObject } from './observation.ts'
import { readObservations } from './observed-data.ts'
import { observationOf } from './testing.ts'

function holds(comparisons: string, ...objects: StixObject[]): boolean | string {
  const compiled = compileStixPattern(`[${comparisons}]`)
  if (!compiled.ok) return compiled.diagnostics[0]!.code
  const { outcome } = compiled.pattern.matchObservations([observationOf(objects)])
  return outcome === 'undecided' ? outcome : outcome === 'match'
}

describe('comparisons', () => {
  const file: StixObject = {
    type: 'file',
    name: 'Foo.dll',
    size: 12,
    ratio: 1.5,
    signed: true,
    nothing: null,
    payload_bin: 'AQIDBA==',
    magic_number_hex: 'ffd8',
    created: '2026-01-31T08:30:00.50Z',
    tags: ['a', 'b'],
    hashes: { MD5: 'x', 'SHA-256': 'y' },
    extensions: { 'pe-ext': { sections: [{ entropy: 7.5 }, { entropy: 1 }] } },
  }
  it.each([
    ["file:name = 'Foo.dll'", true],
    ["file:name = 'foo.dll'", false],
    ['file:name != 5', true],
    ['file:name > 5', false],
    ['file:name NOT > 5', false],
    ['file:name NOT <= 5', false],
    ['file:size NOT > 12', true],
    ['file:size NOT > 11', false],
    ["file:created NOT < t'2026-01-31T08:30:00.5Z'", true],
    ['file:size = 12.0', true],
    ['file:size <= 11.9', false],
    ['file:ratio > 1', true],
    ['file:signed = true', true],
    ["file:nothing != 'x'", true],
    ["file:nothing = 'x'", false],
    ["file:missing != 'x'", false],
    ["file:missing NOT = 'x'", false],
    ['EXISTS file:tags', true],
    ['EXISTS file:missing', false],
    ['NOT EXISTS file:missing', true],
    ['NOT EXISTS file:missing[*].name', true],
    ['NOT EXISTS file:tags', false],
    ['NOT EXISTS file:tags[2]', true],
    ['NOT EXISTS process:name', false],
    ["file:tags[1] = 'b'", true],
    ["file:tags[2] = 'b'", false],
    ["file:tags[*] = 'b'", true],
    ["file:tags = 'b'", false],
    ["file:hashes.'SHA-256' = 'y'", true],
    ["file:hashes[*] = 'y'", false],
    ["file:extensions.'pe-ext'.sections[*].entropy > 7.0", true],
    ["file:payload_bin = h'01020304'", true],
    ["file:payload_bin MATCHES '^\\\\x01\\\\x02'", true],
    ["file:magic_number_hex = b'/9g='", true],
    ["file:magic_number_hex = 'ffd8'", false],
    ["file:name = h'466f6f2e646c6c'", true],
    ["file:created = t'2026-01-31T08:30:00.5Z'", true],
    ["file:created > t'2026-01-31T08:30:00.49999999999Z'", true],
    ["file:name = t'2026-01-31T08:30:00Z'", 'undecided'],
    ["file:name != t'2026-01-31T08:30:00Z'", 'undecided'],
    ["file:size = t'2026-01-31T08:30:00Z'", false],
    ["file:name LIKE 'Foo.%'", true],
    ["file:name LIKE '%o%l'", true],
    ["file:name LIKE 'Fo_.d__'", true],
    ["file:name LIKE 'F.*'", false],
    ["file:name LIKE 'Foo'", false],
    ["file:name MATCHES 'o.d'", true],
    ["file:name MATCHES '^o'", false],
    ["file:name IN ('a', 'Foo.dll')", true],
    ['file:name NOT IN ()', true],
    ["process:name = 'Foo.dll'", false],
  ] as const)('%s: %s', (comparison, expected) => {
    expect(holds(comparison, file)).toBe(expected)
  })

  it('wants all comparisons of one observation of the same object', () => {
    const objects = [
      { type: 'file', name: 'a', size: 1 },
      { type: 'file', name: 'b', size: 2 },
    ]
    expect(holds("file:name = 'a' AND file:size = 2", ...objects)).toBe(false)
    expect(holds("file:name = 'a' AND file:size = 1", ...objects)).toBe(true)
  })

  it('compares networks, of one family only', () => {
    const address = (value: string): StixObject => ({ type: 'ipv4-addr', value })
    expect(holds("ipv4-addr:value ISSUBSET '198.51.100.0/24'", address('198.51.100.7'))).toBe(true)
    expect(holds("ipv4-addr:value ISSUBSET '198.51.100.0/24'", address('198.51.0.0/16'))).toBe(false)
    expect(holds("ipv4-addr:value ISSUPERSET '198.51.100.7'", address('198.51.0.0/16'))).toBe(true)
    expect(holds("ipv4-addr:value ISSUBSET '::/0'", address('198.51.100.7'))).toBe(false)
    expect(holds("ipv4-addr:value ISSUBSET '0.0.0.0/0'", address('7'))).toBe(false)
  })

  it('follows references, whatever refers to what', () => {
    const objects: StixObject[] = [
      { type: 'network-traffic', dst_ref: '1', src_ref: '9' },
      { type: 'ipv4-addr', value: '198.51.100.7', resolves_to_refs: ['1', '2'] },
      { type: 'mac-addr', value: '00:00:5e:00:53:01', resolves_to_refs: ['1'] },
    ]
    expect(holds("network-traffic:dst_ref.value = '198.51.100.7'", ...objects)).toBe(true)
    expect(holds("network-traffic:dst_ref.type = 'ipv4-addr'", ...objects)).toBe(true)
    expect(holds("network-traffic:dst_ref = '1'", ...objects)).toBe(true)
    expect(holds("network-traffic:src_ref.value = 'x'", ...objects)).toBe(false)
    const cycle = '.resolves_to_refs[*]'.repeat(20)
    expect(holds(`network-traffic:dst_ref${cycle}.value = '00:00:5e:00:53:01'`, ...objects)).toBe(true)
  })

  it('compares code points with = and <, canonical forms with LIKE and MATCHES', () => {
    const object = { type: 'x', a: '\u1e0d\u0307', b: '\uff5e' }
    expect(holds("x:a = 'd\u0323\u0307'", object)).toBe(false)
    expect(holds("x:a LIKE 'd\u0323\u0307'", object)).toBe(true)
    expect(holds("x:a MATCHES '^d\u0323\u0307$'", object)).toBe(true)
    expect(holds("x:b < '😀'", object)).toBe(true)
  })

  it('searches long values in time that grows like them', () => {
    const long = { type: 'x', a: `${'a'.repeat(1_000_000)}!` }
    const startedMs = performance.now()
    expect(holds("x:a MATCHES '(a+)+$'", long)).toBe(false)
    expect(holds("x:a LIKE '%a%a%a%b%'", long)).toBe(false)
    expect(holds("x:a LIKE '%_a_%b'", long)).toBe(false)
    expect(performance.now() - startedMs).toBeLessThan(5_000)
  })

  it('takes names of the prototype for missing ones', () => {
    expect(holds('EXISTS x:constructor', { type: 'x' })).toBe(false)
    expect(holds("EXISTS x:'__proto__'", { type: 'x' })).toBe(false)
  })
})

describe('observed data', () => {
  const times = { first_observed: '2026-01-01T00:00:00Z', last_observed: '2026-01-01T00:00:01.5Z', number_observed: 2 }
  it('is read from objects of 2.0 and references of 2.1', () => {
    const old = { type: 'observed-data', id: 'observed-data--1', ...times, objects: { 0: { type: 'file', name: 'a' } } }
    const bundle = {
      type: 'bundle',
      objects: [
        { type: 'observed-data', id: 'observed-data--2', ...times, object_refs: ['file--1', 'file--gone'] },
        { type: 'file', id: 'file--1', name: 'b', parent_directory_ref: 'directory--1' },
        { type: 'directory', id: 'directory--1', path: '/x' },
      ],
    }
    const { observations, problems } = readObservations([old, bundle])
    expect(problems).toEqual([])
    expect(
      observations.map(({ id, firstMs, lastMs, count, roots }) => ({
        id,
        firstMs,
        lastMs,
        count,
        roots: roots.length,
      })),
    ).toEqual([
      { id: 'observed-data--1', firstMs: 1_767_225_600_000, lastMs: 1_767_225_601_500, count: 2, roots: 1 },
      { id: 'observed-data--2', firstMs: 1_767_225_600_000, lastMs: 1_767_225_601_500, count: 2, roots: 1 },
    ])
    const compiled = compileStixPattern("[file:parent_directory_ref.path = '/x'] AND [directory:path = '/x']")
    expect(compiled.ok && compiled.pattern.matchObservations(observations).outcome).toBe('no-match')
  })
  it.each([
    [{ ...times, first_observed: 'noon' }, 'timestamps'],
    [{ ...times, number_observed: 0 }, 'number_observed'],
    [times, 'neither objects nor object_refs'],
  ])('is left out with a reason: %j', (one, reason) => {
    const { observations, problems } = readObservations({ type: 'observed-data', ...one })
    expect(observations).toEqual([])
    expect(problems[0]!.message).toContain(reason)
  })
  it.each([null, 5, 'x', [[1]], { type: 'bundle', objects: 3 }, [{ type: 'bundle', objects: [null, 1] }]])(
    'is nothing in %j',
    (data) => {
      expect(readObservations(data)).toEqual({ observations: [], problems: [] })
    },
  )
})
