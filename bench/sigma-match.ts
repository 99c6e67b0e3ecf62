/**
 * Events a second that one thread matches against all public Sigma rules, lane by lane (see samples/sigma-lanes.ts): what parsing,
 * normalising and matching cost, routed by log source and with every rule asked of every event; compared with JSON.parse alone and
 * with asking one compiled rule after the other. Events are matched soon after they were normalised, as in the live stream. Prints
 * one JSON document.
 * Run: node bench/sigma-match.ts [seconds per measurement] [lane…]
 */

import { normalise } from '../packages/engines/src/logs/index.ts'
import {
  buildPlan,
  type CompiledRule,
  compileRules,
  fits,
  type MatchableEvent,
  matchCompiled,
  parseRules,
} from '../packages/engines/src/sigma/index.ts'
import { rounded } from './figures/percentiles.ts'
import { type Rate, rateOf, rateOfPrepared } from './figures/rates.ts'
import { benchRules } from './load/public-data.ts'
import { type Lane, sigmaLanes } from './samples/sigma-lanes.ts'

const secondsPerRun = Number(process.argv[2] ?? 2)
const wanted = process.argv.slice(3)
const EVENTS_PER_LANE = 20_000
const NAIVE_EVENTS = 200
const RECEIVED_MS = Date.UTC(2026, 0, 2)

const hint = { receivedMs: RECEIVED_MS }
const cpuMs = (): number => process.cpuUsage().user / 1_000

const { files } = await benchRules()
const began = cpuMs()
const rules = files.flatMap(({ path, text }) => parseRules(text, path).rules)
const read = cpuMs()
const { compiled } = compileRules(rules)
const loading = {
  files: files.length,
  compiled: compiled.length,
  readMs: Math.round(read - began),
  compileMs: Math.round(cpuMs() - read),
}

/** The same rules without their log sources: every rule is asked of every event. */
const unrouted = compiled.map((one) => ({ ...one, rule: { ...one.rule, logSource: { custom: {} } } }))

function naively(event: MatchableEvent): CompiledRule[] {
  return compiled.filter(
    (one) => event.logSources.some((source) => fits(one.rule.logSource, source)) && matchCompiled(one, event),
  )
}

function measure({ lines }: Lane) {
  const events: MatchableEvent[] = lines.map((line) => normalise(line, hint))
  const plan = buildPlan(compiled)
  const built = cpuMs()
  const matches = events.reduce((sum, event) => sum + plan.match(event).length, 0)
  const firstPassCpuMs = Math.round(cpuMs() - built)
  const open = buildPlan(unrouted)
  const anywhere = [{}]
  const seconds = secondsPerRun
  const jsonParse = rateOf(lines, (line) => JSON.parse(line), seconds)
  const parseAndNormalise = rateOf(lines, (line) => normalise(line, hint), seconds)
  const match = rateOfPrepared(
    lines,
    (line) => normalise(line, hint),
    (event) => plan.match(event),
    seconds,
  )
  const all = rateOf(lines, (line) => plan.match(normalise(line, hint)), seconds)
  const matchUnrouted = rateOfPrepared(
    lines,
    (line) => ({ ...normalise(line, hint), logSources: anywhere }),
    (event) => open.match(event),
    seconds,
  )
  const sample = events.filter((_, i) => i % Math.ceil(events.length / NAIVE_EVENTS) === 0)
  const naive = rateOf(sample, naively, seconds)
  const parseThenMatch = inTurn(jsonParse, match)
  return {
    events: events.length,
    bytesAnEvent: Math.round(lines.reduce((sum, line) => sum + line.length, 0) / lines.length),
    matches,
    firstPassCpuMs,
    jsonParse,
    parseAndNormalise,
    match,
    matchUnrouted,
    /** JSON.parse and matching, from the two measured alone: what an engine does that is handed parsed events. */
    parseThenMatch,
    parseThenMatchUnrouted: inTurn(jsonParse, matchUnrouted),
    /** From the line to the matches with everything that the live stream does in between; measured as one. */
    parseNormaliseMatch: all,
    naive,
    timesNaive: rounded(match.perCpuSecond / naive.perCpuSecond, 0),
    shareOfJsonParse: rounded(parseThenMatch.perCpuSecond / jsonParse.perCpuSecond, 3),
  }
}

const inTurn = (a: Rate, b: Rate) => ({
  perSecond: Math.round(1 / (1 / a.perSecond + 1 / b.perSecond)),
  perCpuSecond: Math.round(1e6 / (a.cpuUs + b.cpuUs)),
})

const lanes: Record<string, ReturnType<typeof measure>> = {}
for (const lane of sigmaLanes(EVENTS_PER_LANE)) {
  if (wanted.length > 0 && !wanted.includes(lane.name)) continue
  console.error(`sigma-match: ${lane.name}`)
  lanes[lane.name] = measure(lane)
}
console.log(JSON.stringify({ rules: loading, lanes }, null, 2))
