import type { Json } from '../../event/index.ts'
import { checkDetection } from '../compile/lower.ts'
import { type Diagnostic, DiagnosticSink } from '../diagnostics.ts'
import { narrows } from '../filter/filter-set.ts'
import type { Condition, DetectionItem, Selection, SigmaCorrelation, SigmaFilter, SigmaRule } from '../rule.ts'
import { type Draft, draftOf, finished, hasTooManyItems, noteItem, replaceItems } from './draft.ts'
import { mapFields } from './map-fields.ts'
import type { Pipeline, PipelineStep } from './read-pipeline.ts'

export interface PipelineInput {
  readonly rules: readonly SigmaRule[]
  /** Become part of the rules they narrow, so that pipelines change both alike. */
  readonly filters?: readonly SigmaFilter[]
  readonly correlations?: readonly SigmaCorrelation[]
}

export interface PipelineOutput {
  /** In the order given; those that a pipeline refused are left out. */
  readonly rules: SigmaRule[]
  readonly correlations: SigmaCorrelation[]
  readonly diagnostics: Diagnostic[]
}

/**
 * Rules as pipelines make them: data in, data out. Pipelines run in the order of their priority, those of the same priority in the
 * order given. `text` of a changed rule is still that of its file.
 */
export function applyPipelines(input: PipelineInput, pipelines: readonly Pipeline[]): PipelineOutput {
  const ordered = pipelines.toSorted((a, b) => a.priority - b.priority)
  const steps = ordered.flatMap((pipeline) => pipeline.steps)
  const vars = new Map<string, Json>(ordered.flatMap((pipeline) => [...pipeline.vars]))
  const output: PipelineOutput = { rules: [], correlations: [], diagnostics: [] }
  for (const document of [...input.rules, ...(input.correlations ?? [])]) {
    const sink = new DiagnosticSink(document.file)
    const draft = draftOf(document.kind === 'rule' ? narrowed(document, input.filters ?? []) : document, sink, vars)
    runSteps(steps, draft)
    const result = finished(draft)
    if (result.kind === 'rule') check(result, sink)
    if (sink.errors === 0)
      if (result.kind === 'rule') output.rules.push(result)
      else output.correlations.push(result)
    output.diagnostics.push(...sink.list.filter(({ level }) => level === 'error'))
  }
  return output
}

/** What steps made of the rule must still be a rule. */
function check(rule: SigmaRule, sink: DiagnosticSink): void {
  if (sink.errors > 0) return
  if (rule.detection.conditions.length === 0)
    sink.error(
      'SIGMA_PIPELINE_REFUSED',
      { line: rule.line, column: 1 },
      'the pipelines took out all that the rule looks for',
      'drop fewer items, or leave the rule out by its log source',
    )
  checkDetection(rule.detection, sink)
}

function runSteps(steps: readonly PipelineStep[], draft: Draft): void {
  for (const step of steps) {
    if (draft.sink.errors > 0) return
    if (!step.ofRule({ draft })) continue
    runSteps(step.steps, draft)
    const { transformation } = step
    transformation.rule?.(draft)
    if (transformation.item !== undefined) runOnItems(step, draft)
    if (transformation.field !== undefined) mapFields(step, draft)
    if (step.id !== null) draft.applied.add(step.id)
    if (hasTooManyItems(draft))
      draft.sink.error(
        'SIGMA_PIPELINE_REFUSED',
        { line: draft.document.line, column: 1 },
        'the pipelines make the rule too large',
        'map fields to fewer names',
      )
  }
}

function runOnItems(step: PipelineStep, draft: Draft): void {
  const change = step.transformation.item!
  replaceItems(draft, (item) => {
    const same = { type: 'item', item } as const
    if (!step.ofItem({ draft, item, field: item.field }) || !namesField(step, draft, item)) return same
    const body = change(item, draft)
    if (body?.type === 'item') {
      if (body.item !== item || step.id !== null) noteItem(draft, body.item, item, step.id)
    }
    return body
  })
}

/** Field name conditions ask about the item's own field, or about one that it refers to. */
function namesField(step: PipelineStep, draft: Draft, item: DetectionItem): boolean {
  if (step.ofField({ draft, item, field: item.field })) return true
  if (!item.modifiers.includes('fieldref')) return false
  return item.values.some((value) => value.type === 'string' && step.ofField({ draft, item, field: value.text }))
}

/** The rule with its filters as part of it. */
function narrowed(rule: SigmaRule, filters: readonly SigmaFilter[]): SigmaRule {
  const fitting = filters.filter((filter) => narrows(filter, rule))
  if (fitting.length === 0) return rule
  const selections: Selection[] = [...rule.detection.selections]
  const asked: Condition[] = []
  for (const [i, { detection, title, file }] of fitting.entries()) {
    const nameOf = (name: string): string => `${name} (filter ${title || file}${i > 0 ? ` ${i + 1}` : ''})`
    for (const selection of detection.selections) selections.push({ ...selection, name: nameOf(selection.name) })
    asked.push({ op: 'or', of: detection.conditions.map((one) => renamed(one, nameOf)) })
  }
  const conditions = rule.detection.conditions.map((one): Condition => ({ op: 'and', of: [one, ...asked] }))
  return { ...rule, detection: { selections, conditions } }
}

function renamed(condition: Condition, nameOf: (name: string) => string): Condition {
  switch (condition.op) {
    case 'selection':
      return { op: 'selection', name: nameOf(condition.name) }
    case 'not':
      return { op: 'not', of: renamed(condition.of, nameOf) }
    case 'count':
      return { ...condition, names: condition.names.map(nameOf) }
    default:
      return { op: condition.op, of: condition.of.map((one) => renamed(one, nameOf)) }
  }
}
