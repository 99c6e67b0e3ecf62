import type { Diagnostic, OwnStatus, Rule, RuleKind, RulePolicy } from '@watchfloor/contracts/rules'
import type { NormaliseHint } from '@watchfloor/engines/logs'

/** A rule as the parsing threads read it from a file. */
export interface ReadRule {
  /** The rule's own `id`, or null when it has none. */
  readonly id: string | null
  readonly kind: RuleKind
  /** What others may call it, beside its id. */
  readonly name: string | null
  /** Ids or names of the rules that a correlation or filter names; empty for one that narrows all. */
  readonly refersTo: readonly string[]
  readonly title: string
  readonly description: string | null
  readonly level: Rule['level']
  readonly status: Rule['status']
  readonly author: string | null
  readonly tags: readonly string[]
  readonly techniques: readonly string[]
  readonly logSource: Rule['logSource']
  readonly references: readonly string[]
  readonly falsePositives: readonly string[]
  readonly state: Rule['state']
  /** The document's own text. */
  readonly yaml: string
  /** Line of the file that the document starts at, from 1. */
  readonly line: number
}

/** What reading one file came to. */
export interface ReadFile {
  readonly path: string
  readonly rules: readonly ReadRule[]
  readonly diagnostics: readonly Diagnostic[]
}

/** A rule that may run: what worker threads and the explanation of a match need. */
export interface RunnableRule {
  readonly id: string
  /** What correlations and filters may call it, beside its id. */
  readonly name: string | null
  /** Somebody's own decision, or that it is left to the policy. */
  readonly switch: Rule['switch']
  readonly version: number
  readonly title: string
  readonly level: Rule['level']
  readonly techniques: readonly string[]
  readonly yaml: string
}

/** Everything that runs, with the revision of the set. */
export interface RunnableSet {
  readonly revision: number
  readonly rules: readonly RunnableRule[]
  /** Rules that are off and yet must be matched, since a correlation that runs names them; they raise nothing by themselves. */
  readonly parts: readonly RunnableRule[]
  readonly filters: readonly RunnableRule[]
  /** Those that run, and after them (with `isPart`) those that are off and named by one that runs. */
  readonly correlations: readonly (RunnableRule & { readonly isPart: boolean })[]
}

/**
 * Whether a rule runs: somebody's decision first, else the policy. A rule that is refused or waiting never does. The policy is about
 * what may raise detections, so a filter, which takes some away, runs unless its author withdrew it.
 */
export function runs(
  rule: Pick<Rule, 'kind' | 'switch' | 'state' | 'level' | 'status' | 'ownStatus'>,
  policy: RulePolicy,
): boolean {
  if (rule.state !== 'ready') return false
  if (rule.switch !== 'policy') return rule.switch === 'on'
  if (rule.kind === 'filter') return !withdrawnStatuses.includes(rule.status)
  return policy.levels.includes(rule.level) && policy.statuses.includes(rule.ownStatus ?? rule.status)
}

/** Statuses of what its author no longer stands by. */
export const withdrawnStatuses: readonly Rule['status'][] = ['deprecated', 'unsupported']

/** ATT&CK technique ids in Sigma tags: `attack.t1059.001` → `T1059.001`. */
export const techniquesOf = (tags: readonly string[]): string[] => [
  ...new Set(tags.flatMap((tag) => /^attack\.(t\d{4}(?:\.\d{3})?)$/i.exec(tag)?.[1]?.toUpperCase() ?? [])),
]

/** What somebody may decide of a rule; a status is one of ours. */
export type RuleDecision = 'on' | 'off' | 'policy' | OwnStatus

/** Origin of filters that were written as exceptions. */
export const exceptionOrigin = 'exception'

/** With what a kept event is read, as it was read when it came in. */
export type SampleHint = Pick<NormaliseHint, 'receivedMs' | 'product' | 'service' | 'host' | 'time'>
