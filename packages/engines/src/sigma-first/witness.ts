import type { Expression, FieldTest, Predicate } from './predicate.ts'

/**
 * A cheap condition that must hold for a rule to match: one of a few, found through an index. `present`: the field exists at all.
 * Only rules with a witness in the event are evaluated.
 */
export type Witness =
  | { readonly kind: 'exact'; readonly field: string; readonly text: string }
  | { readonly kind: 'literal'; readonly field: string | null; readonly text: string }
  | { readonly kind: 'present'; readonly field: string }

interface Choice {
  readonly witnesses: readonly Witness[]
  /** Roughly how many of a thousand events hold one of them. */
  readonly cost: number
}

/** More alternatives than this are not worth an index entry each. */
const mostWitnesses = 2000

/** Fields that nearly every event of a source has with one of a handful of values. */
const commonFields = new Set([
  'EventID',
  'Channel',
  'Provider_Name',
  'EventType',
  'type',
  'eventSource',
  'sc-status',
  'cs-method',
])

/**
 * The best set of witnesses of an expression; undefined when there is none (it can match an event that holds nothing it names), and
 * the rule is then evaluated for every event of its log source.
 */
export function witnessesOf(expression: Expression): readonly Witness[] | undefined {
  return choose(expression)?.witnesses
}

function choose(expression: Expression): Choice | undefined {
  switch (expression.kind) {
    case 'test':
      return ofTest(expression.test)
    case 'not':
      return undefined
    case 'and': {
      let best: Choice | undefined
      for (const node of expression.nodes) {
        const choice = choose(node)
        if (choice && (!best || choice.cost < best.cost)) best = choice
      }
      return best
    }
    case 'or': {
      const witnesses: Witness[] = []
      let cost = 0
      for (const node of expression.nodes) {
        const choice = choose(node)
        if (!choice) return undefined
        witnesses.push(...choice.witnesses)
        cost += choice.cost
        if (witnesses.length > mostWitnesses) return undefined
      }
      return { witnesses, cost }
    }
  }
}

function ofTest({ field, predicate }: FieldTest): Choice | undefined {
  const literal = literalOf(predicate)
  if (literal !== undefined) {
    const folded = literal.toLowerCase()
    if (field !== null && predicate.kind === 'text' && predicate.mode === 'is')
      return { witnesses: [{ kind: 'exact', field, text: folded }], cost: commonFields.has(field) ? 60 : 2 }
    return { witnesses: [{ kind: 'literal', field, text: folded }], cost: costOfLiteral(folded.length) }
  }
  if (field === null) return undefined
  switch (predicate.kind) {
    case 'null':
      return undefined
    case 'exists':
      return predicate.wanted ? { witnesses: [{ kind: 'present', field }], cost: 500 } : undefined
    case 'text':
      return { witnesses: [{ kind: 'exact', field, text: predicate.text.toLowerCase() }], cost: 20 }
    default:
      return { witnesses: [{ kind: 'present', field }], cost: 400 }
  }
}

/** A text that any matching value holds; undefined when there is none worth looking for. */
function literalOf(predicate: Predicate): string | undefined {
  if (predicate.kind === 'text') return predicate.text === '' ? undefined : predicate.text
  if (predicate.kind === 'pattern') return predicate.literal === '' ? undefined : predicate.literal
  return undefined
}

const costOfLiteral = (length: number): number => Math.max(3, 200 / length ** 1.5)
