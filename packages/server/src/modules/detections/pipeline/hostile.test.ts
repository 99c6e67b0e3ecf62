import { encodeChunk } from '@watchfloor/engines/logs'
import { afterEach, describe, expect, it } from 'vitest'
import type { StoredRecord } from '../../../platform/bus/bus.ts'
import { textColumnOf, textsOf } from '../../../platform/events/event-block.ts'
import { memoryLog } from '../../../platform/log/memory-log.ts'
import { ThreadPool } from '../../../platform/threads/pool.ts'
import type { MatchResult, MatchTask, RuleText } from './messages.ts'
import { processRecord } from './process-record.ts'

/** The threads that match in production, with rules and events that mean harm. */
let pool: ThreadPool<MatchTask, MatchResult> | undefined
afterEach(async () => {
  await pool?.close()
  pool = undefined
})

const ruleOf = (id: string, detection: string): RuleText => ({
  id,
  version: 1,
  title: id,
  level: 'high',
  techniques: [],
  yaml: `title: ${id}\nlogsource: {product: windows}\ndetection:\n${detection.replace(/^/gm, '  ')}\n`,
})

const good = ruleOf('good', "s: {CommandLine|contains: 'whoami'}\ncondition: s")

const wildcards = (count: number): string => 'a*'.repeat(count)

const hostileRules: readonly RuleText[] = [
  ruleOf('nested-repeats', "s: {CommandLine|re: '^(a+)+$'}\ncondition: s"),
  ruleOf('alternatives', "s: {CommandLine|re: '(a|aa|a?)*b'}\ncondition: s"),
  ruleOf('large-counts', `s: {CommandLine|re: '${'a{1000}'.repeat(900)}'}\ncondition: s`),
  ruleOf('counts-in-counts', "s: {CommandLine|re: '((a{1,100}){1,10}b{1,1000})'}\ncondition: s"),
  ruleOf('many-dots', `s: {CommandLine|re: '${'.*a'.repeat(500)}'}\ncondition: s`),
  ruleOf('wildcards-in-one', `s: {CommandLine: '${wildcards(50_000)}b'}\ncondition: s`),
  ruleOf('wildcards-contains', `s: {CommandLine|contains: '${wildcards(2_000)}b'}\ncondition: s`),
  ruleOf(
    'wildcards-in-many',
    `s:\n  CommandLine|contains:\n${Array.from({ length: 300 }, (_, i) => `    - 'a*${i}*b*c?d'`).join('\n')}\ncondition: s`,
  ),
  ruleOf(
    'one-letter-keywords',
    `s:\n${Array.from({ length: 500 }, (_, i) => `  - '*${i % 10}?*'`).join('\n')}\ncondition: s`,
  ),
  ruleOf(
    'all-of-them',
    `s:\n  CommandLine|contains|all:\n${Array.from({ length: 5_000 }, (_, i) => `    - 'a${i}'`).join('\n')}\ncondition: s`,
  ),
  ruleOf('deep-condition', `s: {A: x}\ncondition: ${'('.repeat(5_000)}s${')'.repeat(5_000)}`),
  ruleOf('long-condition', `s: {A: x}\ncondition: ${Array(20_000).fill('s').join(' or ')}`),
  ruleOf('not-yaml', 's: [}{\ncondition: s'),
  { ...ruleOf('large', 's: {A: x}\ncondition: s'), yaml: `title: large\n# ${'x'.repeat(10_000_000)}\n` },
]

const windows = (fields: object): string => JSON.stringify({ Channel: 'Security', EventID: 4688, ...fields })
const deepJson = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`

const hostileEvents: readonly string[] = [
  windows({ CommandLine: 'a'.repeat(1_000_000) }),
  windows({ CommandLine: `${'a'.repeat(500_000)}!${'ab'.repeat(250_000)}` }),
  windows({ CommandLine: 'a1b2c3'.repeat(150_000) }),
  windows({ CommandLine: '\u0000'.repeat(100_000) }),
  windows({ CommandLine: Array.from({ length: 20_000 }, (_, i) => `aa${i}`) }),
  windows(Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`Field${i}`, 'aaaaaaaa']))),
  deepJson(50_000),
  `${'['.repeat(200_000)}`,
  windows({ CommandLine: { a: { a: JSON.parse(deepJson(500)) } } }),
  `{"__proto__": {"CommandLine": "whoami"}, "constructor": 1}`,
  `{"Channel":"Security","CommandLine":"\\ud800\\udfff\\ud800"}`,
  '\u0000'.repeat(1_000),
  '',
]

const entryOf = (records: readonly string[]): StoredRecord => ({
  topic: 'events.raw',
  partition: 0,
  offset: 1,
  storedAtMs: 5,
  value: encodeChunk(
    { sourceId: 'source-1', receivedMs: Date.UTC(2026, 5, 15), format: 'auto' },
    records.map((record) => Buffer.from(record)),
  ),
})

describe('threads with rules and events that mean harm', () => {
  it('match every neighbour, in bounded time, and put nothing aside that can be borne', {
    timeout: 120_000,
  }, async () => {
    pool = new ThreadPool<MatchTask, MatchResult>({
      file: new URL('./match.worker.ts', import.meta.url),
      size: 1,
      name: 'match',
      heapMb: 512,
    })
    const loadedFrom = performance.now()
    await pool.broadcast({ revision: 1, rules: [...hostileRules, good], filters: [] }, { topic: 'rules' })
    expect(performance.now() - loadedFrom).toBeLessThan(30_000)

    const plain = windows({ CommandLine: 'cmd /c whoami' })
    const records = hostileEvents.flatMap((record) => [record, plain])
    const aside: string[] = []
    const deadLetter = async (record: Uint8Array): Promise<void> =>
      void aside.push(Buffer.from(record).toString('utf8', 0, 60))
    const startedAt = performance.now()
    const result = await processRecord({ epoch: 'e', pool, log: memoryLog(), deadLetter }, entryOf(records))
    expect(performance.now() - startedAt).toBeLessThan(30_000)

    expect(aside).toEqual([])
    expect(result.events.count).toBe(records.length)
    const raw = result.events.blocks.flatMap((block) => textsOf(textColumnOf(block, 'raw')))
    const rows = result.detections.filter(({ rule }) => rule.id === 'good').map(({ row }) => raw[row])
    expect(rows.filter((raw) => raw === plain)).toHaveLength(hostileEvents.length)
    // What a prototype would give is not of the event.
    expect(rows.filter((raw) => raw !== plain)).toEqual([])

    const after = await processRecord({ epoch: 'e', pool, log: memoryLog(), deadLetter }, entryOf([plain]))
    expect(after.detections.map(({ rule }) => rule.id)).toContain('good')
  })
})
