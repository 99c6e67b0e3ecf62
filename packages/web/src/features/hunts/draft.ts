import type { HuntedListing, HuntedPatterns, HuntKind, HuntRange, HuntSearch } from '@watchfloor/contracts/hunts'
import type { TimeRange } from '../../ui/time-range.ts'
import { relativeMs } from '../../ui/time-range.ts'

/** What stands in the workbench, one text a kind, so that nothing is lost on the way from one to the other and back. */
export interface Draft {
  readonly kind: HuntKind
  readonly texts: Readonly<Record<HuntKind, string>>
  readonly sourceIds: readonly string[]
  /** Instead of the texts of indicators or a pattern: those that are listed or kept, and meet this. */
  readonly listed?: Listed | undefined
}

export type Listed =
  | { readonly kind: 'indicators'; readonly of: HuntedListing }
  | { readonly kind: 'pattern'; readonly of: HuntedPatterns }

export const emptyDraft: Draft = {
  kind: 'query',
  texts: { query: '', sigma: '', indicators: '', pattern: '' },
  sourceIds: [],
}

/** What the workbench held last in this tab; kept while somebody looks at another page. */
let last: Draft = emptyDraft
export const lastDraft = (): Draft => last
export const keepDraft = (draft: Draft): void => {
  last = draft
}

/** @returns nothing while there is nothing to look for */
export function searchOf({ kind, texts, listed }: Draft): HuntSearch | undefined {
  if (listed?.kind === 'indicators' && kind === 'indicators') return { kind, values: '', listed: listed.of }
  if (listed?.kind === 'pattern' && kind === 'pattern') return { kind, pattern: '', listed: listed.of }
  const text = texts[kind]
  if (text.trim() === '') return undefined
  switch (kind) {
    case 'query':
      return { kind, query: text.trim() }
    case 'sigma':
      return { kind, yaml: text, ruleIds: [] }
    case 'indicators':
      return { kind, values: text.trim() }
    case 'pattern':
      return { kind, pattern: text.trim() }
  }
}

/** @returns nothing for rules that are kept elsewhere: there is no text to show */
export function draftOf(search: HuntSearch, sourceIds: readonly string[]): Draft {
  return {
    kind: search.kind,
    texts: { ...emptyDraft.texts, [search.kind]: textOf(search) },
    sourceIds,
    listed: listedOf(search),
  }
}

const listedOf = (search: HuntSearch): Listed | undefined => {
  if (search.kind === 'indicators' && search.listed) return { kind: 'indicators', of: search.listed }
  return search.kind === 'pattern' && search.listed ? { kind: 'pattern', of: search.listed } : undefined
}

/** What another page asks to hunt for, as it stands in the address; nothing when it is none. The server checks what it holds. */
export function listedFromUrl(kind: string | undefined, listed: string | undefined): Listed | undefined {
  if (listed === undefined || (kind !== 'indicators' && kind !== 'pattern')) return undefined
  try {
    const of: unknown = JSON.parse(listed)
    return typeof of === 'object' && of !== null && !Array.isArray(of) ? { kind, of } : undefined
  } catch {
    return undefined
  }
}

/** A filter in words: each name with what it asks for. */
export const listedFacts = ({ of }: Listed): { name: string; value: string }[] =>
  Object.entries(of).flatMap(([name, value]) =>
    value === undefined || name === 'freshAfter' || name === 'freshUpTo'
      ? []
      : [{ name, value: Array.isArray(value) ? value.join(', ') : String(value) }],
  )

function textOf(search: HuntSearch): string {
  switch (search.kind) {
    case 'query':
      return search.query
    case 'sigma':
      return search.yaml
    case 'indicators':
      return search.values
    case 'pattern':
      return search.pattern
  }
}

const minuteMs = 60_000

/** The page's time range as a hunt keeps it: relative ones stay relative. */
export function huntRangeOf(range: TimeRange, resolved: { from: string; to: string }): HuntRange {
  if (range.kind === 'relative')
    return { lastMinutes: Math.max(1, Math.round((relativeMs(range.spec) ?? minuteMs) / minuteMs)) }
  return { from: resolved.from, to: resolved.to }
}

/** The reverse, for the page. */
export function timeRangeOf(range: HuntRange): TimeRange {
  if ('from' in range) return { kind: 'absolute', fromMs: Date.parse(range.from), toMs: Date.parse(range.to) }
  const { lastMinutes } = range
  if (lastMinutes % 1440 === 0) return { kind: 'relative', spec: `${lastMinutes / 1440}d` }
  if (lastMinutes % 60 === 0) return { kind: 'relative', spec: `${lastMinutes / 60}h` }
  return { kind: 'relative', spec: `${lastMinutes}m` }
}
