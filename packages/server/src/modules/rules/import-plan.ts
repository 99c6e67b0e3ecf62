import { createHash } from 'node:crypto'
import type { Diagnostic, OwnStatus, Rule, RulePolicy } from '@watchfloor/contracts/rules'
import { type ReadFile, type ReadRule, runs } from './model.ts'

/** What is kept of a rule that matters to an import. */
export interface ExistingRule {
  readonly id: string
  readonly yaml: string
  readonly origin: string
  readonly switch: Rule['switch']
  readonly ownStatus: OwnStatus | null
  readonly version: number
  readonly pack: string | null
  readonly packDigest: string | null
  readonly isEdited: boolean
  readonly offeredYaml: string | null
}

export interface PlannedSave {
  readonly id: string
  readonly read: ReadRule
  readonly origin: string
  readonly switch: Rule['switch']
  readonly enabled: boolean
  readonly version: number
  readonly diagnostics: readonly Diagnostic[]
  readonly pack: string | null
  readonly packDigest: string | null
  readonly isEdited: boolean
  readonly offeredYaml: string | null
}

/** The text stays; what its pack says of it does not. */
export interface PlannedMark {
  readonly id: string
  readonly pack: string
  readonly packDigest: string
  readonly isEdited: boolean
  readonly offeredYaml: string | null
}

export interface ImportPlan {
  readonly saves: readonly PlannedSave[]
  readonly marks: readonly PlannedMark[]
  /** Each rule is added, updated, unchanged, kept or refused. */
  readonly added: number
  readonly updated: number
  readonly unchanged: number
  /** Changed here before: ours stays, and the pack's is offered. */
  readonly kept: number
  readonly refused: number
  /** What the plan itself has to say, beside the files' own diagnostics. */
  readonly diagnostics: readonly Diagnostic[]
}

export interface ImportContext {
  readonly originOf: (file: ReadFile) => string
  readonly existing: readonly ExistingRule[]
  readonly versions: ReadonlyMap<string, number>
  readonly policy: RulePolicy
  /** The pack that the files are of; null for what a person writes. */
  readonly pack: string | null
  /** Rules of ours that the pack's text may replace. */
  readonly takeTheirs?: ReadonlySet<string>
}

/** The rule's own id, else one that follows from where it stands, so that importing the folder again updates it. */
export const ruleIdOf = (rule: Pick<ReadRule, 'id' | 'title'>, origin: string): string =>
  rule.id ?? `local-${createHash('sha256').update(`${origin}\n${rule.title}`).digest('hex').slice(0, 24)}`

/** Tells a pack's texts apart without keeping them. */
export const digestOf = (yaml: string): string => createHash('sha256').update(yaml).digest('hex')

export type PackVerdict = 'added' | 'changed' | 'unchanged' | 'conflict'

/** What a pack's text is to what is here. */
export function judge(before: ExistingRule | undefined, yaml: string, pack: string): PackVerdict {
  if (!before) return 'added'
  if (before.yaml === yaml) return 'unchanged'
  const isOurs = before.pack === null || before.isEdited
  if (!isOurs) return 'changed'
  return before.pack === pack && before.packDigest === digestOf(yaml) ? 'unchanged' : 'conflict'
}

/** Decides what an import changes. Pure. */
export function planImport(files: readonly ReadFile[], known: ImportContext): ImportPlan {
  const existing = new Map(known.existing.map((rule) => [rule.id, rule]))
  const seen = new Set<string>()
  const saves: PlannedSave[] = []
  const marks: PlannedMark[] = []
  const diagnostics: Diagnostic[] = []
  const counts = { added: 0, updated: 0, unchanged: 0, kept: 0, refused: 0 }

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
      const outcome = outcomeOf(before, rule, known, id)
      counts[rule.state === 'refused' ? 'refused' : outcome]++
      if (outcome === 'added' || outcome === 'updated') saves.push(saveOf({ file, rule, id, origin, before, known }))
      else if (known.pack !== null && before) marks.push(...markOf(before, rule, known.pack, outcome))
    }
  }
  return { ...counts, saves, marks, diagnostics }
}

type Outcome = 'added' | 'updated' | 'unchanged' | 'kept'

function outcomeOf(before: ExistingRule | undefined, rule: ReadRule, known: ImportContext, id: string): Outcome {
  if (!before) return 'added'
  if (before.yaml === rule.yaml) return 'unchanged'
  if (known.pack === null || known.takeTheirs?.has(id)) return 'updated'
  const verdict = judge(before, rule.yaml, known.pack)
  return verdict === 'changed' ? 'updated' : verdict === 'conflict' ? 'kept' : 'unchanged'
}

interface SaveParts {
  readonly file: ReadFile
  readonly rule: ReadRule
  readonly id: string
  readonly origin: string
  readonly before: ExistingRule | undefined
  readonly known: ImportContext
}

function saveOf({ file, rule, id, origin, before, known }: SaveParts): PlannedSave {
  const ruleSwitch = before?.switch ?? 'policy'
  const digest = digestOf(rule.yaml)
  const pack = known.pack ?? before?.pack ?? null
  return {
    id,
    read: rule,
    origin,
    switch: ruleSwitch,
    enabled: runs({ ...rule, switch: ruleSwitch, ownStatus: before?.ownStatus ?? null }, known.policy),
    version: Math.max(before?.version ?? 0, known.versions.get(id) ?? 0) + 1,
    diagnostics: file.diagnostics.filter((one) => one.line >= rule.line),
    pack,
    packDigest: known.pack === null ? (before?.packDigest ?? null) : digest,
    isEdited: known.pack === null && pack !== null && before?.packDigest !== digest,
    offeredYaml: known.pack === null && before?.offeredYaml !== rule.yaml ? (before?.offeredYaml ?? null) : null,
  }
}

/** An equal text makes the rule the pack's again; a kept one is ours, with the pack's newer text beside it. */
function markOf(before: ExistingRule, rule: ReadRule, pack: string, outcome: Outcome): PlannedMark[] {
  const isEqual = before.yaml === rule.yaml
  const mark = {
    id: before.id,
    pack,
    packDigest: digestOf(rule.yaml),
    isEdited: !isEqual,
    offeredYaml: isEqual ? null : outcome === 'kept' ? rule.yaml : before.offeredYaml,
  }
  const isNews =
    before.pack !== mark.pack ||
    before.packDigest !== mark.packDigest ||
    before.isEdited !== mark.isEdited ||
    before.offeredYaml !== mark.offeredYaml
  return isNews ? [mark] : []
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
