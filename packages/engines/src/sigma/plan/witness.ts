import { longestLiteral } from '../compile/glob.ts'
import { fold } from '../compile/pattern.ts'
import type { Predicate } from '../compile/predicate.ts'
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

/** Witnesses of which at least one must hold where the predicate does; nothing when there are none. */
export function ofPredicate(p: Predicate): readonly Witness[] | undefined {
  switch (p.kind) {
    case 'exact':
    case 'contains':
    case 'startsWith':
    case 'endsWith':
      return ofLiteral(p)
    case 'glob': {
      const longest = longestLiteral(p.glob)
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

/** The same where the predicate does not hold: what is not null is there. */
export const ofNegated = (p: Predicate): readonly Witness[] | undefined =>
  p.kind === 'null' ? ofPresence(p.field) : undefined
