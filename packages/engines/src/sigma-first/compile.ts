import type { Condition } from './condition.ts'
import { type Diagnostic, Diagnostics } from './diagnostics.ts'
import { itemTests, type Placeholders } from './item-tests.ts'
import type { Expression } from './predicate.ts'
import type { Selection, SigmaRule } from './rule.ts'

/** A rule ready to run: its condition as one tree over tests. */
export interface CompiledRule {
  readonly rule: SigmaRule
  readonly expression: Expression
  /** The tests of each selection, for explanations. */
  readonly selections: ReadonlyMap<string, Expression>
}

export interface CompileOptions {
  readonly placeholders?: Placeholders
}

/**
 * Compiles rules; a rule that cannot run is left out and said why.
 * @error SIGMA_PLACEHOLDER an `expand` that nobody can expand: the rule is refused, as it would silently match nothing
 */
export function compileRules(
  rules: readonly SigmaRule[],
  options: CompileOptions = {},
): { compiled: CompiledRule[]; diagnostics: Diagnostic[] } {
  const compiled: CompiledRule[] = []
  const all: Diagnostic[] = []
  for (const rule of rules) {
    const diagnostics = new Diagnostics(rule.title)
    const selections = new Map(
      [...rule.selections].map(([name, selection]) => [name, selectionTests(selection, options, diagnostics)] as const),
    )
    if (diagnostics.errors === 0) {
      const nodes = rule.conditions.map((condition) => conditionTests(condition, selections))
      compiled.push({ rule, expression: join('or', nodes), selections })
    }
    all.push(...diagnostics.list)
  }
  return { compiled, diagnostics: all }
}

function selectionTests(selection: Selection, options: CompileOptions, diagnostics: Diagnostics): Expression {
  const groups = selection.groups.map((items) =>
    join(
      'and',
      items.map((item) => {
        const { expression, problems } = itemTests(item, options.placeholders)
        const at = { line: item.line, column: item.column }
        for (const problem of problems) diagnostics.error(problem.code, at, problem.message, problem.remedy)
        return expression
      }),
    ),
  )
  return join('or', groups)
}

function conditionTests(condition: Condition, selections: ReadonlyMap<string, Expression>): Expression {
  const named = (name: string): Expression => selections.get(name) ?? { kind: 'or', nodes: [] }
  switch (condition.kind) {
    case 'and':
    case 'or':
      return join(
        condition.kind,
        condition.nodes.map((node) => conditionTests(node, selections)),
      )
    case 'not':
      return { kind: 'not', node: conditionTests(condition.node, selections) }
    case 'selection':
      return named(condition.name)
    case 'of': {
      const nodes = condition.names.map(named)
      if (condition.count === 'all') return join('and', nodes)
      if (condition.count === 1) return join('or', nodes)
      return atLeast(condition.count, nodes)
    }
  }
}

/** At least `count` of the nodes. Grows with their number times the count, not with the combinations. */
function atLeast(count: number, nodes: readonly Expression[]): Expression {
  if (count > nodes.length) return { kind: 'or', nodes: [] }
  if (count === nodes.length) return join('and', nodes)
  const memo = new Map<string, Expression>()
  const from = (start: number, wanted: number): Expression => {
    if (wanted === 0) return { kind: 'and', nodes: [] }
    if (nodes.length - start < wanted) return { kind: 'or', nodes: [] }
    const key = `${start}/${wanted}`
    const done = memo.get(key)
    if (done) return done
    const taken = join('and', [nodes[start] as Expression, from(start + 1, wanted - 1)])
    const made = join('or', [taken, from(start + 1, wanted)])
    memo.set(key, made)
    return made
  }
  return from(0, count)
}

const join = (kind: 'and' | 'or', nodes: readonly Expression[]): Expression =>
  nodes.length === 1 ? (nodes[0] as Expression) : { kind, nodes }
