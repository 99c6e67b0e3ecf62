import { createHash } from 'node:crypto'
import type { Diagnostic, Rule, RulePolicy } from '@watchfloor/contracts/rules'
import { type ReadFile, type ReadRule, runs } from './model.ts'

/** What is kept of a rule that matters to an import. */
export interface ExistingRule {
  readonly id: string
  readonly yaml: string
  readonly origin: string
  readonly switch: Rule['switch']
  readonly version: number
}

export interface PlannedSave {
  readonly id: string
  readonly read: ReadRule
  readonly origin: string
  readonly switch: Rule['switch']
  readonly enabled: boolean
  readonly version: number
  readonly diagnostics: readonly Diagnostic[]
}

export interface ImportPlan {
  readonly saves: readonly PlannedSave[]
  /** Each rule is added, updated, unchanged or refused. */
  readonly added: number
  readonly updated: number
  readonly unchanged: number
  readonly refused: number
  /** What the plan itself has to say, beside the files' own diagnostics. */
  readonly diagnostics: readonly Diagnostic[]
}

/** The rule's own id, else one that follows from where it stands, so that importing the folder again updates it. */
export const ruleIdOf = (rule: Pick<ReadRule, 'id' | 'title'>, origin: string): string =>
  rule.id ?? `local-${createHash('sha256').update(`${origin}\n${rule.title}`).digest('hex').slice(0, 24)}`

/** Decides what an import changes. Pure. */
export function planImport(
  files: readonly ReadFile[],
  known: {
    readonly originOf: (file: ReadFile) => string
    readonly existing: readonly ExistingRule[]
    readonly versions: ReadonlyMap<string, number>
    readonly policy: RulePolicy
  },
): ImportPlan {
  const existing = new Map(known.existing.map((rule) => [rule.id, rule]))
  const seen = new Set<string>()
  const saves: PlannedSave[] = []
  const diagnostics: Diagnostic[] = []
  const counts = { added: 0, updated: 0, unchanged: 0, refused: 0 }

  for (const file of files) {
    const origin = known.originOf(file)
    if (file.rules.length === 0) counts.refused++
    for (const rule of file.rules) {
      const id = ruleIdOf(rule, origin)
      const before = existing.get(id)
      if (seen.has(id)) {
        diagnostics.push(duplicate(file.path, rule, id))
        continue
      }
      seen.add(id)
      const ruleSwitch = before?.switch ?? 'policy'
      const enabled = runs(
        { kind: rule.kind, switch: ruleSwitch, state: rule.state, level: rule.level, status: rule.status },
        known.policy,
      )
      const isUnchanged = before?.yaml === rule.yaml
      if (rule.state === 'refused') counts.refused++
      else if (isUnchanged) counts.unchanged++
      else if (before) counts.updated++
      else counts.added++
      if (isUnchanged) continue
      saves.push({
        id,
        read: rule,
        origin,
        switch: ruleSwitch,
        enabled,
        version: Math.max(before?.version ?? 0, known.versions.get(id) ?? 0) + 1,
        diagnostics: file.diagnostics.filter((one) => one.line >= rule.line),
      })
    }
  }
  return { ...counts, saves, diagnostics }
}

const duplicate = (path: string, rule: ReadRule, id: string): Diagnostic => ({
  code: 'RULE_DUPLICATE_ID',
  level: 'warning',
  message: `another rule of this import has the id ${id}; this one ("${rule.title}") was left out`,
  remedy: 'Give each rule an id of its own.',
  file: path,
  line: rule.line,
  column: 1,
})
