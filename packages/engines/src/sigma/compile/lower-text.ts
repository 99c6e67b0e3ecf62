import { type DiagnosticSink, quoted } from '../diagnostics.ts'
import type { Modifier } from '../modifiers.ts'
import type { DetectionItem, RuleValue } from '../rule.ts'
import { base64, base64Offsets, UTF16_MARK, utf8, utf16 } from './encodings.ts'
import { ANY, type Glob } from './glob.ts'
import { globProblem } from './glob-limits.ts'
import { affords, type Lowering } from './lowering.ts'
import { foldGlob, printPattern, readPattern, tidy } from './pattern.ts'
import { type Expr, nothing, type Placement, type Predicate, type PredicateSource } from './predicate.ts'
import { dashVariants, MAX_VARIANTS } from './variants.ts'

type Source = Omit<PredicateSource, 'shown'>

/** A text value through its modifiers: dashes, encodings, placement, case. */
export function lowerText(
  item: DetectionItem,
  value: RuleValue,
  source: Source,
  lowering: Pick<Lowering, 'sink' | 'budget'>,
): Expr {
  const { modifiers } = item
  const { sink } = lowering
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
  if (!affords(lowering, writtenOut(glob, spellings.length, modifiers), value)) return nothing
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

/** How many texts, and characters in them, modifiers make of a pattern at most. */
function writtenOut(
  glob: Glob,
  spellings: number,
  modifiers: readonly Modifier[],
): { texts: number; textChars: number } {
  let texts = spellings
  let chars = glob.reduce<number>((sum, token) => sum + (typeof token === 'string' ? token.length : 1), 0)
  for (const modifier of modifiers) {
    if (isWide(modifier)) chars *= 2
    if (modifier === 'base64' || modifier === 'base64offset') chars *= 4 / 3
    if (modifier === 'base64offset') texts *= 3
  }
  return { texts, textChars: texts * chars }
}

/** The forms that the encoding modifiers make of a pattern, each of what the one before it made. */
function encode(glob: Glob, item: DetectionItem, value: RuleValue, sink: DiagnosticSink): Glob[] | undefined {
  let forms: Glob[] = [glob]
  let areBytes = false
  for (const modifier of item.modifiers) {
    if (isWide(modifier)) {
      forms = forms.map((form) => widen(form, modifier))
      areBytes = true
    }
    if (modifier !== 'base64' && modifier !== 'base64offset') continue
    const texts = forms.map((form) => (form.length === 1 && typeof form[0] === 'string' ? form[0] : undefined))
    if (!texts.every((text) => text !== undefined)) {
      reportUnencodable(glob, modifier, value, sink)
      return undefined
    }
    const encoded = texts.flatMap((text) => {
      const bytes = areBytes ? text : utf8(text)
      return modifier === 'base64' ? [base64(bytes)] : base64Offsets(bytes).filter((form) => form !== '')
    })
    forms = [...new Set(encoded)].map((form) => [form])
    areBytes = false
  }
  adviseOnEncoding(item, value, sink)
  return forms
}

function reportUnencodable(glob: Glob, modifier: string, value: RuleValue, sink: DiagnosticSink): void {
  const message =
    glob.length === 0
      ? 'an empty text cannot be encoded'
      : `${quoted(printPattern(glob))} holds wildcards, which "${modifier}" cannot encode`
  const remedy = glob.length === 0 ? undefined : 'escape them, or use "contains" after it'
  sink.error('SIGMA_MODIFIER_VALUE', value.at, message, remedy)
}

function adviseOnEncoding({ modifiers, at }: DetectionItem, value: RuleValue, sink: DiagnosticSink): void {
  const wide = modifiers.find(isWide)
  if (wide !== undefined && !modifiers.some((one) => one === 'base64' || one === 'base64offset'))
    sink.warning(
      'SIGMA_MODIFIER_COMBINATION',
      value.at,
      `"${wide}" without base64 looks for NUL characters, which logs rarely hold`,
      `write ${wide}|base64offset|contains`,
    )
  if (
    modifiers.includes('base64offset') &&
    !modifiers.some((one) => one === 'contains' || one === 'startswith' || one === 'endswith')
  )
    sink.warning(
      'SIGMA_MODIFIER_COMBINATION',
      at,
      '"base64offset" makes parts of texts, which no whole value equals',
      'write base64offset|contains',
    )
}

type Wide = 'wide' | 'utf16le' | 'utf16be' | 'utf16'
const isWide = (modifier: Modifier): modifier is Wide =>
  modifier === 'wide' || modifier === 'utf16le' || modifier === 'utf16be' || modifier === 'utf16'

/** The byte order mark stands once, in front of it all. */
function widen(glob: Glob, how: Wide): Glob {
  const wide = glob.map((token) =>
    typeof token === 'string' ? utf16(token, how === 'utf16be' ? 'big' : 'little') : token,
  )
  return how === 'utf16' ? tidy([UTF16_MARK, ...wide]) : wide
}

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
