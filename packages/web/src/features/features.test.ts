import { describe, expect, it } from 'vitest'
import { programName } from './account/program-name.ts'
import { differences } from './audit/diff.ts'
import { batchesOf, isYaml } from './rules/import-files.ts'
import { maxEvents, readSampleEvents } from './rules/sample-events.ts'
import { safeNext } from './session/safe-next.ts'
import { shipperExample, shippers } from './sources/shipper-examples.ts'

describe('what changed, in the audit log', () => {
  it('is told leaf by leaf', () =>
    expect(differences({ name: 'a', deep: { x: 1, y: 2 } }, { name: 'b', deep: { x: 1 }, added: [1] })).toEqual([
      { path: 'name', before: 'a', after: 'b' },
      { path: 'deep.y', before: '2', after: undefined },
      { path: 'added', before: undefined, after: '[1]' },
    ]))
  it('is everything when something was made', () =>
    expect(differences(null, { a: 1 })).toEqual([{ path: 'a', before: undefined, after: '1' }]))
  it('is nothing between equals', () => expect(differences({ a: [1] }, { a: [1] })).toEqual([]))
})

describe('importing rules', () => {
  it('sends bounded batches that hold every file', () => {
    const files = Array.from({ length: 950 }, (_, index) => ({ path: `${index}.yml`, text: 'x'.repeat(30_000) }))
    const batches = batchesOf(files)
    expect(batches.flat()).toEqual(files)
    expect(Math.max(...batches.map((batch) => batch.length))).toBeLessThanOrEqual(200)
  })
  it('takes YAML alone', () =>
    expect(['a.yml', 'b.YAML', 'c.txt', 'yml'].map(isYaml)).toEqual([true, true, false, false]))
})

describe('pasted events', () => {
  it('are one document, a list, or lines', () => {
    expect(readSampleEvents('{"a":1}').events).toEqual([{ a: 1 }])
    expect(readSampleEvents('[{"a":1},"line",5]').events).toEqual([{ a: 1 }, 'line'])
    expect(readSampleEvents('{"a":1}\n\nplain').events).toEqual([{ a: 1 }, 'plain'])
    expect(readSampleEvents('  ').events).toEqual([])
  })
  it('are cut where the server would refuse', () =>
    expect(readSampleEvents('x\n'.repeat(maxEvents + 1))).toMatchObject({ cut: true }))
})

describe('coming back after signing in', () => {
  it.each([
    ['/alerts?status=new', '/alerts?status=new'],
    ['//evil.example', '/'],
    ['https://evil.example', '/'],
    ['/\\evil.example', '/'],
    ['/login?next=/login', '/'],
    [undefined, '/'],
  ])('%s leads to %s', (next, wanted) => expect(safeNext(next)).toBe(wanted))
})

describe('examples for shippers', () => {
  it('name this server, with its port', () => {
    for (const shipper of shippers.filter((each) => each !== 'cli'))
      expect(shipperExample(shipper, 'https://floor.example.org', 'a b')).toContain('floor.example.org')
    expect(shipperExample('fluentbit', 'https://floor.example.org', 'x')).toContain('port: 443')
    expect(shipperExample('fluentbit', 'http://127.0.0.1:8700', 'x')).toContain('port: 8700')
  })
  it('write the name of the source so that it survives a URL', () =>
    expect(shipperExample('curl', 'http://127.0.0.1:8700', 'a b&c')).toContain('source=a%20b%26c'))
})

describe('programs that are signed in', () => {
  it('are named when known', () => {
    expect(programName('Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0')).toBe('Firefox, Linux')
    expect(programName('node')).toBeNull()
  })
})
