import type { TimePart } from '../modifiers.ts'
import type { CompareOp, DetectionItem } from '../rule.ts'
import type { Glob } from './glob.ts'
import { flagText, type RegexFlags } from './regex.ts'

export type Placement = 'exact' | 'contains' | 'startsWith' | 'endsWith'

/**
 * One question about one field of an event. Texts are folded unless `cased`. A field that holds a list answers yes when one of its
 * elements does. `field: null` are keywords: the question goes to the original text and to every text of the event.
 */
export type Predicate =
  | { readonly kind: Placement; readonly field: string | null; readonly text: string; readonly cased: boolean }
  | { readonly kind: 'glob'; readonly field: string | null; readonly glob: Glob; readonly cased: boolean }
  | { readonly kind: 'regex'; readonly field: string | null; readonly source: string; readonly flags: RegexFlags }
  /** Absent, null, or a list of nothing else. */
  | { readonly kind: 'null'; readonly field: string }
  /** The event has the field, whatever is in it. */
  | { readonly kind: 'present'; readonly field: string }
  | {
      readonly kind: 'compare'
      readonly field: string
      readonly op: CompareOp | 'eq'
      readonly value: number
      readonly part: TimePart | null
    }
  | { readonly kind: 'network'; readonly field: string; readonly cidr: string }
  | {
      readonly kind: 'fieldRef'
      readonly field: string
      readonly other: string
      readonly placement: Placement
      readonly cased: boolean
    }

/** Where in a rule a predicate comes from. */
export interface PredicateSource {
  readonly selection: string
  readonly item: DetectionItem
  /** The value as written, before modifiers. */
  readonly pattern: string
  /** The text that is compared, after modifiers, in the author's letters. */
  readonly shown: string
}

/** What must hold of an event. `and` of nothing holds, `or` of nothing does not. */
export type Expr =
  | { readonly op: 'and' | 'or'; readonly of: readonly Expr[] }
  | { readonly op: 'not'; readonly of: Expr }
  | { readonly op: 'atLeast'; readonly count: number; readonly of: readonly Expr[] }
  | { readonly op: 'test'; readonly predicate: Predicate; readonly source: PredicateSource }

/** Never holds. */
export const nothing: Expr = { op: 'or', of: [] }

/** The same for predicates that ask the same. */
export function predicateKey(p: Predicate): string {
  switch (p.kind) {
    case 'exact':
    case 'contains':
    case 'startsWith':
    case 'endsWith':
      return JSON.stringify([p.kind, p.field, p.cased, p.text])
    case 'glob':
      return JSON.stringify([p.kind, p.field, p.cased, p.glob])
    case 'regex':
      return JSON.stringify([p.kind, p.field, flagText(p.flags), p.source])
    case 'compare':
      return JSON.stringify([p.kind, p.field, p.op, p.value, p.part])
    case 'network':
      return JSON.stringify([p.kind, p.field, p.cidr])
    case 'fieldRef':
      return JSON.stringify([p.kind, p.field, p.other, p.placement, p.cased])
    default:
      return JSON.stringify([p.kind, p.field])
  }
}

const placementWords: Readonly<Record<Placement, string>> = {
  exact: 'is',
  contains: 'contains',
  startsWith: 'starts with',
  endsWith: 'ends with',
}
const compareWords: Readonly<Record<CompareOp | 'eq', string>> = {
  eq: 'is',
  lt: 'is less than',
  lte: 'is at most',
  gt: 'is greater than',
  gte: 'is at least',
}

/** In words: `CommandLine contains ' -enc '`.
 *  @param shown the text that is compared, in the author's letters */
export function describePredicate(p: Predicate, shown: string): string {
  const subject = p.field ?? 'the event'
  const exactly = 'cased' in p && p.cased ? ' (case-sensitive)' : ''
  switch (p.kind) {
    case 'exact':
    case 'contains':
    case 'startsWith':
    case 'endsWith':
      return `${subject} ${placementWords[p.kind]} '${shown}'${exactly}`
    case 'glob':
      return `${subject} is like '${shown}'${exactly}`
    case 'regex':
      return `${subject} matches /${p.source}/${flagText(p.flags)}`
    case 'null':
      return `${subject} is null or absent`
    case 'present':
      return `${subject} exists`
    case 'compare':
      return `${p.part === null ? subject : `the ${p.part} of ${subject}`} ${compareWords[p.op]} ${p.value}`
    case 'network':
      return `${subject} is in ${p.cidr}`
    case 'fieldRef':
      return `${subject} ${p.placement === 'exact' ? 'equals' : placementWords[p.placement]} the field ${p.other}${exactly}`
  }
}
