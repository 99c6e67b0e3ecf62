import { createReadStream } from 'node:fs'
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
  readonly ruleId: string
  readonly wantedMatches: number
}

/**
 * Each rule hits its own events at least as often as its `info.yml` says, in the JSON form and in the EVTX form. The rules are
 * those of `sigma-rules` in the test data; all of them run, and the hits of others are listed at the end: as every case is of one
 * attack, a rule that hits many of them says what a false positive would.
 */
export async function* run(folder: string): AsyncIterable<Verdict> {
  const rules = await loadRules(join(testDataFolder(), 'sigma-rules'))
  const plan = buildPlan([...rules.values()])
  const others = new OtherHits()
  for (const one of await casesOf(folder)) {
    const rule = rules.get(one.ruleId)
    // Both forms tell of the same events; one is enough for the list.
    let listing: OtherHits | undefined = others
    for (const form of ['json', 'evtx'] as const) {
      const name = `${one.name} (${form})`
      const file = (await readdir(one.folder)).find(
        (entry) => entry.startsWith(one.ruleId) && extensionFits(entry, form),
      )
      if (file === undefined) yield { name, verdict: 'skipped', reason: `there is no .${form} file` }
      else if (rule === undefined)
        yield { name, verdict: 'skipped', reason: `the rule ${one.ruleId} is not among the rules` }
      else {
        const events = await (form === 'json' ? eventsOfJson : eventsOfEvtx)(join(one.folder, file))
        yield { name, ...judge(one, events, plan, listing) }
        listing = undefined
      }
    }
  }
  yield* others.listed()
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
  { name, ruleId, wantedMatches: wanted }: Case,
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

async function loadRules(folder: string): Promise<Map<string, CompiledRule>> {
  const byId = new Map<string, CompiledRule>()
  for await (const input of findRuleFiles([folder])) {
    if (input.kind === 'skipped') continue
    for (const one of compileRules(parseRules(input.file.text, input.file.path).rules).compiled)
      if (one.rule.id !== null) byId.set(one.rule.id, one)
  }
  return byId
}

async function casesOf(folder: string): Promise<Case[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const cases: Case[] = []
  for (const entry of entries) {
    if (!entry.isFile() || entry.name !== 'info.yml') continue
    const path = join(entry.parentPath, entry.name)
    const info = await readFile(path, 'utf8')
    const ruleId = /^rule_metadata:\s+- id: (\S+)/m.exec(info)?.[1] ?? ''
    const wantedMatches = Number(/^\s+match_count: (\d+)/m.exec(info)?.[1] ?? 1)
    cases.push({
      name: relative(folder, dirname(path)) || basename(folder),
      folder: dirname(path),
      ruleId,
      wantedMatches,
    })
  }
  return cases.sort((a, b) => (a.name < b.name ? -1 : 1))
}
