import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { folderWith } from '../testing/folder.ts'
import { zipOf } from '../testing/zip-archive.ts'
import { findFiles } from './find-files.ts'
import { type ArchiveLimits, defaultLimits, type InputFormat, type LostRecord, type Media } from './piece.ts'
import { readInput } from './read-input.ts'

interface Content {
  lines: string[]
  media: Media[]
  lost: LostRecord[]
  skipped: Record<string, string>
  damaged: Record<string, string>
}

async function contentOf(
  paths: readonly string[],
  options: { format?: InputFormat; limits?: Partial<ArchiveLimits>; maxRecordBytes?: number } = {},
): Promise<Content> {
  const content: Content = { lines: [], media: [], lost: [], skipped: {}, damaged: {} }
  const read = {
    format: options.format ?? 'auto',
    maxRecordBytes: options.maxRecordBytes ?? 1024 * 1024,
    limits: { ...defaultLimits, ...options.limits },
  }
  for await (const found of findFiles(paths)) {
    if (found.kind === 'skipped') {
      content.skipped[found.name] = found.reason
      continue
    }
    for await (const piece of readInput(found.file, read)) {
      if (piece.kind !== 'records') {
        content[piece.kind][piece.name] = piece.reason
        continue
      }
      expect(piece.numbers).toHaveLength(piece.lines.length)
      content.lines.push(...piece.lines)
      if (piece.lines.length > 0 && content.media.at(-1) !== piece.media) content.media.push(piece.media)
      content.lost.push(...piece.lost)
    }
  }
  return content
}

const readFile = async (name: string, bytes: string | Uint8Array, options: Parameters<typeof contentOf>[1] = {}) => {
  const folder = await folderWith({ [name]: bytes })
  return contentOf([join(folder, name)], options)
}

const utf16 = (text: string): Buffer => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')])

describe('readInput', () => {
  it.each<[string, string, string | Uint8Array, string[], Media]>([
    [
      'JSON lines as they stand',
      'a.jsonl',
      '{"a": 1.0}\n{"b":"ü", "c":10000000000000000001}\n',
      ['{"a": 1.0}', '{"b":"ü", "c":10000000000000000001}'],
      'json',
    ],
    ['no line end at the end', 'a.jsonl', '{"a":1}\n{"a":2}', ['{"a":1}', '{"a":2}'], 'json'],
    ['CRLF and empty lines', 'a.jsonl', '{"a":1}\r\n\r\n\n{"a":2}\r\n', ['{"a":1}', '{"a":2}'], 'json'],
    ['a byte order mark', 'a.jsonl', '\ufeff{"a":1}\n', ['{"a":1}'], 'json'],
    ['UTF-16', 'a.jsonl', utf16('{"a":"é"}\r\n{"a":2}\r\n'), ['{"a":"é"}', '{"a":2}'], 'json'],
    ['an array', 'a.json', '[{"a":1},\n {"a":[2,{"x":"]"}]}]', ['{"a":1}', '{"a":[2,{"x":"]"}]}'], 'json'],
    [
      'pretty-printed objects',
      'a.json',
      '{\n  "a": 1,\n  "big": 10000000000000000001\n}\n{\n  "b": "x\\ny"\n}\n',
      ['{"a": 1,"big": 10000000000000000001}', '{"b": "x\\ny"}'],
      'json',
    ],
    [
      'a wrapper',
      'trail.json',
      '{"Records":[{"eventName":"A"},{"eventName":"B"}]}',
      ['{"eventName":"A"}', '{"eventName":"B"}'],
      'json',
    ],
    [
      'lines of text',
      'auth.log',
      'Mar  1 10:00:00 web sshd[1]: one\nMar  1 10:00:01 web sshd[1]: two\n',
      ['Mar  1 10:00:00 web sshd[1]: one', 'Mar  1 10:00:01 web sshd[1]: two'],
      'text',
    ],
    ['syslog with lengths in front', 'relay.log', '9 <13>a b\nc10 <13>second', ['<13>a b#012c', '<13>second'], 'text'],
    [
      'CSV',
      'a.csv',
      'time,user,what\n2026-03-01,ada,"x, ""y"""\n',
      ['{"time":"2026-03-01","user":"ada","what":"x, \\"y\\""}'],
      'json',
    ],
    [
      'Zeek',
      'dns.log',
      '#separator \\x09\n#path\tdns\n#fields\tts\tquery\n#types\ttime\tstring\n1.5\twww.example.org\n',
      ['{"_path":"dns","ts":1.5,"query":"www.example.org"}'],
      'json',
    ],
    ['gzip', 'a.jsonl.gz', gzipSync('{"a":1}\n'), ['{"a":1}'], 'json'],
    [
      'several gzip members',
      'a.jsonl.gz',
      Buffer.concat([gzipSync('{"a":1}\n'), gzipSync('{"a":2}\n')]),
      ['{"a":1}', '{"a":2}'],
      'json',
    ],
    ['gzip within gzip', 'a.jsonl.gz.gz', gzipSync(gzipSync('{"a":1}\n')), ['{"a":1}'], 'json'],
  ])('reads %s', async (_what, name, bytes, lines, media) => {
    const content = await readFile(name, bytes)
    expect(content).toMatchObject({ lines, media: [media], lost: [], skipped: {}, damaged: {} })
  })

  it('takes what it is told a file is, but sees containers by itself', async () => {
    const { lines, media } = await readFile('a.gz', gzipSync('{"a":1}\nplain\n'), { format: 'text' })
    expect(lines).toEqual(['{"a":1}', 'plain'])
    expect(media).toEqual(['text'])
  })

  it.each<[string, string, string | Uint8Array, string]>([
    ['an empty file', 'a.log', '', 'empty'],
    ['an empty gzip', 'a.log.gz', gzipSync(''), 'empty'],
    ['binary rubbish', 'a.log', Buffer.from(Array.from({ length: 4000 }, (_, i) => (i * 37) % 256)), 'binary'],
    ['bzip2', 'a.bz2', Buffer.concat([Buffer.from('BZh9'), Buffer.alloc(100)]), 'packed with bzip2: unpack it first'],
  ])('skips %s', async (_what, name, bytes, reason) => {
    const { lines, skipped } = await readFile(name, bytes)
    expect(lines).toEqual([])
    expect(Object.values(skipped)).toEqual([reason])
  })

  it('skips what is no log by its name in a folder, but not when it is named', async () => {
    const folder = await folderWith({
      'README.md': 'words\n',
      LICENSE: 'words\n',
      'rule.yml': 'title: x\n',
      '.hidden': 'x\n',
      'zeek/notice.log': 'a line\n',
    })
    const all = await contentOf([folder])
    expect(all.lines).toEqual(['a line'])
    expect(Object.values(all.skipped).sort()).toEqual([
      'a document',
      'a document (.md)',
      'hidden',
      'rules or settings (.yml)',
    ])
    expect((await contentOf([join(folder, 'README.md')])).lines).toEqual(['words'])
  })

  it('keeps what comes before the end of a gzip that was cut off, and says so', async () => {
    const text = Array.from({ length: 20_000 }, (_, i) => `{"n":${i},"x":"${(i * 7919).toString(36)}"}\n`).join('')
    const packed = gzipSync(text)
    const { lines, damaged } = await readFile('a.jsonl.gz', packed.subarray(0, packed.length / 2))
    expect(lines.length).toBeGreaterThan(1000)
    expect(lines).toEqual(text.split('\n').slice(0, lines.length))
    expect(Object.values(damaged)).toEqual(['the packed stream ends early'])
  })

  it('says when a gzip is damaged, and does not fail its neighbours', async () => {
    const packed = gzipSync('{"a":1}\n'.repeat(1000))
    packed.fill(0xff, 20, 30)
    const folder = await folderWith({ 'a.gz': packed, 'b.jsonl': '{"b":1}\n' })
    const { lines, damaged } = await contentOf([folder])
    expect(lines).toEqual(['{"b":1}'])
    expect(Object.values(damaged)).toEqual(['the packed stream is damaged'])
  })

  it('loses a record that is too long, and only that one', async () => {
    const { lines, lost } = await readFile('a.jsonl', `{"a":1}\n{"x":"${'y'.repeat(5000)}"}\n{"a":2}\n`, {
      maxRecordBytes: 1000,
    })
    expect(lines).toEqual(['{"a":1}', '{"a":2}'])
    expect(lost).toMatchObject([{ line: 2, code: 'FRAME_TOO_LONG' }])
  })

  it('says where JSON ends in the middle of an object', async () => {
    const { lines, lost } = await readFile('a.json', '[{"a":1},{"a":')
    expect(lines).toEqual(['{"a":1}'])
    expect(lost).toMatchObject([{ code: 'FRAME_TRUNCATED' }])
  })
})

describe('archives', () => {
  it('reads the members of a ZIP, and archives within it', async () => {
    const inner = await zipOf({ 'deep/b.jsonl': '{"b":1}\n' })
    const zip = await zipOf({
      'a.jsonl': '{"a":1}\n',
      'c.log.gz': gzipSync('a line\n'),
      'inner.zip': inner,
      'README.md': 'x',
      'empty.log': '',
    })
    const { lines, skipped, damaged } = await readFile('logs.zip', zip)
    expect(lines).toEqual(['{"a":1}', 'a line', '{"b":1}'])
    expect(skipped).toEqual({ 'logs.zip!README.md': 'a document (.md)', 'logs.zip!empty.log': 'empty' })
    expect(damaged).toEqual({})
  })

  it('stops at archives nested too deep', async () => {
    let nested: Buffer = Buffer.from('{"a":1}\n')
    for (let depth = 0; depth < 5; depth++) nested = gzipSync(nested)
    const { lines, skipped } = await readFile('a.gz', nested)
    expect(lines).toEqual([])
    expect(Object.values(skipped)).toEqual(['an archive within 3 others'])
  })

  it.each([
    [
      'a ZIP that unpacks to far too much',
      async () => ({ 'bomb.zip': await zipOf({ 'a.log': Buffer.alloc(60 * 1024 * 1024) }) }),
    ],
    [
      'a gzip that unpacks to far too much',
      async () => ({ 'bomb.gz': gzipSync(Buffer.alloc(60 * 1024 * 1024, `${'x'.repeat(999)}\n`)) }),
    ],
  ])('refuses %s', async (_what, make) => {
    const folder = await folderWith(await make())
    const { damaged } = await contentOf([folder])
    expect(Object.values(damaged)).toEqual([expect.stringMatching(/^\d.* past 300 times: a zip bomb\?$/)])
  })

  it('reads nothing of a ZIP bomb', async () => {
    const zip = await zipOf({ 'good.jsonl': '{"a":1}\n', 'bomb.log': Buffer.alloc(60 * 1024 * 1024) })
    expect((await readFile('a.zip', zip)).lines).toEqual([])
  })

  it('refuses an archive of too many members', async () => {
    const zip = await zipOf(Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`${i}.log`, 'x\n'])))
    const { lines, damaged } = await readFile('a.zip', zip, { limits: { maxMembers: 10 } })
    expect(lines).toEqual([])
    expect(Object.values(damaged)).toEqual(['it has 11 members, more than 10: a zip bomb?'])
  })

  it('refuses an archive whose members lie over each other', async () => {
    const zip = await zipOf({ 'a.log': 'x'.repeat(300), 'b.log': 'x'.repeat(300) })
    // Both say that their packed bytes are as many as the whole file has.
    for (let at = zip.indexOf('PK\x01\x02', 0, 'latin1'); at >= 0; at = zip.indexOf('PK\x01\x02', at + 4, 'latin1'))
      zip.writeUInt32LE(zip.length - 1, at + 20)
    expect(Object.values((await readFile('a.zip', zip)).damaged)).toEqual([
      'its members lie over each other: a zip bomb?',
    ])
  })

  it('says when a ZIP is cut off', async () => {
    const zip = await zipOf({ 'a.log': 'a line\n' })
    const { damaged } = await readFile('a.zip', zip.subarray(0, zip.length - 10))
    expect(Object.keys(damaged)).toEqual(['a.zip'])
  })
})
