/**
 * Our side of a race: the engine alone, on events that need no mapping. `node bench/rivals/ours.ts RULES EVENTS SECONDS` prints one JSON
 * object; see race.ts.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Fields, LogSource } from '../../packages/engines/src/event/index.ts'
import { buildPlan, compileRules, type MatchableEvent, parseRules } from '../../packages/engines/src/sigma/index.ts'
import { rateOf } from '../figures/rates.ts'

const [rulesFolder = '', eventsFile = '', seconds = '3'] = process.argv.slice(2)
const began = performance.now()
const paths = readdirSync(rulesFolder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.yml'))
const rules = paths.sort().flatMap((path) => parseRules(readFileSync(join(rulesFolder, path), 'utf8'), path).rules)
const { compiled } = compileRules(rules)
const plan = buildPlan(compiled).prepare()
const loadMs = Math.round(performance.now() - began)
const open = buildPlan(compiled.map((one) => ({ ...one, rule: { ...one.rule, logSource: { custom: {} } } }))).prepare()

const lines = readFileSync(eventsFile, 'utf8').trimEnd().split('\n')
const anywhere: readonly LogSource[] = [{}]

function read(line: string, sources: readonly LogSource[] | undefined): MatchableEvent {
  const taxonomy = JSON.parse(line) as Fields
  return { taxonomy, raw: line, logSources: sources ?? sourcesOf(taxonomy) }
}

/** One list for each combination, as a parser of logs has them. */
const lists = new Map<string, readonly LogSource[]>()
function sourcesOf({ product, category, service }: Fields): readonly LogSource[] {
  const key = `${product}\n${category}\n${service}`
  let list = lists.get(key)
  if (list === undefined) {
    const text = (name: string, value: unknown) => (typeof value === 'string' ? { [name]: value } : {})
    list = [{ ...text('product', product), ...text('category', category), ...text('service', service) }]
    lists.set(key, list)
  }
  return list
}

const byTitle: Record<string, number> = {}
let matches = 0
for (const line of lines)
  for (const { rule } of plan.match(read(line, undefined))) {
    byTitle[rule.title] = (byTitle[rule.title] ?? 0) + 1
    matches++
  }
const parse = rateOf(lines, (line) => JSON.parse(line), Number(seconds))
const routed = rateOf(lines, (line) => plan.match(read(line, undefined)), Number(seconds))
const unrouted = rateOf(lines, (line) => open.match(read(line, anywhere)), Number(seconds))
console.log(
  JSON.stringify({
    rules: compiled.length,
    loadMs,
    matches,
    jsonParse: parse,
    parseAndMatchRouted: routed,
    parseAndMatchUnrouted: unrouted,
    byTitle,
  }),
)
