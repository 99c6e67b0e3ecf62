import { createReadStream, existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'
import type { NormalisedEvent } from '@watchfloor/engines/event'
import { normalise } from '@watchfloor/engines/logs'
import { buildPlan, type CompiledRule, compileRules, type Plan, parseRules } from '@watchfloor/engines/sigma'
import { testDataFolder } from '../config/test-data.ts'
import { evtxRecords } from '../input/evtx-records.ts'
import { findRuleFiles } from '../input/rule-files.ts'
import { counted } from '../output/text.ts'
import { concatenatedJson } from './concatenated-json.ts'
import type { Verdict } from './suite.ts'

interface Case {
  /** Below the suite's folder. */
  readonly name: string
  readonly folder: string
  /** Nothing when the case does not say it. */
  readonly ruleId: string | undefined
  readonly wantedMatches: number
}

/**
 * Each rule hits its own events at least as often as its `info.yml` says, in the JSON form and in the EVTX form. The rules are
 * those of `sigma-rules` in the test data; all of them run, and the hits of others are listed at the end: as every case is of one
 * attack, a rule that hits many of them says what a false positive would.
 */
export async function* run(folder: string): AsyncIterable<Verdict> {
  const cases = await casesOf(folder)
  if (cases.length === 0) return
  const rulesFolder = join(testDataFolder(), 'sigma-rules')
  if (!existsSync(rulesFolder)) {
    const reason = `there are no rules in ${rulesFolder}; WATCHFLOOR_TEST_DATA names the folder that holds sigma-rules`
    yield { name: basename(folder), verdict: 'failed', reason }
    return
  }
  const rules = await loadRules(rulesFolder)
  const plan = buildPlan([...rules.compiled.values()])
  const others = new OtherHits()
  for (const one of cases) {
    const reason = unfit(one, rules)
    if (reason !== undefined) yield { name: one.name, ...reason }
    const { ruleId } = one
    if (reason !== undefined || ruleId === undefined) continue
    // Both forms tell of the same events; one is enough for the list.
    let listing: OtherHits | undefined = others
    for (const form of ['json', 'evtx'] as const) {
      const name = `${one.name} (${form})`
      const file = (await readdir(one.folder)).find((entry) => entry.startsWith(ruleId) && extensionFits(entry, form))
      if (file === undefined) yield { name, verdict: 'skipped', reason: `there is no .${form} file` }
      else {
        yield { name, ...(await judgeFile(one, ruleId, join(one.folder, file), form, plan, listing)) }
        listing = undefined
      }
    }
  }
  yield* others.listed()
}

/** Why a case cannot be run at all. */
function unfit({ ruleId }: Case, { compiled, refused }: Rules): Omit<Verdict, 'name'> | undefined {
  if (ruleId === undefined) return { verdict: 'failed', reason: 'a malformed case: info.yml names no rule' }
  if (compiled.has(ruleId)) return undefined
  const why = refused.get(ruleId)
  return why === undefined
    ? { verdict: 'skipped', reason: `the rule ${ruleId} is not among the rules` }
    : { verdict: 'failed', reason: `the rule ${ruleId} was refused: ${why}` }
}

async function judgeFile(
  one: Case,
  ruleId: string,
  path: string,
  form: 'json' | 'evtx',
  plan: Plan,
  listing: OtherHits | undefined,
): Promise<Omit<Verdict, 'name'>> {
  try {
    const events = await (form === 'json' ? eventsOfJson : eventsOfEvtx)(path)
    return judge(one, ruleId, events, plan, listing)
  } catch (error) {
    return { verdict: 'failed', reason: `${basename(path)} cannot be read: ${(error as Error).message}` }
  }
}

/** Hits by rules that a case is not about. */
class OtherHits {
  readonly #byTitle = new Map<string, { hits: number; cases: Set<string> }>()

  add(title: string, name: string): void {
    const count = this.#byTitle.get(title) ?? { hits: 0, cases: new Set<string>() }
    this.#byTitle.set(title, count)
    count.hits++
    count.cases.add(name)
  }

  *listed(): Iterable<Verdict> {
    const counts = [...this.#byTitle].sort(([, a], [, b]) => b.cases.size - a.cases.size || b.hits - a.hits)
    for (const [title, { hits, cases }] of counts)
      yield {
        name: title,
        verdict: 'note',
        reason: `hits ${counted(hits, 'event')} in ${counted(cases.size, 'case')} of other rules`,
      }
  }
}

/** One upstream file is called `.jsoncls` by mistake. */
const extensionFits = (file: string, form: 'json' | 'evtx'): boolean =>
  form === 'json' ? /\.json(cls)?$/.test(file) : file.endsWith('.evtx')

function judge(
  { name, wantedMatches: wanted }: Case,
  ruleId: string,
  events: readonly NormalisedEvent[],
  plan: Plan,
  others: OtherHits | undefined,
): Omit<Verdict, 'name'> {
  let hits = 0
  for (const event of events)
    for (const { rule } of plan.match(event))
      if (rule.id === ruleId) hits++
      else others?.add(rule.title, name)
  if (hits >= wanted)
    return hits === wanted ? { verdict: 'passed' } : { verdict: 'passed', reason: `${hits} of ${wanted} wanted` }
  const sources = [
    ...new Set(
      events.map(({ logSources }) =>
        logSources
          .map(({ product, service, category }) => [product, service, category].filter(Boolean).join('/'))
          .join(' '),
      ),
    ),
  ]
  return {
    verdict: 'failed',
    reason: `${hits} of ${wanted} matches in ${events.length} events of ${sources.join(', ')}`,
  }
}

async function eventsOfJson(path: string): Promise<NormalisedEvent[]> {
  const text = await readFile(path, 'utf8')
  return [...concatenatedJson(text)].map((document) => normalise(document, { receivedMs: Date.now() }))
}

async function eventsOfEvtx(path: string): Promise<NormalisedEvent[]> {
  const events: NormalisedEvent[] = []
  for await (const piece of evtxRecords(basename(path), createReadStream(path)))
    if (piece.kind === 'records')
      for (const line of piece.lines) events.push(normalise(line.toString(), { receivedMs: Date.now() }))
  return events
}

interface Rules {
  readonly compiled: ReadonlyMap<string, CompiledRule>
  /** Why rules do not run, by id. */
  readonly refused: ReadonlyMap<string, string>
}

async function loadRules(folder: string): Promise<Rules> {
  const byId = new Map<string, CompiledRule>()
  const refused = new Map<string, string>()
  for await (const input of findRuleFiles([folder])) {
    if (input.kind === 'skipped') continue
    const parsed = parseRules(input.file.text, input.file.path)
    const { compiled, diagnostics } = compileRules(parsed.rules)
    for (const one of compiled) if (one.rule.id !== null) byId.set(one.rule.id, one)
    const error = [...parsed.diagnostics, ...diagnostics].find(({ level }) => level === 'error')
    for (const { id } of [...parsed.rules, ...parsed.refused])
      if (error !== undefined && id !== null && !byId.has(id)) refused.set(id, `${error.code} ${error.message}`)
  }
  return { compiled: byId, refused }
}

async function casesOf(folder: string): Promise<Case[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const cases: Case[] = []
  for (const entry of entries) {
    if (!entry.isFile() || entry.name !== 'info.yml') continue
    const path = join(entry.parentPath, entry.name)
    const info = await readFile(path, 'utf8')
    const ruleId = /^rule_metadata:\s*\n(?:[ \t-]+\S.*\n)*?[ \t]*-?[ \t]*id:[ \t]*["']?([^\s"'#]+)/m.exec(info)?.[1]
    const wantedMatches = Number(/^[ \t-]+match_count:[ \t]*["']?(\d+)/m.exec(info)?.[1] ?? 1)
    cases.push({
      name: relative(folder, dirname(path)) || basename(folder),
      folder: dirname(path),
      ruleId,
      wantedMatches,
    })
  }
  return cases.sort((a, b) => (a.name < b.name ? -1 : 1))
}
