/**
 * Events a second that one thread matches against all public Sigma rules: recorded attacks, and generated Windows events of 0.5-1
 * KB. Parsing and normalising are left out, except where JSON.parse alone is the comparison. Prints one JSON document.
 * Run: node bench/sigma-match.ts [seconds per measurement]
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { testDataFolder } from '../packages/cli/src/config/test-data.ts'
import type { NormalisedEvent } from '../packages/engines/src/event/index.ts'
import { normalise } from '../packages/engines/src/logs/index.ts'
import {
  buildPlan,
  type CompiledRule,
  compileRules,
  matchNaive,
  parseRules,
} from '../packages/engines/src/sigma/index.ts'
import { windowsEvents } from './samples/windows-events.ts'

const { positionals } = parseArgs({ allowPositionals: true })
const secondsPerRun = Number(positionals[0] ?? 3)
const RECEIVED_MS = Date.UTC(2026, 0, 2)
const GENERATED = 20_000

const cpuMs = (): number => process.cpuUsage().user / 1_000
const round = (value: number): number => Number(value.toPrecision(3))

interface Rate {
  /** By the clock, and by the processor time of this process: they differ when the machine is busy with other things. */
  readonly perSecond: number
  readonly perProcessorSecond: number
}

/** Goes through the items again and again for some seconds. */
function rateOf<T>(items: readonly T[], work: (item: T) => void, seconds = secondsPerRun): Rate {
  const [began, beganCpu] = [performance.now(), cpuMs()]
  let done = 0
  while (performance.now() - began < seconds * 1_000) {
    work(items[done % items.length]!)
    done++
  }
  return {
    perSecond: round(done / ((performance.now() - began) / 1_000)),
    perProcessorSecond: round(done / ((cpuMs() - beganCpu) / 1_000)),
  }
}

function filesBelow(folder: string, kind: RegExp): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  return entries
    .flatMap((entry) => (entry.isFile() && kind.test(entry.name) ? [join(entry.parentPath, entry.name)] : []))
    .sort()
}

function linesOf(path: string): string[] {
  const bytes = readFileSync(path)
  const text = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')
  return text.split('\n').filter((line) => line.startsWith('{'))
}

function measure(lines: readonly string[], compiled: readonly CompiledRule[]) {
  const events: NormalisedEvent[] = lines.map((line) => normalise(line, { receivedMs: RECEIVED_MS }))
  const plan = buildPlan(compiled)
  const [began, beganCpu] = [performance.now(), cpuMs()]
  const matches = events.reduce((sum, event) => sum + plan.match(event).length, 0)
  const first = { ms: round(performance.now() - began), processorMs: round(cpuMs() - beganCpu) }
  rateOf(events, (event) => plan.match(event), 1)
  const planned = rateOf(events, (event) => plan.match(event))
  const spread = events.filter((_, i) => i % Math.ceil(events.length / 200) === 0)
  const naive = rateOf(spread, (event) => compiled.filter(({ rule }) => matchNaive(rule, event)), secondsPerRun)
  const parsing = rateOf(lines, (line) => JSON.parse(line), 1)
  return {
    events: events.length,
    bytesAnEvent: Math.round(lines.reduce((sum, line) => sum + line.length, 0) / lines.length),
    matches,
    firstPass: first,
    plan: planned,
    naive,
    jsonParse: parsing,
    timesNaive: round(planned.perProcessorSecond / naive.perProcessorSecond),
    timesJsonParse: round(planned.perProcessorSecond / parsing.perProcessorSecond),
  }
}

const data = testDataFolder()
const rulesFolder = join(data, 'sigma-rules')
if (!existsSync(rulesFolder)) {
  console.log(JSON.stringify({ skipped: `no public rules in ${data} (WATCHFLOOR_TEST_DATA)` }))
} else {
  const files = filesBelow(rulesFolder, /\.ya?ml$/).map((path) => ({ path, text: readFileSync(path, 'utf8') }))
  const began = cpuMs()
  const rules = files.flatMap(({ path, text }) => parseRules(text, path).rules)
  const read = cpuMs()
  const { compiled } = compileRules(rules)
  const loading = {
    files: files.length,
    compiled: compiled.length,
    readMs: round(read - began),
    compileMs: round(cpuMs() - read),
  }
  const recorded = join(data, 'otrf-security-datasets/atomic/windows')
  const lines = existsSync(recorded) ? filesBelow(recorded, /\.json(\.gz)?$/).flatMap(linesOf) : []
  console.log(
    JSON.stringify(
      {
        rules: loading,
        generated: measure(windowsEvents(GENERATED), compiled),
        recorded: lines.length > 0 ? measure(lines, compiled) : { skipped: `no recordings in ${recorded}` },
      },
      null,
      2,
    ),
  )
}
