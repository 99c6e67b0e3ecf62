import { fold } from '../compile/pattern.ts'
import type { Expr, Predicate } from '../compile/predicate.ts'
import { requiredLiterals } from '../compile/regex.ts'

/** A question about a field that an index answers for all rules at once. Its text is folded. */
export interface Witness {
  readonly how: 'exact' | 'contains' | 'startsWith' | 'endsWith' | 'present'
  /** null: anywhere in the event. */
  readonly field: string | null
  readonly text: string
  /** The predicate that this answers exactly; otherwise the witness is necessary only. */
  readonly decides: Predicate | null
}

/**
 * The cheapest set of witnesses of which at least one must hold where the expression does; nothing when there is none, and the
 * rule must be looked at for every event of its log source.
 */
export const witnessesOf = (expr: Expr): readonly Witness[] | undefined => necessary(expr, false)

function necessary(expr: Expr, negated: boolean): readonly Witness[] | undefined {
  switch (expr.op) {
    case 'test':
      return negated ? ofNegated(expr.predicate) : ofPredicate(expr.predicate)
    case 'not':
      return necessary(expr.of, !negated)
    case 'atLeast':
      return negated ? undefined : anyOf(expr.of, negated)
    default:
      // Not (a and b) is (not a) or (not b).
      return (expr.op === 'and') !== negated ? cheapestOf(expr.of, negated) : anyOf(expr.of, negated)
  }
}

function anyOf(parts: readonly Expr[], negated: boolean): readonly Witness[] | undefined {
  const all: Witness[] = []
  for (const part of parts) {
    const witnesses = necessary(part, negated)
    if (witnesses === undefined) return undefined
    for (const witness of witnesses) all.push(witness)
  }
  return all
}

function cheapestOf(parts: readonly Expr[], negated: boolean): readonly Witness[] | undefined {
  let best: readonly Witness[] | undefined
  let bestCost = Infinity
  for (const part of parts) {
    const witnesses = necessary(part, negated)
    const cost = witnesses?.reduce((sum, witness) => sum + likelihood(witness), 0) ?? Infinity
    if (cost < bestCost) {
      best = witnesses
      bestCost = cost
    }
  }
  return best
}

/** Fields of few values, each of which is common. */
const COARSE_FIELDS: ReadonlySet<string> = new Set([
  'IntegrityLevel',
  'Company',
  'Product',
  'LogonType',
  'EventType',
  'Level',
  'Initiated',
  'Signed',
  'SignatureStatus',
])
/** Parts of paths that stand in most events. */
const COMMON_PARTS =
  /^(?:c:)?\\?(?:windows|program files(?: \(x86\))?|users|system32|windows\\sys(?:tem32|wow64))?\\?$|^\.?exe$/

/** Values that as many events have as not. */
const COMMON_VALUES: ReadonlySet<string> = new Set(['true', 'false', 'yes', 'no', 'success', 'failure', 'tcp'])

/** A guess of how many events of the rule's log source it holds for. Only speed depends on it. */
function likelihood({ how, text, field }: Witness): number {
  if (how === 'present') return 1
  if (how !== 'exact' && COMMON_PARTS.test(text)) return 0.6
  switch (how) {
    case 'exact':
      if (field !== null && COARSE_FIELDS.has(field)) return 0.4
      return text.length < 2 || COMMON_VALUES.has(text) ? 0.3 : 0.03
    case 'contains':
      return Math.max(0.0003, 0.25 * 0.62 ** (text.length - 2))
    case 'endsWith':
      return Math.max(0.03, 0.6 ** text.length)
    case 'startsWith':
      return Math.max(0.03, 0.9 ** text.length)
  }
}

function ofPredicate(p: Predicate): readonly Witness[] | undefined {
  switch (p.kind) {
    case 'exact':
    case 'contains':
    case 'startsWith':
    case 'endsWith':
      return ofLiteral(p)
    case 'glob': {
      const literals = p.glob.filter((token) => typeof token === 'string')
      const longest = literals.reduce((best, one) => (one.length > best.length ? one : best), '')
      return longest === '' ? ofPresence(p.field) : [contained(p.field, fold(longest))]
    }
    case 'regex': {
      const literals = requiredLiterals(p.source)
      return literals === undefined ? ofPresence(p.field) : literals.map((literal) => contained(p.field, literal))
    }
    case 'null':
      return undefined
    default:
      return ofPresence(p.field)
  }
}

function ofLiteral(p: Predicate & { text: string; cased: boolean }): readonly Witness[] | undefined {
  // A keyword is searched for, whatever its kind: an exact one does not come out of a rule, but would not be wrong.
  const decides = p.cased ? null : p
  const text = p.cased ? fold(p.text) : p.text
  if (p.kind === 'contains' && text.length > MAX_SEARCHED_CHARS) return [contained(p.field, text)]
  if (p.field === null)
    return p.kind === 'contains' && text !== '' ? [{ how: 'contains', field: null, text, decides }] : undefined
  if (text === '' && p.kind !== 'exact') return ofPresence(p.field)
  return [{ how: p.kind as 'exact', field: p.field, text, decides }]
}

/** Of a longer text the first part is looked for: the scanners compare letter by letter, again for each place that it could begin. */
const MAX_SEARCHED_CHARS = 256

const contained = (field: string | null, text: string): Witness => ({
  how: 'contains',
  field,
  text: text.length > MAX_SEARCHED_CHARS ? text.slice(0, MAX_SEARCHED_CHARS).replace(/[\ud800-\udbff]$/, '') : text,
  decides: null,
})

const ofPresence = (field: string | null): readonly Witness[] | undefined =>
  field === null ? undefined : [{ how: 'present', field, text: '', decides: null }]

/** What is not null is there. */
const ofNegated = (p: Predicate): readonly Witness[] | undefined =>
  p.kind === 'null' ? ofPresence(p.field) : undefined
