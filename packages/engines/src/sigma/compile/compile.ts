import { type Diagnostic, DiagnosticSink } from '../diagnostics.ts'
import { checkFilters, FilterSet } from '../filter/filter-set.ts'
import type { SigmaFilter, SigmaRule } from '../rule.ts'
import { compileDetection } from './detection.ts'
import type { Expr } from './predicate.ts'

export interface CompileOptions {
  /** Values for the placeholders of `expand`, e.g. `Workstations` → `['ws-*']`. A rule that needs others is rejected. */
  readonly placeholders?: ReadonlyMap<string, readonly string[]>
  /** Narrow the rules they name: such a rule matches where its own condition and those of all its filters hold. */
  readonly filters?: readonly SigmaFilter[]
}

/** A rule ready to be put into a plan. */
export interface CompiledRule {
  readonly rule: SigmaRule
  /** What must hold of an event, filters included. */
  readonly expr: Expr
  /** The filters that narrow it. */
  readonly filters: readonly SigmaFilter[]
}

export interface Compilation {
  /** In the order of the rules given; rejected ones are left out. */
  readonly compiled: CompiledRule[]
  /** Errors of rules and filters; warnings about filters that name rules which are not there or are of another log source. */
  readonly diagnostics: Diagnostic[]
}

/** Turns rules into expressions over predicates. A rule whose placeholders have no values is left out and reported. */
export function compileRules(rules: readonly SigmaRule[], options: CompileOptions = {}): Compilation {
  const placeholders = options.placeholders ?? new Map<string, readonly string[]>()
  const filters = options.filters ?? []
  const filterSet = new FilterSet(filters, placeholders)
  const compiled: CompiledRule[] = []
  const diagnostics: Diagnostic[] = [...filterSet.diagnostics, ...checkFilters(filters, rules)]
  for (const rule of rules) {
    const sink = new DiagnosticSink(rule.file)
    const expr = compileDetection(rule.detection, sink, placeholders)
    if (sink.errors === 0) compiled.push({ rule, ...filterSet.narrow(rule, expr) })
    // Warnings were given when the rule was read.
    diagnostics.push(...sink.list.filter(({ level }) => level === 'error'))
  }
  return { compiled, diagnostics }
}
