/** Matches a second of processor time that one thread correlates, by type; a million groups: memory, snapshot, eviction; and the naive evaluation that
 *  the correlator is tested against. Prints one JSON document.
 *  Run: node bench/correlate.ts [matches per measurement] */
import { parseArgs } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import {
  type CompiledCorrelation,
  compileCorrelations,
  correlateNaive,
  createCorrelator,
  type Observation,
  parseRules,
  type SigmaCorrelation,
} from '../packages/engines/src/sigma/index.ts'
import { rounded } from './figures/percentiles.ts'

const { positionals } = parseArgs({ allowPositionals: true })
const matchesPerRun = Number(positionals[0] ?? 300_000)
const MILLION = 1_000_000
const START_MS = Date.UTC(2026, 0, 1)
const MB = 1024 ** 2

const bodies = {
  event_count: 'type: event_count\nrules: [a]\ngroup-by: [user]\ntimespan: 5m\ncondition: {gte: 10}',
  value_count: 'type: value_count\nrules: [a]\ngroup-by: [user]\ntimespan: 5m\ncondition: {field: ip, gte: 10}',
  value_sum: 'type: value_sum\nrules: [a]\ngroup-by: [user]\ntimespan: 5m\ncondition: {field: bytes, gte: 100000}',
  value_avg: 'type: value_avg\nrules: [a]\ngroup-by: [user]\ntimespan: 5m\ncondition: {field: bytes, gte: 600}',
  value_percentile:
    'type: value_percentile\nrules: [a]\ngroup-by: [user]\ntimespan: 5m\ncondition: {field: bytes, percentile: 95, gte: 990}',
  temporal: 'type: temporal\nrules: [a, b, c]\ngroup-by: [user]\ntimespan: 5m',
  temporal_ordered: 'type: temporal_ordered\nrules: [a, b, c]\ngroup-by: [user]\ntimespan: 5m',
} as const

function compile(body: string): CompiledCorrelation {
  const text = `title: bench\nname: bench\ncorrelation:\n${body.replace(/^/gm, '  ')}\n`
  const rule = parseRules(text, 'bench.yml').others[0] as SigmaCorrelation
  const names = ['a', 'b', 'c'].map((name) => ({ key: name, id: null, name }))
  const { compiled, diagnostics } = compileCorrelations([{ key: 'bench', rule }], names)
  if (!compiled[0]) throw new Error(JSON.stringify(diagnostics))
  return compiled[0]
}

/** Processor time of this process: on a machine that does other things too, what it would be on one that does not. */
const cpuMs = (): number => process.cpuUsage().user / 1000

/** @source xorshift32 */
function randomFrom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}

interface Shape {
  readonly groups: number
  /** Matches a second, in the time of the events. */
  readonly perSecond: number
  /** How many of a hundred come up to ten minutes late. */
  readonly latePct: number
  readonly sources?: readonly string[]
}

const sourcesOf = (name: keyof typeof bodies): string[] => (name.startsWith('temporal') ? ['a', 'a', 'b', 'c'] : ['a'])

/** Matches one after the other; made as they are asked for, so that they do not count as memory. */
function* matchesOf(count: number, { groups, perSecond, latePct, sources = ['a'] }: Shape): Iterable<Observation> {
  const random = randomFrom(0x5eed)
  for (let n = 0; n < count; n++) {
    const arrivedMs = START_MS + Math.floor((n * 1000) / perSecond)
    const lateMs = random(100) < latePct ? random(600_000) : 0
    const group = random(groups)
    yield {
      source: sources[random(sources.length)] as string,
      eventId: `0m1k3x.0.${n >> 8}.${n & 255}`,
      timeMs: arrivedMs - lateMs,
      arrivedMs,
      values: { user: `user-${group}@example.com`, ip: `192.0.2.${random(40)}`, bytes: random(1000) },
      context: `{"sourceId":"source-1","entities":{"user.name":"user-${group}"}}`,
    }
  }
}

/** Seconds of processor time that only making the matches takes. */
function makingSeconds(count: number, shape: Shape): number {
  const began = cpuMs()
  let sum = 0
  for (const one of matchesOf(count, shape)) sum += one.timeMs % 2
  return sum < 0 ? 0 : (cpuMs() - began) / 1000
}

function rate(name: keyof typeof bodies, given: Shape) {
  const shape = { ...given, sources: sourcesOf(name) }
  const correlator = createCorrelator([compile(bodies[name])])
  const making = makingSeconds(matchesPerRun, shape)
  const began = cpuMs()
  let hits = 0
  for (const one of matchesOf(matchesPerRun, shape)) hits += correlator.observe(one).length
  const seconds = (cpuMs() - began) / 1000 - making
  const { observed, groups, entries, late } = correlator.stats()
  return { perCpuSecond: Math.round(observed / seconds), observed, hits, groups, entries, late }
}

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

const heapMb = (): number => {
  collect()
  return process.memoryUsage().heapUsed / MB
}

/** A group for each of a million users, then a million others in their place. */
function millionGroups() {
  const before = heapMb()
  const correlator = createCorrelator([compile(bodies.event_count)], { maxGroups: MILLION })
  const one = (n: number): Observation => ({
    source: 'a',
    eventId: `0m1k3x.0.${n >> 8}.${n & 255}`,
    timeMs: START_MS + (n >> 6),
    arrivedMs: START_MS + (n >> 6),
    values: { user: `user-${n}@example.com` },
    context: `{"sourceId":"source-1","entities":{"user.name":"user-${n}"}}`,
  })
  const timed = (from: number, to: number) => {
    const began = cpuMs()
    for (let n = from; n < to; n++) correlator.observe(one(n))
    return Math.round(((to - from) * 1000) / (cpuMs() - began))
  }
  const opened = timed(0, MILLION)
  const bytesEach = ((heapMb() - before) * MB) / MILLION
  const replaced = timed(MILLION, 2 * MILLION)
  const grown = heapMb() - before
  const { groups, evicted } = correlator.stats()

  let began = cpuMs()
  let chars = 0
  const lines: string[] = []
  for (const line of correlator.snapshot()) {
    chars += line.length
    lines.push(line)
  }
  const snapshotMs = Math.round(cpuMs() - began)
  began = cpuMs()
  createCorrelator([compile(bodies.event_count)], { maxGroups: MILLION }).restore(lines)
  const restoreMs = Math.round(cpuMs() - began)
  return {
    groups,
    evicted,
    openedPerCpuSecond: opened,
    replacedPerCpuSecond: replaced,
    bytesPerGroup: Math.round(bytesEach),
    heapAfterReplacingMb: Math.round(grown),
    snapshotCpuMs: snapshotMs,
    snapshotMb: rounded(chars / MB),
    restoreCpuMs: restoreMs,
  }
}

/** The same matches, evaluated by looking at everything for every window. */
function againstNaive() {
  const shape = { groups: 5, perSecond: 10, latePct: 0, sources: ['a', 'a', 'b', 'c'] }
  const count = 10_000
  const matches = [...matchesOf(count, shape)]
  const results = Object.entries(bodies).map(([name, body]) => {
    const correlation = compile(body)
    let began = cpuMs()
    const expected = correlateNaive([correlation], matches).length
    const naiveMs = cpuMs() - began
    began = cpuMs()
    const correlator = createCorrelator([correlation])
    let hits = 0
    for (const one of matches) hits += correlator.observe(one).length
    hits += correlator.advance(Number.MAX_SAFE_INTEGER).length
    const ms = cpuMs() - began
    if (hits !== expected) throw new Error(`${name}: ${hits} hits, the naive evaluation has ${expected}`)
    return [name, { hits, timesFaster: rounded(naiveMs / ms, 0) }] as const
  })
  return { matches: count, ...Object.fromEntries(results) }
}

const inOrder = { groups: 10_000, perSecond: 2_000, latePct: 0 }
const late = { ...inOrder, latePct: 20 }
// The first run is of cold code.
rate('event_count', late)
const names = Object.keys(bodies) as (keyof typeof bodies)[]
console.log(
  JSON.stringify(
    {
      bench: 'correlate',
      matchesPerRun,
      groups: inOrder.groups,
      inOrder: Object.fromEntries(names.map((name) => [name, rate(name, inOrder)])),
      twentyPctLate: Object.fromEntries(names.map((name) => [name, rate(name, late)])),
      oneGroupFlooded: rate('event_count', { groups: 1, perSecond: 2_000, latePct: 0 }),
      millionGroups: millionGroups(),
      againstNaive: againstNaive(),
    },
    null,
    2,
  ),
)
