import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createFramer, type FrameBatch, type FramingOptions, sniff, type TextFraming } from './index.ts'

const encoder = new TextEncoder()

function run(
  framing: TextFraming,
  input: string | Uint8Array,
  options: FramingOptions & { chunkBytes?: number } = {},
): FrameBatch {
  const bytes = typeof input === 'string' ? encoder.encode(input) : input
  const framer = createFramer(framing, options)
  const size = options.chunkBytes ?? 7
  const batches: FrameBatch[] = []
  for (let at = 0; at < bytes.length; at += size) {
    const chunk = bytes.slice(at, at + size)
    batches.push(framer.push(chunk))
    // What a framer keeps must be its own copy.
    chunk.fill(0x21)
  }
  batches.push(framer.end())
  return { records: batches.flatMap((b) => b.records), problems: batches.flatMap((b) => b.problems) }
}
const raws = (batch: FrameBatch): string[] => batch.records.map((r) => r.raw)

describe('lines', () => {
  it('ends at LF and CRLF, counts empty lines, keeps the last without an end', () => {
    const batch = run('ndjson', 'a\r\n\n  \nbé\nc')
    expect(batch.records.map((r) => [r.raw, r.line, r.offset])).toEqual([
      ['a', 1, 0],
      ['bé', 4, 7],
      ['c', 5, 11],
    ])
  })
  it('skips a line that is too long without holding it', () => {
    const framer = createFramer('text', { maxRecordBytes: 1_000 })
    framer.push(encoder.encode('first\n'))
    const chunk = new Uint8Array(1_000_000).fill(120)
    const before = process.memoryUsage().arrayBuffers
    for (let i = 0; i < 300; i++) framer.push(chunk)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20_000_000)
    const { records, problems } = framer.push(encoder.encode('\nlast\n'))
    expect(records.map((r) => [r.raw, r.line])).toEqual([['last', 3]])
    expect(problems).toMatchObject([{ code: 'FRAME_TOO_LONG', offset: 6, line: 2, sizeBytes: 300_000_000 }])
  })
  it('replaces invalid UTF-8 and says so', () => {
    const { records } = run('text', new Uint8Array([0x61, 0xff, 0x62, 10, 0x63]))
    expect(records.map((r) => [r.raw, r.warnings])).toEqual([
      ['a\ufffdb', ['invalid UTF-8 replaced']],
      ['c', []],
    ])
  })
  it('takes byte order marks off, and reads UTF-16', () => {
    expect(raws(run('text', '\ufeffx\ny'))).toEqual(['x', 'y'])
    const le = new Uint8Array([0xff, 0xfe, ...[...'é\nz'].flatMap((c) => [c.charCodeAt(0), 0])])
    expect(raws(run('text', le, { chunkBytes: 3 }))).toEqual(['é', 'z'])
    const be = new Uint8Array([0xfe, 0xff, ...[...'a\nz'].flatMap((c) => [0, c.charCodeAt(0)])])
    expect(raws(run('text', be))).toEqual(['a', 'z'])
  })
})

describe('json', () => {
  const objects = ['{"a":"}{]["}', '{"b":[{"c":1}]}', '{\n "d": "\\"x\\\\"\n}']
  it.each([
    ['one after another', objects.join('\n')],
    ['without anything between', objects.join('')],
    ['in an array', `[ ${objects.join(',\n')} ]`],
    ['in a wrapper', `{"Records": [${objects.join(',')}]}`],
    ['in two wrappers', `{"Records":[${objects[0]}]}{"Records":[${objects.slice(1).join(',')}],"more":[1]}`],
  ])('finds objects %s', (_, text) => {
    for (const chunkBytes of [1, 5, 1_000]) {
      const batch = run('json', text, { chunkBytes })
      expect(raws(batch)).toEqual(objects)
      expect(batch.problems).toEqual([])
    }
  })
  it('reports what is no object, and an end that is missing', () => {
    const batch = run('json', '{"a":1} oops {"b":2} {"c":')
    expect(raws(batch)).toEqual(['{"a":1}', '{"b":2}'])
    expect(batch.problems.map((p) => [p.code, p.offset])).toEqual([
      ['FRAME_NOT_AN_OBJECT', 8],
      ['FRAME_TRUNCATED', 21],
    ])
  })
  it('skips an object that is too long', () => {
    const batch = run('json', `{"a":"${'x'.repeat(500)}"}{"b":1}`, { maxRecordBytes: 100 })
    expect(raws(batch)).toEqual(['{"b":1}'])
    expect(batch.problems).toMatchObject([{ code: 'FRAME_TOO_LONG', offset: 0 }])
  })
  it('gives back what was put in, whatever the chunks', () => {
    fc.assert(
      fc.property(
        fc.array(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })), { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1, max: 40 }),
        fc.boolean(),
        (values, chunkBytes, pretty) => {
          const parts = values.map((v) => JSON.stringify({ k: 0, ...v }, null, pretty ? 2 : 0))
          expect(raws(run('json', `[${parts.join(',')}]`, { chunkBytes }))).toEqual(parts)
          expect(raws(run('json', parts.join('\n'), { chunkBytes }))).toEqual(parts)
        },
      ),
    )
  })
})

describe('csv', () => {
  it('reads quotes, line ends inside them, and its delimiter', () => {
    const batch = run('csv', 'a;b;c\r\n1;"x ""y"";\nz";\r\n"2";;3\n', { chunkBytes: 3 })
    expect(batch.records.map((r) => ({ ...r.fields }))).toEqual([
      { a: '1', b: 'x "y";\nz', c: '' },
      { a: '2', b: '', c: '3' },
    ])
    expect(batch.records.map((r) => r.line)).toEqual([2, 4])
  })
  it('warns about rows that do not fit, and survives a quote without an end', () => {
    const batch = run('csv', `a,b\n1,2,3\n"${'x'.repeat(300)}\n4,5\n`, { maxRecordBytes: 100 })
    expect(batch.records.map((r) => ({ ...r.fields }))).toEqual([
      { a: '1', b: '2', column3: '3' },
      { a: '4', b: '5' },
    ])
    expect(batch.records[0]!.warnings).toHaveLength(1)
    expect(batch.problems).toMatchObject([{ code: 'FRAME_TOO_LONG', line: 3 }])
  })
  it('has no prototype to pollute', () => {
    const { fields } = run('csv', '__proto__,b\nx,y\n').records[0]!
    expect(Object.keys(fields!)).toEqual(['__proto__', 'b'])
  })
})

describe('rows under a header', () => {
  it('types Zeek columns and leaves unset ones out', () => {
    const head =
      '#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tdns\n#fields\tts\tuid\tn\tok\tanswers\tq\te\n#types\ttime\tstring\tcount\tbool\tvector[string]\tstring\tset[addr]\n'
    const { records } = run('zeek-tsv', `${head}1781517600.5\tC1\t7\tT\ta,b\\x09c\t-\t(empty)\n#close\tx\n`)
    expect({ ...records[0]!.fields }).toEqual({
      _path: 'dns',
      ts: 1_781_517_600.5,
      uid: 'C1',
      n: 7,
      ok: true,
      answers: ['a', 'b\tc'],
      e: [],
    })
  })
  it('reads W3C, and reports rows without a header', () => {
    const batch = run(
      'w3c',
      'lost row\n#Software: x\n#Fields: date c-ip cs(User-Agent)\n2026-06-15 192.0.2.1 Mozilla/5.0+(X11)\n',
    )
    expect({ ...batch.records[0]!.fields }).toEqual({
      date: '2026-06-15',
      'c-ip': '192.0.2.1',
      'cs(User-Agent)': 'Mozilla/5.0 (X11)',
    })
    expect(batch.problems).toMatchObject([{ code: 'FRAME_NO_HEADER', line: 1 }])
  })
})

describe('syslog streams', () => {
  it('tells lengths and line ends apart, message by message', () => {
    const counted = '<13>a\nb é'
    const text = `${encoder.encode(counted).length} ${counted}<14>c\n7 <15>d e<16>f\0<17>g\r\n123abc\n`
    for (const chunkBytes of [1, 4, 1_000])
      expect(raws(run('syslog', text, { chunkBytes }))).toEqual([
        counted,
        '<14>c',
        '<15>d e',
        '<16>f',
        '<17>g',
        '123abc',
      ])
  })
  it('skips what is too long, and reports a missing end', () => {
    const batch = run('syslog', `500 ${'x'.repeat(500)}<13>ok\n99 <13>cut`, { maxRecordBytes: 100 })
    expect(raws(batch)).toEqual(['<13>ok'])
    expect(batch.problems.map((p) => p.code)).toEqual(['FRAME_TOO_LONG', 'FRAME_TRUNCATED'])
  })
})

describe('every framer', () => {
  it('never throws, and gives the same for any chunks', () => {
    const framings = fc.constantFrom<TextFraming>('ndjson', 'json', 'csv', 'zeek-tsv', 'w3c', 'syslog', 'text')
    const noise = fc
      .array(
        fc.constantFrom(
          '{',
          '}',
          '[',
          ']',
          '"',
          '\\',
          ',',
          '\n',
          '\r',
          'a',
          ' ',
          '1',
          '#fields\ta\tb\n',
          '\0',
          'é',
          '{"Records":[',
        ),
        { maxLength: 40 },
      )
      .map((p) => encoder.encode(p.join('')))
    fc.assert(
      fc.property(
        framings,
        fc.oneof(noise, fc.uint8Array({ maxLength: 80 })),
        fc.integer({ min: 1, max: 9 }),
        (framing, bytes, chunkBytes) => {
          expect(run(framing, bytes, { chunkBytes })).toEqual(run(framing, bytes, { chunkBytes: 1_000 }))
        },
      ),
      { numRuns: 2_000 },
    )
  })
})

describe('sniff', () => {
  const cases: readonly [input: string | number[], framing: string, name?: string][] = [
    ['{"a":1}\n{"a":2}\n', 'ndjson'],
    ['{"a":1}', 'ndjson'],
    ['{\n  "a": 1\n}', 'json'],
    ['[{"a":1}]', 'json'],
    ['[\n  {', 'json'],
    ['{"Records":[{"a":1}]}', 'json'],
    ['[Sun Dec 04 04:47:44 2005] [notice] x', 'text'],
    ['a,b,c\n1,2,3\n', 'csv'],
    ['a,b\n', 'csv', 'x.csv'],
    ['Jun 15 10:00:00 h sshd[1]: Accepted, indeed, really\nx', 'text'],
    ['#separator \\x09\n', 'zeek-tsv'],
    ['#Software: IIS\n#Fields: date', 'w3c'],
    ['12 <13>hello wor', 'syslog'],
    ['<13>hello', 'text'],
    [[...'ElfFile\0'].map((c) => c.charCodeAt(0)), 'evtx'],
    [[0x1f, 0x8b, 8], 'gzip'],
    [[0x50, 0x4b, 3, 4], 'zip'],
    [[0, 1, 2, 3, 0, 0, 0, 9, 1], 'binary'],
    [[0xff, 0xfe, 0x7b, 0, 0x22, 0, 0x61, 0, 0x22, 0, 0x3a, 0, 0x31, 0, 0x7d, 0], 'ndjson'],
    ['', 'text'],
  ]
  it.each(cases)('%j is %s', (input, framing, name) => {
    expect(sniff(typeof input === 'string' ? encoder.encode(input) : new Uint8Array(input), name)).toBe(framing)
  })
})
