import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { createFramer, derivation, type FramedRecord, normalise, sniff, type TextFraming } from './index.ts'

const root = resolve(process.env.WATCHFLOOR_TEST_DATA ?? join(import.meta.dirname, '../../../../../shared/data'))
const RECEIVED_MS = Date.UTC(2026, 10, 21)

const filesUnder = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))

function recordsOf(path: string): { records: FramedRecord[]; problems: number } {
  const stored = readFileSync(path)
  const bytes = path.endsWith('.gz') ? gunzipSync(stored) : stored
  const framer = createFramer(sniff(bytes.subarray(0, 65_536), path) as TextFraming)
  const batches = []
  for (let at = 0; at < bytes.length; at += 65_536) batches.push(framer.push(bytes.subarray(at, at + 65_536)))
  batches.push(framer.end())
  return {
    records: batches.flatMap((b) => b.records),
    problems: batches.reduce((sum, b) => sum + b.problems.length, 0),
  }
}

interface Expected {
  readonly folder: string
  readonly files: RegExp
  readonly parsers: readonly string[]
  readonly atLeast: number
  /** Records without a time of their own, as Zeek's list of loaded scripts. */
  readonly timelessPct?: number
}

const sets: readonly Expected[] = [
  {
    folder: 'otrf-security-datasets/atomic/windows',
    files: /\.json(?:\.gz)?$/,
    parsers: ['windows-flat'],
    atLeast: 10_000,
  },
  { folder: 'otrf-security-datasets/atomic/linux', files: /\.log$/, parsers: ['linux-auditd'], atLeast: 10 },
  { folder: 'otrf-security-datasets/atomic/aws', files: /\.json$/, parsers: ['aws-cloudtrail'], atLeast: 50 },
  { folder: 'otrf-security-datasets/compound', files: /\.log$/, parsers: ['zeek'], atLeast: 1_000 },
  { folder: 'zeek-logs', files: /\.gz$/, parsers: ['zeek'], atLeast: 50_000, timelessPct: 10 },
  { folder: 'suricata-eve-alerts', files: /\.json$/, parsers: ['suricata-eve'], atLeast: 100 },
  { folder: 'aws-cloudtrail-invictus', files: /\.json$/, parsers: ['aws-cloudtrail'], atLeast: 1_000 },
  { folder: 'sigma-regression', files: /\.json$/, parsers: ['windows-evtx-json'], atLeast: 100 },
  { folder: 'loghub-2k', files: /(?:Linux|OpenSSH|Mac)_2k\.log$/, parsers: ['syslog'], atLeast: 2_000 },
  { folder: 'loghub-2k', files: /Apache_2k\.log$/, parsers: ['apache-error'], atLeast: 1_000 },
  {
    folder: 'loghub-2k',
    files: /(?:Hadoop|OpenStack|Zookeeper|Windows)_2k\.log$/,
    parsers: ['application-log'],
    atLeast: 2_000,
  },
]

describe('recorded logs', () => {
  it.for(sets)(
    '$folder $files',
    { timeout: 120_000 },
    ({ folder, files, parsers, atLeast, timelessPct = 1 }, { skip }) => {
      const where = join(root, folder)
      if (!existsSync(where)) skip(`no ${folder} in ${root}; WATCHFLOOR_TEST_DATA names the folder`)
      const counts: Record<string, number> = {}
      const unexplained = new Set<string>()
      let problems = 0
      let timeless = 0
      for (const path of filesUnder(where).filter((p) => files.test(p))) {
        const cut = recordsOf(path)
        problems += cut.problems
        for (const record of cut.records) {
          const event = normalise(record.raw, {
            receivedMs: RECEIVED_MS,
            fields: record.fields,
            warnings: record.warnings,
          })
          counts[event.parser] = (counts[event.parser] ?? 0) + 1
          if (event.timeSource === 'received') timeless++
          if (Object.keys(event.ecs).length === 0 || Object.keys(event.taxonomy).length === 0)
            unexplained.add('empty event')
          for (const field of Object.keys(event.ecs))
            if (!knownField(event.parser, field)) unexplained.add(`${event.parser} ${field}`)
        }
      }
      const total = Object.values(counts).reduce((sum, n) => sum + n, 0)
      console.info(`${folder}: ${total} records, ${JSON.stringify(counts)}, ${timeless} without a time`)
      const expected = parsers.reduce((sum, id) => sum + (counts[id] ?? 0), 0)
      expect(total).toBeGreaterThanOrEqual(atLeast)
      expect(expected / total).toBeGreaterThan(0.99)
      expect(timeless / total).toBeLessThanOrEqual(timelessPct / 100)
      expect(problems).toBe(0)
      expect([...unexplained]).toEqual([])
    },
  )
})

const explained = new Map<string, boolean>()
function knownField(parser: string, field: string): boolean {
  const key = `${parser} ${field}`
  const known = explained.get(key) ?? derivation(parser, field).length > 0
  explained.set(key, known)
  return known
}
