import { Lexer, type Token } from './lexer.ts'
import { MAX_QUERY_CHARS } from './parse.ts'
import { printFieldName, printScalar } from './print.ts'

export interface Completion {
  readonly text: string
  readonly kind: 'field' | 'operator' | 'value'
  readonly detail?: string
}
/** What may be put in place of `from`..`to` of the query's text. */
export interface Completions {
  readonly from: number
  readonly to: number
  readonly items: readonly Completion[]
}
export interface CompletionContext {
  /** All known fields, most used first. */
  readonly fields: readonly string[]
  /** Values of a field that start with what was typed, most frequent first. */
  readonly values?: (field: string, typed: string) => readonly (string | number | boolean)[]
}

const MAX_ITEMS = 50

/** What can be written at the cursor of a query. */
export function complete(text: string, cursor: number, context: CompletionContext): Completions {
  const at = Math.max(0, Math.min(cursor, text.length, MAX_QUERY_CHARS))
  const before = text.slice(0, at)
  const tokens = new Lexer(before, () => {}).run()
  const last = tokens.at(-1)
  const touches = last !== undefined && last.offset + last.length === at
  const field = fieldAt(tokens, touches)
  if (field !== undefined) return values(field, before, touches && isValue(last) ? last : undefined, at, context)
  if (last !== undefined && touches && isValue(last)) return names(before.slice(last.offset), last.offset, at, context)
  if (touches && (last?.kind === 'and' || last?.kind === 'or' || last?.kind === 'not'))
    return names(before.slice(last.offset), last.offset, at, context)
  const items = endsTerm(last) ? [...operators(''), ...fields('', context)] : [...fields('', context), NOT]
  return { from: at, to: at, items: items.slice(0, MAX_ITEMS) }
}

const isValue = (token: Token | undefined): boolean =>
  token?.kind === 'word' || token?.kind === 'quoted' || token?.kind === 'broken'
const endsTerm = (token: Token | undefined): boolean =>
  token !== undefined && (isValue(token) || token.kind === 'close' || token.kind === 'regex' || token.kind === 'range')

/** The field whose value is being written: `field:`, `field:val`, `field >= 1`, or inside `field:(a or …`. */
function fieldAt(tokens: readonly Token[], touches: boolean): string | undefined {
  let end = tokens.length - 1
  if (touches && isValue(tokens[end])) end--
  const token = tokens[end]
  if (token?.kind === 'field') return token.field
  const before = tokens[end - 1]
  if (token?.kind === 'compare' && before?.kind === 'field') return before.field
  return groupField(tokens, end)
}

function groupField(tokens: readonly Token[], end: number): string | undefined {
  const last = tokens[end]
  if (last?.kind !== 'open' && last?.kind !== 'or' && last?.kind !== 'and' && last?.kind !== 'not') return undefined
  let depth = 0
  for (let i = end; i > 0; i--) {
    const token = tokens[i]!
    if (token.kind === 'close') depth++
    else if (token.kind === 'open' && depth-- === 0) {
      const before = tokens[i - 1]!
      return before.kind === 'field' ? before.field : undefined
    }
  }
  return undefined
}

function values(
  field: string,
  before: string,
  typed: Token | undefined,
  at: number,
  context: CompletionContext,
): Completions {
  const from = typed?.offset ?? at
  const prefix = before.slice(from).replace(/^"/, '')
  const found = (context.values?.(field, prefix) ?? []).filter((v) =>
    String(v).toLowerCase().startsWith(prefix.toLowerCase()),
  )
  const items: Completion[] = found.map((value) => ({ text: printScalar(value), kind: 'value' }))
  if (prefix === '') items.push({ text: '*', kind: 'value', detail: 'has any value' })
  return { from, to: at, items: items.slice(0, MAX_ITEMS) }
}

const NOT: Completion = { text: 'not ', kind: 'operator', detail: 'leave out what follows' }
const OPERATORS: readonly Completion[] = [
  { text: 'and ', kind: 'operator', detail: 'both' },
  { text: 'or ', kind: 'operator', detail: 'one of them' },
  NOT,
]
const operators = (typed: string): readonly Completion[] =>
  OPERATORS.filter((o) => o.text.startsWith(typed.toLowerCase()))

function fields(typed: string, context: CompletionContext): Completion[] {
  const wanted = typed.toLowerCase()
  const starting: string[] = []
  const holding: string[] = []
  for (const field of context.fields) {
    const at = field.toLowerCase().indexOf(wanted)
    if (at === 0) starting.push(field)
    else if (at > 0) holding.push(field)
  }
  return [...starting, ...holding]
    .slice(0, MAX_ITEMS)
    .map((field) => ({ text: `${printFieldName(field)}:`, kind: 'field' }))
}

const names = (typed: string, from: number, to: number, context: CompletionContext): Completions => ({
  from,
  to,
  items: [...fields(typed.replace(/^"/, ''), context), ...operators(typed)].slice(0, MAX_ITEMS),
})
