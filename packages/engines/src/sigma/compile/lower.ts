import { type DiagnosticSink, quoted } from '../diagnostics.ts'
import type { Detection, DetectionItem, RuleValue, SelectionBody } from '../rule.ts'
import { detectionBudget } from './detection-budget.ts'
import { lowerText } from './lower-text.ts'
import { lowerTyped, typedFamily } from './lower-typed.ts'
import { affords, type Lowering } from './lowering.ts'
import { type Expr, nothing } from './predicate.ts'
import { expand, placeholdersIn } from './variants.ts'

/** Reports everything that is wrong with the values of a detection. */
export function checkDetection(detection: Detection, sink: DiagnosticSink): void {
  const budget = detectionBudget()
  for (const { name, body } of detection.selections)
    lowerBody(body, { selection: name, sink, placeholders: 'later', budget })
}

/** A selection as an expression; what is wrong with it goes to the sink, and then its expression must not be run. */
export function lowerBody(body: SelectionBody, lowering: Lowering): Expr {
  if (body.type === 'item') return lowerItem(body.item, lowering)
  const of = body.of.map((one) => lowerBody(one, lowering))
  return { op: body.type === 'all' ? 'and' : 'or', of }
}

function lowerItem(item: DetectionItem, lowering: Lowering): Expr {
  const { modifiers, values } = item
  const all = modifiers.includes('all')
  // Keywords under "|all" may be a single one while a rule is being written; for fields the specification rules it out.
  if (all && values.length === 1 && item.field !== null)
    lowering.sink.warning(
      'SIGMA_ALL_NEEDS_LIST',
      item.at,
      '"all" has one value only, which the specification forbids',
      'remove "all"',
    )
  const of = values.map((value) => lowerValue(item, value, lowering))
  const linked: Expr = of.length === 1 ? of[0]! : { op: all ? 'and' : 'or', of }
  return modifiers.includes('neq') ? { op: 'not', of: linked } : linked
}

function lowerValue(item: DetectionItem, value: RuleValue, lowering: Lowering): Expr {
  const { sink, selection } = lowering
  const typed = typedFamily(item)
  if (item.field === null && (value.type === 'null' || (typed !== undefined && typed !== 'regex'))) {
    const what = value.type === 'null' ? 'null' : `"${item.modifiers.join('|')}"`
    sink.error('SIGMA_MODIFIER_VALUE', value.at, `${what} needs a field; keywords have none`, 'write field: value')
    return nothing
  }
  if (value.type === 'null') return lowerNull(item, value, lowering)
  // A rule that has too many texts already is refused: further ones need not be worked out.
  if (!affords(lowering, { texts: 0 }, value)) return nothing
  const texts = expandValue(item, value, lowering)
  if (texts === undefined) return nothing
  // Texts are counted where their spellings are known.
  if (typed !== undefined && !affords(lowering, { texts: texts.length }, value)) return nothing
  const of = texts.map((one): Expr => {
    const source = {
      selection,
      item,
      pattern: one.type === 'boolean' ? String(one.value) : one.type === 'null' ? '' : one.text,
    }
    return typed === undefined ? lowerText(item, one, source, lowering) : lowerTyped(typed, item, one, source, lowering)
  })
  return of.length === 1 ? of[0]! : { op: 'or', of }
}

function lowerNull(item: DetectionItem, value: RuleValue, { sink, selection }: Lowering): Expr {
  const wrong = item.modifiers.find((one) => one !== 'all' && one !== 'neq')
  if (wrong !== undefined) {
    sink.error(
      'SIGMA_MODIFIER_VALUE',
      value.at,
      `"${wrong}" has no value`,
      "write a value; an empty text is written ''",
    )
    return nothing
  }
  const source = { selection, item, pattern: 'null', shown: 'null' }
  return { op: 'test', predicate: { kind: 'null', field: item.field! }, source }
}

/** The value itself, or, under `expand`, the value with its placeholders filled in; nothing when that has to wait or fails. */
function expandValue(item: DetectionItem, value: RuleValue, { sink, placeholders }: Lowering): RuleValue[] | undefined {
  if (!item.modifiers.includes('expand') || value.type !== 'string') return [value]
  if (placeholders === 'later') return placeholdersIn(value.text).length > 0 ? undefined : [value]
  const expansion = expand(value.text, placeholders)
  if ('texts' in expansion) return expansion.texts.map((text) => ({ ...value, text }))
  if ('tooMany' in expansion)
    sink.error('SIGMA_TOO_MANY_VARIANTS', value.at, `the placeholders of ${quoted(value.text)} have too many values`)
  else {
    const remedy = `give ${quoted(expansion.unknown)} values, or leave the rule out: it would match nothing it is meant for`
    sink.error('SIGMA_PLACEHOLDER_UNKNOWN', value.at, `the placeholder "%${expansion.unknown}%" has no values`, remedy)
  }
  return undefined
}
