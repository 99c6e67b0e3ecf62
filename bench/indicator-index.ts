/**
 * The index of indicators: building it from real lists and generated values of all types, bytes each, look-ups a second of what is listed
 * and what is not, false positives, and how long a matching thread stands still when a new index is swapped in; beside plain Maps.
 * Prints one JSON document. Run: node bench/indicator-index.ts [indicators] [seconds per measurement]
 */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { testDataFolder } from '../packages/cli/src/config/test-data.ts'
import type { IndicatorType } from '../packages/contracts/src/intel/index.ts'
import { canonicalIndicator } from '../packages/engines/src/indicator-index/canonical/canonical.ts'
import {
  IndicatorIndex,
  IndicatorIndexBuilder,
  type IndicatorIndexParts,
  IndicatorListReader,
  indexBytes,
  isConfirmed,
  matchIndicators,
} from '../packages/engines/src/indicator-index/index.ts'
import { encodeChunk } from '../packages/engines/src/logs/index.ts'
import { ThreadPool } from '../packages/server/src/platform/threads/pool.ts'
import { percentile, rounded } from './figures/percentiles.ts'
import { rateOf } from './figures/rates.ts'

const { positionals } = parseArgs({ allowPositionals: true })
const wanted = Number(positionals[0] ?? 1_000_000)
const seconds = Number(positionals[1] ?? 2)
const atOnce = 100_000
const mapEntries = Math.min(wanted, 1_000_000)

interface Value {
  readonly type: IndicatorType
  readonly value: string
}

const hexOf = (number: number, length: number): string =>
  createHash('sha512').update(String(number)).digest('hex').slice(0, length)

/** Ten kinds, in the shares of public feeds; `set` keeps what is listed apart from what is asked for in vain. */
function generated(number: number, set: 'listed' | 'other'): Value {
  const kind = number % 20
  if (kind < 7) {
    const word = Math.imul(number, 2654435761) >>> 0
    const top = set === 'listed' ? (word >>> 24) & 127 : 128 | ((word >>> 24) & 127)
    return { type: 'ipv4', value: `${top}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}` }
  }
  if (kind < 13) return { type: 'domain', value: `${hexOf(number, 9)}.${number % 997}.${set}.example` }
  if (kind < 15)
    return { type: 'url', value: `http://${hexOf(number, 8)}.${set}.example/${hexOf(number, 6)}/${number}.php` }
  if (kind === 15) return { type: 'md5', value: hexOf(set === 'listed' ? number : -number, 32) }
  if (kind < 18) return { type: 'sha256', value: hexOf(set === 'listed' ? number : -number, 64) }
  if (kind === 18) return { type: 'email', value: `${hexOf(number, 7)}@${number % 9973}.${set}-mail.example` }
  const odd = Math.floor(number / 20) % 5
  if (odd === 0)
    return {
      type: 'ipv6',
      value: canonical(
        'ipv6',
        `2001:db8:${set === 'listed' ? 1 : 2}::${(number >>> 16).toString(16)}:${(number & 65535).toString(16)}`,
      ),
    }
  if (odd === 1) return { type: 'file-name', value: `${set}-${number}.exe` }
  if (odd === 2) return { type: 'registry-key', value: `hklm\\software\\${set}\\k${number}` }
  if (odd === 3) return { type: 'ja3', value: hexOf(set === 'listed' ? number + 0.5 : -number - 0.5, 32) }
  return { type: 'user-agent', value: `${set}/${number}` }
}

function canonical(type: IndicatorType, text: string): string {
  const read = canonicalIndicator(type, text)
  if ('problem' in read) throw new Error(read.problem)
  return read.value
}

/** Values of the public lists, each once. */
function listed(): { values: Value[]; lines: number; readMs: number } {
  const folder = join(testDataFolder(), 'ioc-lists')
  if (!existsSync(folder)) return { values: [], lines: 0, readMs: 0 }
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  const files = entries
    .filter((one) => one.isFile() && /\.txt(\.gz)?$/.test(one.name))
    .map((one) => join(one.parentPath, one.name))
  const texts = files.map((file) => {
    const bytes = readFileSync(file)
    return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')
  })
  const seen = new Map<string, Value>()
  const began = performance.now()
  let lines = 0
  for (const text of texts) {
    const reader = new IndicatorListReader({ format: 'text' })
    for (const line of text.split('\n')) {
      lines++
      const read = reader.read(line, lines)
      if (read && !('problem' in read)) seen.set(`${read.type} ${read.value}`, { type: read.type, value: read.value })
    }
  }
  return { values: [...seen.values()], lines, readMs: performance.now() - began }
}

const real = listed()
const valueAt = (number: number): Value => real.values[number] ?? generated(number, 'listed')

const cpuNow = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

function build(confirmation: 'inside' | 'by-store') {
  const builder = new IndicatorIndexBuilder({ confirmation, seed: 20261121, shared: true })
  let addMs = 0
  let cpuMs = 0
  let refused = 0
  for (let from = 0; from < wanted; from += atOnce) {
    const values = Array.from({ length: Math.min(atOnce, wanted - from) }, (_, at) => valueAt(from + at))
    const [began, beganCpu] = [performance.now(), cpuNow()]
    for (const [at, { type, value }] of values.entries())
      if (!builder.add({ type, value, row: from + at, expiryMinute: 0 })) refused++
    addMs += performance.now() - began
    cpuMs += cpuNow() - beganCpu
  }
  const [began, beganCpu] = [performance.now(), cpuNow()]
  const parts = builder.finish()
  return { parts, refused, addMs, finishMs: performance.now() - began, cpuMs: cpuMs + cpuNow() - beganCpu }
}

const fieldOf: Readonly<Partial<Record<IndicatorType, string>>> = {
  ipv4: 'source.ip',
  ipv6: 'source.ip',
  domain: 'dns.question.name',
  url: 'url.full',
  email: 'email.from.address',
  'file-name': 'file.name',
  md5: 'file.hash.md5',
  sha1: 'file.hash.sha1',
  sha256: 'file.hash.sha256',
  ja3: 'tls.client.ja3',
  'user-agent': 'user_agent.original',
  'registry-key': 'registry.path',
}
const eventOf = ({ type, value }: Value) => ({ [fieldOf[type] ?? 'source.ip']: value })

function measure(confirmation: 'inside' | 'by-store') {
  const { parts, refused, addMs, finishMs, cpuMs } = build(confirmation)
  const index = new IndicatorIndex(parts)
  const spread = Array.from({ length: 200_000 }, (_, at) => valueAt(Math.floor((at / 200_000) * wanted))).filter(
    (one) => fieldOf[one.type],
  )
  const others = Array.from({ length: 1_000_000 }, (_, at) => generated(at, 'other'))
  const ask = (value: Value) => matchIndicators([index], eventOf(value), 1)
  const missed = spread.filter(
    (one) => !ask(one).some((hit) => isConfirmed(hit, valueAt(hit.row)) && valueAt(hit.row).value === one.value),
  )
  // Held against a Set: what the index says of values that nobody lists, and what is left of it after confirmation.
  const names = new Set(real.values.map((one) => one.value))
  let unconfirmed = 0
  let falsePositives = 0
  for (const one of others)
    for (const hit of ask(one)) {
      if (names.has(valueAt(hit.row).value) && isConfirmed(hit, valueAt(hit.row))) continue
      if (isConfirmed(hit, valueAt(hit.row))) falsePositives++
      else unconfirmed++
    }
  const events = { hits: spread.map(eventOf), misses: others.slice(0, 200_000).map(eventOf) }
  return {
    parts,
    figures: {
      indicators: parts.count,
      refused,
      loadMs: Math.round(addMs + finishMs),
      loadCpuMs: Math.round(cpuMs),
      sortMs: Math.round(finishMs),
      bytesEach: rounded(indexBytes(parts) / parts.count),
      megabytes: Math.round(indexBytes(parts) / 1_000_000),
      valuesMissed: missed.length,
      askedInVain: others.length,
      falsePositives,
      fingerprintsThatOnlyMet: unconfirmed,
      hits: rateOf(events.hits, (event) => matchIndicators([index], event, 1), seconds),
      misses: rateOf(events.misses, (event) => matchIndicators([index], event, 1), seconds),
    },
  }
}

/** The same with a Map for each type and the suffixes of names looked up one by one. */
function plainMaps() {
  const heapBefore = process.memoryUsage().heapUsed
  const maps = new Map<IndicatorType, Map<string, number>>()
  let loadMs = 0
  for (let from = 0; from < mapEntries; from += atOnce) {
    // Strings of its own: a Map keeps them.
    const values = Array.from({ length: Math.min(atOnce, mapEntries - from) }, (_, at) =>
      generated(from + at, 'listed'),
    )
    const began = performance.now()
    for (const [at, { type, value }] of values.entries()) {
      const map = maps.get(type) ?? new Map<string, number>()
      maps.set(type, map)
      map.set(value, from + at)
    }
    loadMs += performance.now() - began
  }
  const bytes = process.memoryUsage().heapUsed - heapBefore
  const asked = Array.from({ length: 200_000 }, (_, at) => generated(at, 'other'))
  const ask = ({ type, value }: Value) => {
    const map = maps.get(type)
    if (type !== 'domain') return map?.get(value)
    for (let rest = value; rest !== ''; rest = rest.slice(rest.indexOf('.') + 1 || rest.length)) {
      const found = map?.get(rest)
      if (found !== undefined) return found
    }
    return undefined
  }
  return {
    indicators: mapEntries,
    loadMs: Math.round(loadMs),
    bytesEach: rounded(bytes / mapEntries),
    missesExactAndSuffixesAlone: rateOf(asked, ask, seconds),
  }
}

/** How long one event takes on a matching thread while an index is swapped in beside it. */
async function swap(parts: IndicatorIndexParts) {
  const pool = new ThreadPool<unknown, unknown>({
    file: new URL('../packages/server/src/modules/detections/pipeline/match.worker.ts', import.meta.url),
    size: 1,
    name: 'match',
  })
  const line = new TextEncoder().encode('{"src_ip":"192.0.2.10","dest_ip":"198.51.100.9","proto":"tcp"}')
  const chunk = encodeChunk({ sourceId: 's', format: 'auto', receivedMs: Date.UTC(2026, 0, 1) }, [line])
  const task = { epoch: 'e', partition: 0, offset: 0, chunk, from: 0, to: 1 }
  const one = async () => {
    const began = performance.now()
    await pool.run(task)
    return performance.now() - began
  }
  // The threads of a pool keep no program alive while they only listen.
  const awake = setInterval(() => {}, 1000)
  for (let at = 0; at < 2000; at++) await one()
  const quiet: number[] = []
  const during: number[] = []
  for (let turn = 0; turn < 20; turn++) {
    for (let at = 0; at < 100; at++) quiet.push(await one())
    const swapping = pool.broadcast({ indicators: [parts] }, { topic: 'indicators', isLight: true })
    for (let at = 0; at < 10; at++) during.push(await one())
    await swapping
  }
  clearInterval(awake)
  await pool.close()
  const figures = (values: readonly number[]) => ({
    p50Ms: rounded(percentile(values, 50), 2),
    p99Ms: rounded(percentile(values, 99), 2),
    maxMs: rounded(Math.max(...values), 2),
  })
  return { swaps: 20, anEventOtherwise: figures(quiet), anEventDuringTheSwap: figures(during) }
}

const byStore = measure('by-store')
const swapping = await swap(byStore.parts)
const inside = measure('inside')
console.log(
  JSON.stringify(
    {
      lists: {
        lines: real.lines,
        values: real.values.length,
        linesReadPerSecond: Math.round(real.lines / (real.readMs / 1000)),
      },
      byStore: byStore.figures,
      swap: swapping,
      inside: inside.figures,
      maps: plainMaps(),
    },
    null,
    2,
  ),
)
