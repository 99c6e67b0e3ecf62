import type { Diagnostic, Rule, RulePolicy } from '@watchfloor/contracts/rules'

/** A rule as the parsing threads read it from a file. */
export interface ReadRule {
  /** The rule's own `id`, or null when it has none. */
  readonly id: string | null
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
  readonly version: number
  readonly title: string
  readonly level: Rule['level']
  readonly techniques: readonly string[]
  readonly yaml: string
}

/** Whether a rule runs: somebody's decision first, else the policy. A rule that is refused or waiting never does. */
export function runs(rule: Pick<Rule, 'switch' | 'state' | 'level' | 'status'>, policy: RulePolicy): boolean {
  if (rule.state !== 'ready') return false
  if (rule.switch !== 'policy') return rule.switch === 'on'
  return policy.levels.includes(rule.level) && policy.statuses.includes(rule.status)
}

/** ATT&CK technique ids in Sigma tags: `attack.t1059.001` → `T1059.001`. */
export const techniquesOf = (tags: readonly string[]): string[] => [
  ...new Set(tags.flatMap((tag) => /^attack\.(t\d{4}(?:\.\d{3})?)$/i.exec(tag)?.[1]?.toUpperCase() ?? [])),
]
