import { type Diagnostic, DiagnosticSink } from '../diagnostics.ts'
import type { Condition, SigmaRule } from '../rule.ts'
import { lowerBody } from './lower.ts'
import type { Expr } from './predicate.ts'

export interface CompileOptions {
  /** Values for the placeholders of `expand`, e.g. `Workstations` → `['ws-*']`. A rule that needs others is rejected. */
  readonly placeholders?: ReadonlyMap<string, readonly string[]>
}

/** A rule ready to be put into a plan. */
export interface CompiledRule {
  readonly rule: SigmaRule
  readonly expr: Expr
}

export interface Compilation {
  /** In the order of the rules given; rejected ones are left out. */
  readonly compiled: CompiledRule[]
  readonly diagnostics: Diagnostic[]
}

/** Turns rules into expressions over predicates. A rule whose placeholders have no values is left out and reported. */
export function compileRules(rules: readonly SigmaRule[], options: CompileOptions = {}): Compilation {
  const compiled: CompiledRule[] = []
  const diagnostics: Diagnostic[] = []
  for (const rule of rules) {
    const sink = new DiagnosticSink(rule.file)
    const expr = compileDetection(rule, sink, options)
    if (sink.errors === 0) compiled.push({ rule, expr })
    // Warnings were given when the rule was read.
    diagnostics.push(...sink.list.filter(({ level }) => level === 'error'))
  }
  return { compiled, diagnostics }
}

function compileDetection({ detection }: SigmaRule, sink: DiagnosticSink, options: CompileOptions): Expr {
  const placeholders = options.placeholders ?? new Map<string, readonly string[]>()
  const selections = new Map<string, Expr>()
  for (const { name, body } of detection.selections)
    selections.set(name, lowerBody(body, { selection: name, sink, placeholders }))
  const of = detection.conditions.map((condition) => compileCondition(condition, selections))
  return of.length === 1 ? of[0]! : { op: 'or', of }
}

function compileCondition(condition: Condition, selections: ReadonlyMap<string, Expr>): Expr {
  switch (condition.op) {
    case 'selection':
      return selections.get(condition.name)!
    case 'not':
      return { op: 'not', of: compileCondition(condition.of, selections) }
    case 'count': {
      const of = condition.names.map((name) => selections.get(name)!)
      if (of.length === 1) return of[0]!
      if (condition.atLeast === 'all') return { op: 'and', of }
      return condition.atLeast === 1 ? { op: 'or', of } : { op: 'atLeast', count: condition.atLeast, of }
    }
    default:
      return { op: condition.op, of: condition.of.map((one) => compileCondition(one, selections)) }
  }
}
