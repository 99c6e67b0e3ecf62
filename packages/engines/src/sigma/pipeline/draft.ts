import type { Json } from '../../event/index.ts'
import type { DiagnosticSink } from '../diagnostics.ts'
import type {
  Condition,
  DetectionItem,
  RuleLogSource,
  Selection,
  SelectionBody,
  SigmaCorrelation,
  SigmaRule,
} from '../rule.ts'

/** Items of one rule; a mapping of one field to many, repeated, would otherwise grow without end. */
const MAX_ITEMS = 20_000

/** A value that a pipeline remembers while it works on one rule. */
export type StateValue = string | number | boolean | null

/** A rule or correlation while a pipeline changes it. */
export interface Draft {
  readonly document: SigmaRule | SigmaCorrelation
  readonly sink: DiagnosticSink
  readonly vars: ReadonlyMap<string, Json>
  logSource: RuleLogSource
  selections: Selection[]
  conditions: Condition[]
  fields: readonly string[]
  custom: Record<string, Json>
  correlation: SigmaCorrelation['correlation'] | null
  readonly state: Map<string, StateValue>
  /** Ids of the pipeline items that changed the rule, one of its items, or a field name. */
  readonly applied: Set<string>
  readonly appliedToItem: WeakMap<DetectionItem, ReadonlySet<string>>
  readonly appliedToField: Map<string, Set<string>>
  /** Field names that a mapping brought in. */
  readonly mappedFields: Set<string>
}

export function draftOf(
  document: SigmaRule | SigmaCorrelation,
  sink: DiagnosticSink,
  vars: ReadonlyMap<string, Json>,
): Draft {
  const isRule = document.kind === 'rule'
  return {
    document,
    sink,
    vars,
    logSource: isRule ? document.logSource : { custom: {} },
    selections: isRule ? [...document.detection.selections] : [],
    conditions: isRule ? [...document.detection.conditions] : [],
    fields: document.fields,
    custom: { ...document.custom },
    correlation: isRule ? null : document.correlation,
    state: new Map(),
    applied: new Set(),
    appliedToItem: new WeakMap(),
    appliedToField: new Map(),
    mappedFields: new Set(),
  }
}

/** The changed document. Its `text` stays that of the file. */
export function finished(draft: Draft): SigmaRule | SigmaCorrelation {
  const { document, logSource, selections, conditions, fields, custom, correlation } = draft
  if (document.kind === 'correlation') return { ...document, fields, custom, correlation: correlation! }
  return { ...document, logSource, fields, custom, detection: { selections, conditions } }
}

/** Keeps the notes about an item when another takes its place. */
export function noteItem(draft: Draft, item: DetectionItem, from: DetectionItem, id: string | null): DetectionItem {
  const before = draft.appliedToItem.get(from)
  if (id !== null) draft.appliedToItem.set(item, new Set([...(before ?? []), id]))
  else if (before !== undefined) draft.appliedToItem.set(item, before)
  return item
}

/** All items of a rule, in its order. */
export function* itemsOf(draft: Pick<Draft, 'selections'>): Generator<DetectionItem> {
  function* within(body: SelectionBody): Generator<DetectionItem> {
    if (body.type === 'item') yield body.item
    else for (const one of body.of) yield* within(one)
  }
  for (const { body } of draft.selections) yield* within(body)
}

/**
 * Puts something else in the place of each item; `undefined` takes it out, and with it what then holds nothing: selections, and the
 * parts of conditions that ask for them.
 */
export function replaceItems(draft: Draft, replace: (item: DetectionItem) => SelectionBody | undefined): void {
  let count = 0
  const visit = (body: SelectionBody): SelectionBody | undefined => {
    if (body.type === 'item') {
      if (++count > MAX_ITEMS) return body
      return replace(body.item)
    }
    const of = body.of.flatMap((one) => visit(one) ?? [])
    if (of.length === 0) return undefined
    return of.length === 1 ? of[0] : { type: body.type, of }
  }
  const kept: Selection[] = []
  const gone = new Set<string>()
  for (const selection of draft.selections) {
    const body = visit(selection.body)
    if (body === undefined) gone.add(selection.name)
    else kept.push({ ...selection, body })
  }
  draft.selections = kept
  if (gone.size > 0) draft.conditions = draft.conditions.flatMap((one) => withoutSelections(one, gone) ?? [])
}

export const hasTooManyItems = (draft: Draft): boolean => {
  let count = 0
  for (const _ of itemsOf(draft)) if (++count > MAX_ITEMS) return true
  return false
}

function withoutSelections(condition: Condition, gone: ReadonlySet<string>): Condition | undefined {
  switch (condition.op) {
    case 'selection':
      return gone.has(condition.name) ? undefined : condition
    case 'not': {
      const of = withoutSelections(condition.of, gone)
      return of === undefined ? undefined : { op: 'not', of }
    }
    case 'count': {
      const names = condition.names.filter((name) => !gone.has(name))
      if (names.length === 0) return undefined
      const atLeast = condition.atLeast === 'all' ? 'all' : Math.min(condition.atLeast, names.length)
      return { ...condition, atLeast, names }
    }
    default: {
      const of = condition.of.flatMap((one) => withoutSelections(one, gone) ?? [])
      if (of.length === 0) return undefined
      return of.length === 1 ? of[0] : { op: condition.op, of }
    }
  }
}
