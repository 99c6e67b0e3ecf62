import { type DiagnosticSink, quoted } from '../diagnostics.ts'
import type { DetectionItem, RuleValue } from '../rule.ts'
import { type ByteText, base64, base64Offsets, UTF16_MARK, utf8, utf16 } from './encodings.ts'
import { ANY, type Glob } from './glob.ts'
import { globProblem } from './glob-limits.ts'
import { foldGlob, printPattern, readPattern, tidy } from './pattern.ts'
import { type Expr, nothing, type Placement, type Predicate, type PredicateSource } from './predicate.ts'
import { dashVariants, MAX_VARIANTS } from './variants.ts'

type Source = Omit<PredicateSource, 'shown'>

/** A text value through its modifiers: dashes, encodings, placement, case. */
export function lowerText(item: DetectionItem, value: RuleValue, source: Source, sink: DiagnosticSink): Expr {
  const { modifiers } = item
  // Numbers and booleans are compared as texts and hold no wildcards.
  const glob = value.type === 'string' ? readPattern(value.text) : [source.pattern]
  const spellings = modifiers.includes('windash') ? dashVariants(glob) : [glob]
  if (spellings === undefined) {
    sink.error(
      'SIGMA_TOO_MANY_VARIANTS',
      value.at,
      `${quoted(source.pattern)} has more than ${MAX_VARIANTS} spellings of its dashes`,
      'split the value',
    )
    return nothing
  }
  const encoded = spellings.flatMap((one) => encode(one, item, value, sink) ?? [])
  const of = encoded.map((one): Expr => {
    const placed = place(one, item)
    const problem = globProblem(placed)
    if (problem !== undefined) {
      const remedy = 'write several shorter values, or a regular expression'
      sink.error('SIGMA_TOO_MANY_WILDCARDS', value.at, `${quoted(source.pattern)} ${problem}`, remedy)
      return nothing
    }
    const predicate = toPredicate(placed, item.field, modifiers.includes('cased'))
    return { op: 'test', predicate, source: { ...source, shown: shownOf(placed, predicate) } }
  })
  const first = of[0]
  if (
    first?.op === 'test' &&
    first.predicate.kind === 'glob' &&
    first.predicate.glob.every((token) => token === ANY) &&
    modifiers.length > 0
  )
    sink.warning(
      'SIGMA_MATCHES_EVERYTHING',
      value.at,
      `${quoted(source.pattern)} with these modifiers matches every text`,
      'to ask for the field alone, use "exists"',
    )
  return of.length === 1 ? of[0]! : { op: 'or', of }
}

/** The forms that the encoding modifiers make of a pattern. */
function encode(glob: Glob, item: DetectionItem, value: RuleValue, sink: DiagnosticSink): Glob[] | undefined {
  const wide = item.modifiers.find((one) => one === 'wide' || one === 'utf16le' || one === 'utf16be' || one === 'utf16')
  const based = item.modifiers.find((one) => one === 'base64' || one === 'base64offset')
  if (wide === undefined && based === undefined) return [glob]
  if (based === undefined) {
    sink.warning(
      'SIGMA_MODIFIER_COMBINATION',
      value.at,
      `"${wide}" without base64 looks for NUL characters, which logs rarely hold`,
      `write ${wide}|base64offset|contains`,
    )
    return [glob.map((token) => (typeof token === 'string' ? widen(token, wide!) : token))]
  }
  const text = glob[0]
  if (glob.length !== 1 || typeof text !== 'string') {
    const message =
      glob.length === 0
        ? 'an empty text cannot be encoded'
        : `${quoted(printPattern(glob))} holds wildcards, which "${based}" cannot encode`
    sink.error(
      'SIGMA_MODIFIER_VALUE',
      value.at,
      message,
      glob.length === 0 ? undefined : 'escape them, or use "contains" after it',
    )
    return undefined
  }
  const bytes = wide === undefined ? utf8(text) : widen(text, wide)
  if (based === 'base64') return [[base64(bytes)]]
  if (!item.modifiers.some((one) => one === 'contains' || one === 'startswith' || one === 'endswith'))
    sink.warning(
      'SIGMA_MODIFIER_COMBINATION',
      item.at,
      '"base64offset" makes parts of texts, which no whole value equals',
      'write base64offset|contains',
    )
  const forms = base64Offsets(bytes).filter((form) => form !== '')
  return [...new Set(forms)].map((form) => [form])
}

const widen = (text: string, how: string): ByteText =>
  how === 'utf16be' ? utf16(text, 'big') : (how === 'utf16' ? UTF16_MARK : '') + utf16(text, 'little')

/** Wildcards that `contains` and its like stand for. Keywords are searched for anywhere. */
function place(glob: Glob, item: DetectionItem): Glob {
  const { modifiers, field } = item
  const contains =
    modifiers.includes('contains') ||
    (field === null && !modifiers.includes('startswith') && !modifiers.includes('endswith'))
  const front = contains || modifiers.includes('endswith')
  const back = contains || modifiers.includes('startswith')
  return tidy([...(front ? ([ANY] as const) : []), ...glob, ...(back ? ([ANY] as const) : [])])
}

function toPredicate(glob: Glob, field: string | null, cased: boolean): Predicate {
  const compared = cased ? glob : foldGlob(glob)
  const literal = (kind: Placement, text: string): Predicate => ({ kind, field, text, cased })
  const [first, second, third] = compared
  if (compared.length === 0) return literal('exact', '')
  if (compared.length === 1 && typeof first === 'string') return literal('exact', first)
  if (compared.length === 2 && first === ANY && typeof second === 'string') return literal('endsWith', second)
  if (compared.length === 2 && typeof first === 'string' && second === ANY) return literal('startsWith', first)
  if (compared.length === 3 && first === ANY && typeof second === 'string' && third === ANY)
    return literal('contains', second)
  return { kind: 'glob', field, glob: compared, cased }
}

const shownOf = (glob: Glob, predicate: Predicate): string =>
  predicate.kind === 'glob' ? printPattern(glob) : glob.filter((token) => typeof token === 'string').join('')
