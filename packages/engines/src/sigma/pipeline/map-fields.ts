import { modifierFamilies } from '../modifiers.ts'
import type { DetectionItem, RuleValue, SelectionBody } from '../rule.ts'
import { type Draft, noteItem, replaceItems } from './draft.ts'
import type { PipelineStep } from './read-pipeline.ts'
import { asBody } from './transformation.ts'

/** Gives fields other names wherever a rule or correlation names them. */
export function mapFields(step: PipelineStep, draft: Draft): void {
  const namesOf = (field: string | null, item?: DetectionItem): readonly string[] | undefined => {
    const subject = item === undefined ? { draft, field } : { draft, item, field }
    if (!step.ofField(subject)) return undefined
    const names = step.transformation.field!(field, draft)
    for (const name of names ?? []) {
      draft.mappedFields.add(name)
      note(draft, name, field, step.id)
    }
    return names
  }
  draft.fields = draft.fields.flatMap((field) => namesOf(field) ?? [field])
  if (draft.correlation !== null) mapCorrelation(draft, (field) => namesOf(field))
  replaceItems(draft, (item) =>
    step.ofItem({ draft, item, field: item.field }) ? mapItem(item, step, draft, namesOf) : asBody(item),
  )
}

/** A name remembers the steps that made it, and those that made what it was made of. */
function note(draft: Draft, name: string, from: string | null, id: string | null): void {
  const notes = new Set([...(draft.appliedToField.get(name) ?? []), ...(draft.appliedToField.get(from ?? '') ?? [])])
  if (id !== null) notes.add(id)
  draft.appliedToField.set(name, notes)
}

function mapItem(
  item: DetectionItem,
  step: PipelineStep,
  draft: Draft,
  namesOf: (field: string | null, item?: DetectionItem) => readonly string[] | undefined,
): SelectionBody | undefined {
  const referring = item.modifiers.includes('fieldref') ? withReferences(item, (field) => namesOf(field)) : item
  const names = namesOf(item.field, item)
  if (names === undefined) return asBody(referring)
  const modifiers = item.field === null ? asSearched(item) : referring.modifiers
  const of = names.map((field) => asBody(noteItem(draft, { ...referring, field, modifiers }, item, step.id)))
  if (of.length === 0) return undefined
  if (of.length === 1) return of[0]
  // "Not this value" must hold for every one of the names.
  return { type: modifiers.includes('neq') ? 'all' : 'any', of }
}

/** Keywords are found anywhere in a text, and so they must be in the field that takes them. */
const asSearched = ({ modifiers }: DetectionItem): DetectionItem['modifiers'] =>
  modifiers.some((one) => ['place', 'regex'].includes(modifierFamilies[one])) ? modifiers : [...modifiers, 'contains']

function withReferences(item: DetectionItem, namesOf: (field: string) => readonly string[] | undefined): DetectionItem {
  const values = item.values.flatMap((value): RuleValue[] =>
    value.type === 'string' ? (namesOf(value.text) ?? [value.text]).map((text) => ({ ...value, text })) : [value],
  )
  return { ...item, values }
}

function mapCorrelation(draft: Draft, namesOf: (field: string) => readonly string[] | undefined): void {
  const correlation = draft.correlation!
  const single = (field: string, where: string): string => {
    const names = namesOf(field)
    if (names === undefined) return field
    if (names.length !== 1)
      draft.sink.error(
        'SIGMA_PIPELINE_REFUSED',
        { line: draft.document.line, column: 1 },
        `the field ${JSON.stringify(field)} of the ${where} has ${names.length} names in the pipeline, and can have one only`,
      )
    return names[0] ?? field
  }
  const aliases = Object.fromEntries(
    Object.entries(correlation.aliases).map(([alias, byRule]) => [
      alias,
      Object.fromEntries(Object.entries(byRule).map(([rule, field]) => [rule, single(field, 'alias')])),
    ]),
  )
  const { condition } = correlation
  draft.correlation = {
    ...correlation,
    aliases,
    groupBy: correlation.groupBy.flatMap((field) =>
      Object.hasOwn(aliases, field) ? [field] : (namesOf(field) ?? [field]),
    ),
    condition: condition && { ...condition, fields: condition.fields.map((field) => single(field, 'condition')) },
  }
}
