import type { HuntDiagnostic, HuntedListing, HuntedPatterns, HuntSearch } from '@watchfloor/contracts/hunts'
import type { CanonicalIndicator } from '@watchfloor/engines/indicator-index'
import { type PatternText, patternTextOf } from '../detections/index.ts'
import type { Indicators, Patterns } from '../intel/index.ts'
import { type HuntName, type Prepared, prepare, type RuleSource } from './prepare.ts'

export interface SearchSources {
  readonly rules: RuleSource
  readonly indicators: Pick<Indicators, 'values'>
  readonly patterns: Pick<Patterns, 'running'>
}

/** Values of one run. */
const maxListed = 250_000
const pageIndicators = 5000
const maxPatterns = 20_000
const pagePatterns = 1000
const fault = { level: 'error', line: 1, column: 1, length: 1 } as const

/** Reads what is looked for, also what is listed at this time. */
export function prepareSearch(
  search: HuntSearch,
  name: HuntName,
  { rules, indicators, patterns }: SearchSources,
): Promise<Prepared> {
  if (search.kind === 'pattern' && search.listed) return preparePatterns({ ...search, listed: search.listed }, patterns)
  return search.kind === 'indicators' && search.listed
    ? prepareListed({ ...search, listed: search.listed }, name, indicators)
    : prepare(search, name, rules)
}

async function prepareListed(
  { listed, values: pasted }: { readonly listed: HuntedListing; readonly values: string },
  name: HuntName,
  indicators: SearchSources['indicators'],
): Promise<Prepared> {
  const values = await readListed(listed, indicators)
  const diagnostics: HuntDiagnostic[] = []
  if (pasted !== '')
    diagnostics.push({
      ...fault,
      code: 'HUNT_VALUES_AND_LISTED',
      message: 'values are given, and listed ones are asked for',
      remedy: 'Hunt for the ones or the others.',
    })
  if (values.length === 0)
    diagnostics.push({
      ...fault,
      code: 'HUNT_NO_INDICATORS',
      message: 'no indicator that is listed and switched on is taken by the filter',
      remedy: 'Widen the filter.',
    })
  if (values.length > maxListed)
    diagnostics.push({
      ...fault,
      code: 'HUNT_TOO_MANY_INDICATORS',
      message: `the filter takes more than ${maxListed} values`,
      remedy: 'Narrow it by type, source, label, confidence or when they were added, and hunt in several runs.',
    })
  return {
    wanted: {
      kind: 'indicators',
      values,
      rule: { kind: 'hunt', id: name.id, version: 1, title: 'Indicator', level: 'medium', techniques: [] },
    },
    diagnostics,
    parts: values.length,
  }
}

/** Each value once, whoever lists it; one more than a run may have when there are more. */
async function readListed(
  { addedSince, ...filter }: HuntedListing,
  indicators: SearchSources['indicators'],
): Promise<CanonicalIndicator[]> {
  const wanted = { ...filter, addedSinceMs: addedSince === undefined ? undefined : Date.parse(addedSince) }
  const values = new Map<string, CanonicalIndicator>()
  let afterSeq = 0
  while (values.size <= maxListed) {
    const page = await indicators.values(wanted, afterSeq, pageIndicators)
    for (const { type, value } of page) values.set(`${type} ${value}`, { type, value })
    const last = page.at(-1)
    if (!last || page.length < pageIndicators) break
    afterSeq = Number(last.seq)
  }
  return [...values.values()]
}

async function preparePatterns(
  { listed, pattern }: { readonly listed: HuntedPatterns; readonly pattern: string },
  patterns: SearchSources['patterns'],
): Promise<Prepared> {
  const texts = await readPatterns(listed, patterns)
  const diagnostics: HuntDiagnostic[] = []
  if (pattern !== '')
    diagnostics.push({
      ...fault,
      code: 'HUNT_PATTERN_AND_LISTED',
      message: 'a pattern is given, and kept ones are asked for',
      remedy: 'Hunt for the one or the others.',
    })
  if (texts.length === 0)
    diagnostics.push({
      ...fault,
      code: 'HUNT_NO_PATTERNS',
      message: 'no pattern that is kept and switched on is taken by the filter',
      remedy: 'Widen the filter; patterns that merely list values are hunted for as indicators.',
    })
  if (texts.length > maxPatterns)
    diagnostics.push({
      ...fault,
      code: 'HUNT_TOO_MANY_PATTERNS',
      message: `the filter takes more than ${maxPatterns} patterns`,
      remedy: 'Narrow it by source, label or confidence, and hunt in several runs.',
    })
  return {
    wanted: { kind: 'patterns', patterns: texts },
    diagnostics,
    parts: texts.length,
    isInOrder: texts.some((one) => one.scope === 'sequence'),
  }
}

/** One more than a run may have when there are more. */
async function readPatterns(listed: HuntedPatterns, patterns: SearchSources['patterns']): Promise<PatternText[]> {
  const texts: PatternText[] = []
  for (let afterSeq = 0; texts.length <= maxPatterns; ) {
    const page = await patterns.running(listed, afterSeq, pagePatterns)
    texts.push(...page.map(patternTextOf))
    const last = page.at(-1)
    if (!last || page.length < pagePatterns) break
    afterSeq = Number(last.seq)
  }
  return texts
}
