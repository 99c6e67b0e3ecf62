import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MAX_DERIVED_CHARS, MAX_FIELDS, normalise } from './index.ts'

const receivedMs = Date.UTC(2026, 5, 15, 12)
const hint = { receivedMs }

describe('normalise, given what should not be', () => {
  it('takes __proto__ and constructor as plain names', () => {
    const event = normalise('{"__proto__":{"x":1},"constructor":"y","Event":1}', hint)
    expect(event.taxonomy['__proto__.x']).toBe(1)
    expect(event.taxonomy.constructor).toBe('y')
    expect(({} as { x?: number }).x).toBeUndefined()
    expect(normalise('type=X msg=audit(1781517600.5:1): __proto__=1 constructor=2', hint).taxonomy.constructor).toBe(
      '2',
    )
  })
  it('takes the last of two equal keys', () => {
    expect(normalise('{"a":1,"a":2}', hint).taxonomy.a).toBe(2)
  })
  it('stops at depth, and says so', () => {
    const deep = `${'{"a":'.repeat(500)}1${'}'.repeat(500)}`
    const event = normalise(deep, hint)
    expect(event.warnings.join()).toMatch(/deeper than 64/)
    expect(event.raw).toBe(deep)
    expect(normalise(`${'['.repeat(50_000)}`, hint).parser).toBe('plain-text')
    expect(normalise(`{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}`, hint).raw.length).toBeGreaterThan(400_000)
  })
  it('stops at the number of fields, and says so', () => {
    const many = JSON.stringify(Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`f${i}`, i])))
    const event = normalise(many, hint)
    expect(Object.keys(event.taxonomy).length).toBeLessThanOrEqual(MAX_FIELDS)
    expect(event.warnings.join()).toMatch(/more than 2000 fields/)
  })
  it('cuts long values in the derived fields alone', () => {
    const long = 'x'.repeat(100_000)
    const event = normalise(JSON.stringify({ a: long }), hint)
    expect(String(event.ecs['json.a']).length).toBe(MAX_DERIVED_CHARS)
    expect(event.taxonomy.a).toBe(long)
    expect(event.warnings.join()).toMatch(/32768 characters/)
  })
  it('replaces lone surrogates and NUL in the derived fields', () => {
    const event = normalise('{"a":"\\ud800x","b":"y\\u0000z"}', hint)
    expect(event.ecs['json.a']).toBe('\ufffdx')
    expect(event.ecs['json.b']).toBe('y\ufffdz')
    expect(event.warnings).toHaveLength(2)
    expect(normalise('a\0b\ud800', hint).ecs.message).toBe('a\ufffdb\ufffd')
  })
  it('does not believe times far from receipt', () => {
    const ahead = normalise('{"@timestamp":"2031-01-01T00:00:00Z","a":1}', hint)
    expect(ahead).toMatchObject({ timeMs: receivedMs, timeSource: 'received', claimedTimeMs: Date.UTC(2031, 0, 1) })
    expect(normalise('{"@timestamp":"1975-01-01T00:00:00Z","a":1}', hint).timeSource).toBe('received')
    expect(normalise('{"@timestamp":"2026-06-16T11:00:00Z","a":1}', hint).timeSource).toBe('event')
    expect(normalise('{"@timestamp":"yesterday","a":1}', hint)).not.toHaveProperty('claimedTimeMs')
  })
  it('counts what the owner says where the record does not', () => {
    expect(normalise('x', { ...hint, product: 'acme', service: 'gate' }).logSources).toEqual([
      { product: 'acme', service: 'gate' },
    ])
  })
  it('answers long hostile lines in time', () => {
    const attacks = [
      'a='.repeat(200_000),
      '"'.repeat(300_000),
      `<13>${' '.repeat(300_000)}`,
      '['.repeat(300_000),
      `type=X msg=audit(1.1:1): ${'a='.repeat(100_000)}`,
      `CEF:0|${'\\|'.repeat(150_000)}`,
      `CEF:0|a|b|c|d|e|f|${' a'.repeat(150_000)}`,
      `1.1.1.1 - - [15/Jun/2026:10:00:00 +0000] "${'\\"'.repeat(150_000)}`,
      `<Event><System>${'<Data Name="'.repeat(30_000)}</System>`,
      'Jun 15 10:00:00 h sshd[1]: Failed password for '.padEnd(300_000, 'x '),
      '2026-06-15 10:00:00 '.padEnd(300_000, '['),
      `LEEF:1.0|${'a|'.repeat(100_000)}`,
      `%A-5-B${'%A-5-B'.repeat(50_000)}`,
    ]
    for (const attack of attacks) {
      const started = performance.now()
      normalise(attack, hint)
      expect([attack.slice(0, 20), performance.now() - started < 1_500]).toEqual([attack.slice(0, 20), true])
    }
  })
  it('never throws, and keeps the original', () => {
    const json = fc.json({ maxDepth: 6 })
    const pieces = fc
      .array(
        fc.constantFrom(
          '<13>',
          '1 ',
          'Jun 15 10:00:00 ',
          'host ',
          'sshd[1]: ',
          'type=SYSCALL ',
          'msg=audit(1.5:1): ',
          'a="',
          '"',
          'CEF:0|',
          '|',
          'LEEF:2.0|',
          '<Event>',
          '<System>',
          '</System>',
          '{"Event":{"System":{',
          '}',
          '[15/Jun/2026:10:00:00 +0000] "',
          '%A-1-B: ',
          'x=y ',
          '\\',
          '\0',
          '\ud800',
          'é',
        ),
        { maxLength: 20 },
      )
      .map((p) => p.join(''))
    const names = fc.constantFrom(
      'Event',
      'System',
      'EventData',
      'winlog',
      'channel',
      'event_id',
      'EventID',
      'Channel',
      'ts',
      'id',
      'orig_h',
      'event_type',
      'timestamp',
      'eventName',
      'eventSource',
      'protoPayload',
      '@timestamp',
      'category',
      'SyslogMessage',
      '__proto__',
      'Data',
      'properties',
      'actor',
      'eventType',
      'published',
      'TimeCreated',
      'EventType',
      'Message',
    )
    const shaped = fc
      .letrec<{ v: unknown }>((tie) => ({
        v: fc.oneof(
          { depthSize: 'small' },
          fc.constantFrom(1, 'x', null, true, 4688, '2026-06-15T10:00:00Z', 'INFO', ''),
          fc.dictionary(names, tie('v'), { maxKeys: 6 }),
          fc.array(tie('v'), { maxLength: 3 }),
        ),
      }))
      .v.map((v) => JSON.stringify(v))
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.string({ unit: 'binary' }), json, pieces, shaped),
        fc.constantFrom(undefined, 'json', 'text', 'zeek', 'cef', 'syslog', 'nonsense'),
        (raw, format) => {
          const event = normalise(raw, { receivedMs, format })
          expect(event.raw).toBe(raw)
          expect(Number.isFinite(event.timeMs)).toBe(true)
          expect(Object.keys(event.taxonomy).length).toBeLessThanOrEqual(MAX_FIELDS * 3)
          for (const value of Object.values(event.ecs))
            if (typeof value === 'string') expect(/\p{Surrogate}/u.test(value)).toBe(false)
        },
      ),
      { numRuns: 3_000 },
    )
  })
})
