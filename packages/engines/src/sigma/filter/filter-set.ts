import { compileDetection } from '../compile/detection.ts'
import { fits } from '../compile/evaluate.ts'
import type { Expr } from '../compile/predicate.ts'
import type { PlaceholderValues } from '../compile/variants.ts'
import { type Diagnostic, DiagnosticSink, quoted } from '../diagnostics.ts'
import type { SigmaFilter, SigmaRule } from '../rule.ts'
import { didYouMean } from '../suggest.ts'

/** Words that stand for every rule of the filter's log source. */
const everyRule: ReadonlySet<string> = new Set(['any', 'all'])

/**
 * Whether a filter narrows a rule: it must name the rule by id or name, or say `any`, and the rule must be of the filter's log source
 * or of a part of it.
 * @source Sigma filters specification 2.0; pySigma reads "any" and "all" alike
 */
export const narrows = (filter: SigmaFilter, rule: SigmaRule): boolean =>
  filter.rules.some((reference) => everyRule.has(reference.toLowerCase()) || isNamed(rule, reference)) &&
  fits(filter.logSource, rule.logSource)

const isNamed = (rule: SigmaRule, reference: string): boolean =>
  rule.name === reference || rule.id?.toLowerCase() === reference.toLowerCase()

interface ReadyFilter {
  readonly filter: SigmaFilter
  readonly expr: Expr
}

/** Filters, each compiled once, and found by the rules they name. */
export class FilterSet {
  readonly diagnostics: Diagnostic[] = []
  readonly #everywhere: ReadyFilter[] = []
  readonly #byReference = new Map<string, ReadyFilter[]>()

  /** A filter that cannot be compiled is left out and reported: its rules then say too much rather than nothing. */
  constructor(filters: readonly SigmaFilter[], placeholders: PlaceholderValues) {
    for (const filter of filters) {
      const sink = new DiagnosticSink(filter.file)
      const title = filter.title || filter.file
      const expr = compileDetection(filter.detection, sink, placeholders, (name) => `${name} (filter ${title})`)
      this.diagnostics.push(...sink.list.filter(({ level }) => level === 'error'))
      if (sink.errors > 0) continue
      if (filter.rules.some((reference) => everyRule.has(reference.toLowerCase())))
        this.#everywhere.push({ filter, expr })
      else for (const reference of new Set(filter.rules)) this.#name(reference, { filter, expr })
    }
  }

  #name(reference: string, ready: ReadyFilter): void {
    const key = reference.toLowerCase()
    const list = this.#byReference.get(key) ?? []
    this.#byReference.set(key, list)
    list.push(ready)
  }

  /** The rule's filters, in no order that matters, and what must hold for the rule and all of them. */
  narrow(rule: SigmaRule, expr: Expr): { expr: Expr; filters: SigmaFilter[] } {
    const named = [rule.id, rule.name].flatMap((one) =>
      one === null ? [] : (this.#byReference.get(one.toLowerCase()) ?? []),
    )
    const fitting = new Set([...this.#everywhere, ...named].filter(({ filter }) => narrows(filter, rule)))
    if (fitting.size === 0) return { expr, filters: [] }
    const ready = [...fitting]
    return {
      expr: { op: 'and', of: [expr, ...ready.map((one) => one.expr)] },
      filters: ready.map(({ filter }) => filter),
    }
  }
}

/** A filter may name many thousand rules, and each suggestion compares the name with those of all rules. */
const MAX_SUGGESTIONS = 20

/** What does not fit between filters and the rules they are to narrow; all rules must be given. */
export function checkFilters(filters: readonly SigmaFilter[], rules: readonly SigmaRule[]): Diagnostic[] {
  const byReference = new Map<string, SigmaRule>()
  const names = new Set<string>()
  for (const rule of rules) {
    if (rule.id !== null) byReference.set(rule.id.toLowerCase(), rule)
    if (rule.name === null) continue
    byReference.set(rule.name, rule)
    names.add(rule.name)
  }
  const diagnostics: Diagnostic[] = []
  for (const filter of filters) {
    const sink = new DiagnosticSink(filter.file)
    for (const reference of new Set(filter.rules))
      if (!everyRule.has(reference.toLowerCase()))
        checkReference(
          filter,
          reference,
          byReference.get(reference) ?? byReference.get(reference.toLowerCase()),
          names,
          sink,
        )
    diagnostics.push(...sink.list)
  }
  return diagnostics
}

function checkReference(
  filter: SigmaFilter,
  reference: string,
  rule: SigmaRule | undefined,
  names: ReadonlySet<string>,
  sink: DiagnosticSink,
): void {
  const at = { line: filter.line, column: 1 }
  if (rule === undefined || !isNamed(rule, reference)) {
    const near = sink.list.length < MAX_SUGGESTIONS ? didYouMean(reference, names) : undefined
    const remedy = near ?? 'add the rule, or take it out of the filter'
    sink.warning('SIGMA_FILTER_UNKNOWN_RULE', at, `no rule has the id or name ${quoted(reference)}`, remedy)
  } else if (!fits(filter.logSource, rule.logSource))
    sink.warning(
      'SIGMA_FILTER_LOGSOURCE',
      at,
      `the rule ${quoted(rule.title)} is of another log source than the filter, which therefore does not narrow it`,
      'give the filter the log source of the rule, or a wider one',
    )
}
