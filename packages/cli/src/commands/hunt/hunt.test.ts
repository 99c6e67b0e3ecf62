import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { readEnvironment } from '../../config/environment.ts'
import { testDataFolder } from '../../config/test-data.ts'
import { CredentialStore } from '../../connection/credentials.ts'
import { folderWith } from '../../testing/folder.ts'
import { memoryTerminal } from '../../testing/memory-terminal.ts'
import { zipOf } from '../../testing/zip-archive.ts'
import { commandContext } from '../context.ts'
import { checkCommand } from '../rules/check.ts'
import { huntCommand } from './hunt.ts'
import { threadsFor } from './hunt-input.ts'

const environment = readEnvironment({})

/** Runs a command as a person would. */
async function run(
  make: typeof huntCommand,
  ...argv: string[]
): Promise<{ out: string; err: string; exitCode: number }> {
  const terminal = memoryTerminal()
  const context = commandContext({
    environment,
    terminal,
    credentials: new CredentialStore(environment),
    isInteractive: false,
  })
  await make(context).exitOverride().parseAsync(argv, { from: 'user' })
  const exitCode = Number(process.exitCode ?? 0)
  process.exitCode = 0
  return { out: terminal.stdout(), err: terminal.stderr(), exitCode }
}
const hunt = (...argv: string[]) => run(huntCommand, ...argv)

interface Line {
  readonly ruleId: string
  readonly title: string
  readonly level: string
  readonly time: string | null
  readonly source: { readonly file: string; readonly record: number }
  readonly matched: readonly { readonly field: string | null; readonly value: string; readonly predicate: string }[]
  readonly event: Readonly<Record<string, unknown>>
}
const linesOf = (out: string): Line[] =>
  out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))

afterEach(() => {
  process.exitCode = 0
})

const dumperId = '0b5a9f0e-3c1d-4e52-9a6b-7d2f11c0a001'
const dumper = `title: Tool that reads memory
id: ${dumperId}
name: dumper
level: high
logsource: {category: process_creation, product: windows}
detection:
  selection: {Image|endswith: '\\dumper.exe'}
  condition: selection
`
const anything = `title: Any program
level: low
logsource: {category: process_creation, product: windows}
detection:
  selection: {Image|exists: true}
  condition: selection
`
const sysmon = (image: string, minute: number, more: Record<string, unknown> = {}): string =>
  JSON.stringify({
    EventID: 1,
    Channel: 'Microsoft-Windows-Sysmon/Operational',
    Provider_Name: 'Microsoft-Windows-Sysmon',
    UtcTime: `2026-03-01 10:${String(minute).padStart(2, '0')}:00.000`,
    Hostname: 'ws-1.example.org',
    Image: image,
    ...more,
  })

describe('watchfloor hunt', () => {
  it('prints an object for each hit, with what matched and the record as it was', async () => {
    const record = sysmon('C:\\Tools\\dumper.exe', 5, { big: 12345678901234567890n.toString(), n: 1.5 })
    const folder = await folderWith({ 'rules/a.yml': dumper, 'a.jsonl': `${sysmon('C:\\x.exe', 1)}\n${record}\n` })
    const { out, err, exitCode } = await hunt(
      '--rules',
      join(folder, 'rules'),
      '--format',
      'jsonl',
      join(folder, 'a.jsonl'),
    )
    expect(linesOf(out)).toEqual([
      {
        ruleId: dumperId,
        title: 'Tool that reads memory',
        level: 'high',
        time: '2026-03-01T10:05:00.000Z',
        source: { file: join(folder, 'a.jsonl'), record: 2 },
        matched: [{ field: 'Image', value: 'C:\\Tools\\dumper.exe', predicate: "Image ends with '\\dumper.exe'" }],
        event: JSON.parse(record),
      },
    ])
    expect(exitCode).toBe(0)
    expect(err).toContain('1 hit: 1 high')
    expect(err).toContain('ws-1.example.org')
    expect(err).toContain('2 events, 1 rule')
  })

  it('reads arrays, gzip, ZIP and folders, and tells hits in the order of files and records', async () => {
    const many = Array.from({ length: 700 }, (_, i) => sysmon(`C:\\${i}\\dumper.exe`, i % 60)).join('\n')
    const folder = await folderWith({
      'rules/a.yml': dumper,
      'logs/a.json': `[${sysmon('C:\\array\\dumper.exe', 1)}, ${sysmon('C:\\array2\\dumper.exe', 2)}]`,
      'logs/b.jsonl.gz': gzipSync(many),
      'logs/c.zip': await zipOf({ 'in/x.jsonl': sysmon('C:\\zip\\dumper.exe', 3) }),
      'logs/d.jsonl': sysmon('C:\\last\\dumper.exe', 4),
      'logs/readme.md': 'no log',
    })
    const argv = ['-r', join(folder, 'rules'), '--format', 'jsonl', join(folder, 'logs')]
    const [one, two] = [await hunt(...argv, '--threads', '1'), await hunt(...argv, '--threads', '3')]
    const images = linesOf(one.out).map(({ event }) => String(event.Image).split('\\')[1])
    expect(images).toEqual(['array', 'array2', ...Array.from({ length: 700 }, (_, i) => String(i)), 'zip', 'last'])
    expect(two.out).toBe(one.out)
    expect(linesOf(one.out).at(-2)!.source).toEqual({ file: join(folder, 'logs/c.zip!in/x.jsonl'), record: 1 })
    expect(one.err).toContain('readme.md: a document (.md)')
  })

  it('keeps to levels and times', async () => {
    const records = [1, 2, 3].map((minute) => sysmon('C:\\dumper.exe', minute))
    const folder = await folderWith({
      'rules/a.yml': `${dumper}---\n${anything}`,
      'a.jsonl': [...records, sysmon('C:\\dumper.exe', 4).replace(/"UtcTime":"[^"]*",/, '')].join('\n'),
    })
    const argv = ['-r', join(folder, 'rules'), '-f', 'jsonl', join(folder, 'a.jsonl')]
    expect(linesOf((await hunt(...argv)).out)).toHaveLength(8)
    const high = linesOf((await hunt(...argv, '--min-level', 'high')).out)
    expect(high.map(({ level }) => level)).toEqual(['high', 'high', 'high', 'high'])
    expect(high.at(-1)!.time).toBeNull()
    const range = ['--from', '2026-03-01T10:02:00Z', '--to', '2026-03-01T10:02:30Z', '--min-level', 'high']
    const ranged = await hunt(...argv, ...range)
    expect(linesOf(ranged.out).map(({ time }) => time)).toEqual(['2026-03-01T10:02:00.000Z'])
    expect(ranged.err).toContain('2 records outside the time range')
    expect(ranged.err).toContain('1 record without a time left out')
    await expect(hunt(...argv, '--min-level', 'critical')).rejects.toThrow('no rule is of level critical or above')
    await expect(hunt(...argv, '--from', '2026-03-02', '--to', '2026-03-01')).rejects.toThrow('--from is after --to')
  })

  it('applies filters and pipelines, of a file or built in', async () => {
    const filter = `title: ours\nlogsource: {product: windows}\nfilter:\n  rules: [dumper]\n  selection: {Image|contains: '\\ours\\'}\n  condition: not selection\n`
    const ecs = dumper.replace('Image|', 'process.executable|')
    const records = `${sysmon('C:\\ours\\dumper.exe', 1)}\n${sysmon('C:\\theirs\\dumper.exe', 2)}\n`
    const folder = await folderWith({
      'plain/a.yml': dumper,
      'plain/f.yml': filter,
      'ecs/a.yml': ecs,
      'p.yml': 'transformations:\n  - {type: field_name_mapping, mapping: {process.executable: Image}}\n',
      'a.jsonl': records,
    })
    const found = async (...argv: string[]) =>
      linesOf((await hunt(...argv, '-f', 'jsonl', join(folder, 'a.jsonl'))).out).map(({ source }) => source.record)
    expect(await found('-r', join(folder, 'plain'))).toEqual([2])
    expect(await found('-r', join(folder, 'plain'), '-p', 'winlogbeat')).toEqual([2])
    expect(await found('-r', join(folder, 'ecs'))).toEqual([])
    expect(await found('-r', join(folder, 'ecs'), '--pipeline', 'winlogbeat')).toEqual([1, 2])
    expect(await found('-r', join(folder, 'ecs'), '--pipeline', join(folder, 'p.yml'))).toEqual([1, 2])
    await expect(found('-r', join(folder, 'ecs'), '--pipeline', 'nope')).rejects.toThrow('there is no pipeline nope')
    await writeFile(join(folder, 'bad.yml'), 'transformations:\n  - {type: nope}\n')
    await expect(found('-r', join(folder, 'ecs'), '-p', join(folder, 'bad.yml'))).rejects.toThrow(
      /bad\.yml:2:6 there is no transformation "nope"/,
    )
  })

  it('fills placeholders in from a file, and runs no rule that lacks one', async () => {
    const expanding = dumper.replace("{Image|endswith: '\\dumper.exe'}", "{Image|expand|endswith: '%Tools%.exe'}")
    const folder = await folderWith({
      'r/a.yml': expanding,
      'p.yml': 'Tools: [dumper, grabber]\n',
      'bad.yml': 'Tools: {a: b}\n',
      'a.jsonl': ['dumper', 'other', 'grabber'].map((name, i) => sysmon(`C:\\${name}.exe`, i)).join('\n'),
    })
    const argv = ['-r', join(folder, 'r'), '-f', 'jsonl', join(folder, 'a.jsonl')]
    await expect(hunt(...argv)).rejects.toThrow('there is no rule that runs in')
    const { out } = await hunt(...argv, '--placeholders', join(folder, 'p.yml'))
    expect(linesOf(out).map(({ source }) => source.record)).toEqual([1, 3])
    expect(linesOf(out)[1]!.matched[0]!.predicate).toBe("Image ends with 'grabber.exe'")
    await expect(hunt(...argv, '--placeholders', join(folder, 'bad.yml'))).rejects.toThrow(
      /bad\.yml:1:1 the placeholder "Tools" must have a text or a list of texts/,
    )
    await expect(hunt(...argv, '--placeholders', join(folder, 'no.yml'))).rejects.toThrow(
      'cannot read the placeholders',
    )
  })

  it('looks through a large file in several threads, and tells the same', async () => {
    const filler = 'x'.repeat(4_000)
    const count = 12_000
    const text = Array.from({ length: count }, (_, i) =>
      sysmon(i % 500 === 7 ? 'C:\\dumper.exe' : 'C:\\other.exe', i % 60, { filler, i }),
    ).join('\n')
    const folder = await folderWith({ 'r.yml': dumper, 'a.jsonl': text })
    const argv = ['-r', join(folder, 'r.yml'), '-f', 'jsonl', join(folder, 'a.jsonl')]
    const [one, two] = [await hunt(...argv, '--threads', '1'), await hunt(...argv, '--threads', '2')]
    expect(two.out).toBe(one.out)
    const records = linesOf(two.out).map(({ source, event }) => [source.record, event.i])
    expect(records).toEqual(Array.from({ length: 24 }, (_, k) => [k * 500 + 8, k * 500 + 7]))
    expect(two.err).toContain('12,000 events')
  }, 60_000)

  it('takes threads by what there is to do', () => {
    expect([0, 10e6, 32e6].map((work) => threadsFor(work, 8))).toEqual([0, 0, 0])
    expect([33e6, 100e6, 10e9].map((work) => threadsFor(work, 8))).toEqual([3, 7, 8])
    expect(threadsFor(10e9, 1)).toBe(1)
    expect(threadsFor(10e9, 128)).toBe(16)
  })

  it('ends with what was found when it is stopped', async () => {
    const text = Array.from({ length: 5_000 }, (_, i) =>
      sysmon('C:\\dumper.exe', i % 60, { filler: 'x'.repeat(1_000) }),
    )
    const folder = await folderWith({ 'r.yml': dumper, 'a.jsonl': text.join('\n'), 'b.jsonl': text.join('\n') })
    const argv = ['-r', join(folder, 'r.yml'), '-f', 'jsonl', join(folder, 'a.jsonl'), join(folder, 'b.jsonl')]
    const running = hunt(...argv, '--threads', '1')
    const asked = setInterval(() => {
      if (process.listenerCount('SIGINT') === 0) return
      clearInterval(asked)
      process.emit('SIGINT')
    }, 5)
    const { out, err, exitCode } = await running
    expect(exitCode).toBe(130)
    expect(err).toContain('stopped before the end')
    const found = linesOf(out)
    expect(found.length).toBeLessThan(10_000)
    expect(found.map(({ source }) => source.record)).toEqual(found.map((_, i) => i + 1))
  }, 30_000)

  it('asks records of a program of our own what rules for it ask, when told what they are', async () => {
    const orders = `title: Large order\nlevel: low\nlogsource: {product: shop, service: orders}\ndetection:\n  s: {amount|gte: 1000}\n  condition: s\n`
    const folder = await folderWith({ 'rules/a.yml': orders, 'a.jsonl': '{"amount": 10}\n{"amount": 5000}\n' })
    const argv = ['-r', join(folder, 'rules'), '-f', 'jsonl', join(folder, 'a.jsonl')]
    expect((await hunt(...argv)).out).toBe('')
    const told = await hunt('--product', 'shop', '--service', 'orders', ...argv)
    expect(linesOf(told.out)).toMatchObject([{ title: 'Large order', source: { record: 2 } }])
  })

  it('correlates over files, whatever their order in time', async () => {
    const burst = `title: Burst\nid: 0b5a9f0e-3c1d-4e52-9a6b-7d2f11c0a009\nlevel: critical\ncorrelation:\n  type: event_count\n  rules: [dumper]\n  group-by: [Computer]\n  timespan: 10m\n  condition: {gte: 3}\n`
    const folder = await folderWith({
      'rules/a.yml': `${dumper}---\n${burst}`,
      'logs/a.jsonl': `${sysmon('C:\\dumper.exe', 9)}\n${sysmon('C:\\dumper.exe', 30)}\n`,
      'logs/b.jsonl': `${sysmon('C:\\dumper.exe', 3)}\n${sysmon('C:\\dumper.exe', 5)}\n`,
    })
    const argv = ['-r', join(folder, 'rules'), '-f', 'jsonl', join(folder, 'logs')]
    const lines = linesOf((await hunt(...argv)).out)
    expect(lines).toMatchObject([
      {
        title: 'Burst',
        level: 'critical',
        time: '2026-03-01T10:09:00.000Z',
        source: { file: join(folder, 'logs/a.jsonl'), record: 1 },
        event: { group: { Computer: 'ws-1.example.org' }, value: 3, from: '2026-03-01T10:03:00.000Z' },
      },
    ])
    expect((lines[0]!.event.records as { file: string; record: number }[]).map(({ record }) => record)).toEqual([
      1, 2, 1,
    ])
    await writeFile(join(folder, 'rules/a.yml'), `${dumper}---\n${burst}generate: true\n`)
    expect(linesOf((await hunt(...argv)).out)).toHaveLength(5)
    expect(linesOf((await hunt(...argv, '--min-level', 'critical')).out)).toHaveLength(1)
  })

  it('writes CSV that no spreadsheet runs, and a table', async () => {
    const folder = await folderWith({
      'r.yml': dumper.replace('Tool that', "'=cmd() that").replace('memory', "memory'"),
      'a.jsonl': sysmon('C:\\dumper.exe', 1),
    })
    const argv = ['-r', join(folder, 'r.yml'), join(folder, 'a.jsonl')]
    const [titles, line] = (await hunt(...argv, '-f', 'csv')).out.split('\r\n')
    expect(titles).toBe('time,level,title,ruleId,host,file,record,matched,event')
    expect(line).toMatch(/^2026-03-01T10:01:00.000Z,high,"'=cmd\(\) that reads memory",/)
    const table = (await hunt(...argv)).out.split('\n')
    expect(table[0]).toMatch(/^TIME +LEVEL +RULE +HOST +RECORD$/)
    expect(table[1]).toMatch(
      /^2026-03-01 10:01:00Z +high +=cmd\(\) that reads memory +ws-1\.example\.org +\S+a\.jsonl:1$/,
    )
  })

  it('writes a report in which nothing of a record acts', async () => {
    const attack = '</pre><script>alert(1)</script><img src=x onerror=alert(2)>'
    const folder = await folderWith({
      'r.yml': dumper,
      'a.jsonl': sysmon(`C:\\${attack}\\dumper.exe`, 1, { Hostname: attack }),
    })
    const output = join(folder, 'report.html')
    const { out } = await hunt('-r', join(folder, 'r.yml'), '-f', 'html', '-o', output, join(folder, 'a.jsonl'))
    const page = await readFile(output, 'utf8')
    expect(out).toBe('')
    expect(page).toMatch(/^<!doctype html>/)
    expect(page).toContain("default-src 'none'")
    expect(page).not.toMatch(/<script|<img|<[a-z]+[^>]* (?:src|href|on\w+)=/)
    expect(page).toContain('&lt;script&gt;alert(1)')
    expect(page).toContain('Tool that reads memory')
  })

  it('says when there is nothing to read, and no rules', async () => {
    const folder = await folderWith({ 'r.yml': dumper, 'empty/readme.md': 'x', 'bad.yml': 'title: x\n' })
    expect((await hunt('-r', join(folder, 'r.yml'), join(folder, 'empty'))).exitCode).toBe(1)
    await expect(hunt('-r', join(folder, 'bad.yml'), folder)).rejects.toThrow('there is no rule that runs in')
    await expect(hunt('-r', join(folder, 'empty'), folder)).rejects.toThrow('no .yml or .yaml file is in')
    await expect(hunt('-r', join(folder, 'r.yml'), join(folder, 'gone'))).rejects.toThrow('is not there')
    await expect(hunt('-r', join(folder, 'r.yml'), '-o', join(folder, 'no/way.txt'), folder)).rejects.toThrow(
      'cannot write',
    )
  })

  const broken = join(testDataFolder(), 'evtx-parser-samples')
  const missing = existsSync(broken) ? '' : ` (skipped: no samples in ${broken}; WATCHFLOOR_TEST_DATA names the folder)`
  it.skipIf(missing !== '')(
    `reports damaged chunks and goes on${missing}`,
    async () => {
      const rule = 'title: any\nlogsource: {product: windows}\ndetection: {s: {EventID|exists: true}, condition: s}\n'
      const folder = await folderWith({ 'r.yml': rule })
      const { out, err, exitCode } = await hunt('-r', join(folder, 'r.yml'), '-f', 'jsonl', broken)
      const lines = linesOf(out)
      expect(lines.length).toBeGreaterThan(1_000)
      expect(lines.some(({ source }) => source.file.endsWith('sample_with_a_bad_chunk_magic.evtx'))).toBe(true)
      expect(err).toMatch(/records could not be read:\n.*EVTX_/)
      expect(exitCode).toBe(0)
    },
    60_000,
  )
})

describe('watchfloor rules check', () => {
  const check = (...argv: string[]) => run(checkCommand, ...argv)
  it('lists everything that is wrong with its place, over all files, and ends with 1', async () => {
    const folder = await folderWith({
      'a.yml': dumper.replace('endswith', 'endswiht'),
      'b.yml': anything,
      'c.yml':
        'title: c\ncorrelation:\n  type: event_count\n  rules: [nobody]\n  group-by: [Computer]\n  timespan: 5m\n  condition: {gte: 2}\n',
      'f.yml':
        'title: f\nlogsource: {product: windows}\nfilter:\n  rules: [nobody]\n  selection: {a: b}\n  condition: not selection\n',
    })
    const { out, err, exitCode } = await check(folder)
    expect(out).toMatch(/SIGMA_UNKNOWN_MODIFIER \S+a\.yml:7:21 unknown modifier "endswiht"; did you mean "endswith"\?/)
    expect(out).toMatch(/SIGMA_CORRELATION_\S+ \S+c\.yml:/)
    expect(out).toMatch(/SIGMA_FILTER_UNKNOWN_RULE \S+f\.yml:1:1 no rule has the id or name "nobody"/)
    expect(err).toMatch(/4 files: 1 rule, 0 correlations, 1 filter ready; \d errors/)
    expect(exitCode).toBe(1)
    const json = (await check(folder, '--json', '--quiet')).out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(new Set(json.map(({ level }) => level))).toEqual(new Set(['error']))
  })
  it('says what is no YAML, and what is too large to be read', async () => {
    const folder = await folderWith({
      'a.yml': 'title: [x',
      'big.yml': `x: ${'y'.repeat(10_000_000)}`,
      'good.yml': dumper,
    })
    const { out, exitCode } = await check(folder)
    expect(out).toMatch(/SIGMA_FILE_TOO_LARGE \S+big\.yml:1:1 the file is left out: larger than 1\.0 MB; split it/)
    expect(out).toMatch(/SIGMA_YAML_SYNTAX \S+a\.yml:/)
    expect(exitCode).toBe(1)
    expect((await check(join(folder, 'big.yml'))).out).toContain('SIGMA_FILE_TOO_LARGE')
    await expect(hunt('-r', join(folder, 'big.yml'), folder)).rejects.toThrow('there is no rule that runs in')
  })
  it('ends with 0 when all is well, and checks what pipelines make of rules', async () => {
    const folder = await folderWith({
      'rules/a.yml': dumper,
      'p.yml': 'transformations:\n  - {type: rule_failure, message: none of ours}\n',
      'bad.yml': 'transformations:\n  - {type: nope}\n',
    })
    const rules = join(folder, 'rules')
    expect((await check(rules)).exitCode).toBe(0)
    const refused = await check(rules, '--pipeline', join(folder, 'p.yml'))
    expect(refused.out).toMatch(/SIGMA_PIPELINE_REFUSED \S+a\.yml:1:1 none of ours/)
    expect(refused.exitCode).toBe(1)
    expect((await check(rules, '--pipeline', join(folder, 'bad.yml'))).out).toMatch(
      /SIGMA_PIPELINE_INVALID \S+bad\.yml:2:6/,
    )
  })
})
