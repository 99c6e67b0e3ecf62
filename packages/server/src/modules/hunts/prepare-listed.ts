import type { HuntDiagnostic, HuntedListing, HuntSearch } from '@watchfloor/contracts/hunts'
import type { CanonicalIndicator } from '@watchfloor/engines/indicator-index'
import type { Indicators } from '../intel/index.ts'
import { type HuntName, type Prepared, prepare, type RuleSource } from './prepare.ts'

export interface SearchSources {
  readonly rules: RuleSource
  readonly indicators: Pick<Indicators, 'values'>
}

/** Values of one run. */
const maxListed = 250_000
const pageIndicators = 5000
const fault = { level: 'error', line: 1, column: 1, length: 1 } as const

/** Reads what is looked for, also what is listed at this time. */
export function prepareSearch(
  search: HuntSearch,
  name: HuntName,
  { rules, indicators }: SearchSources,
): Promise<Prepared> {
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
