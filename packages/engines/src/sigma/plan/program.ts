import type { Expr, Predicate } from '../compile/predicate.ts'
import { isLiteral, type LiteralPredicate } from './literal-set.ts'
import type { PredicateTable } from './predicates.ts'

/** An expression over numbered predicates. All nodes have the same shape, which keeps their evaluation fast. */
export interface Node {
  readonly op: 'test' | 'decided' | 'not' | 'and' | 'or' | 'atLeast'
  readonly predicate: number
  /** Of `atLeast`: how many must hold. */
  readonly count: number
  readonly of: readonly Node[]
  /** What it costs to evaluate it, roughly. */
  readonly rank: number
}

/** From so many on, literals that one field is asked about are asked in one go. */
const FEWEST_IN_SET = 3
/** The same where an index has answered them all: reading some answers is less than one look at the text. */
const FEWEST_DECIDED_IN_SET = 12
const leaves: readonly Node[] = []
const leaf = (op: 'test' | 'decided', predicate: number, rank: number): Node => ({
  op,
  predicate,
  count: 0,
  of: leaves,
  rank,
})

/**
 * @param decided predicates that an index has answered before the node is evaluated: asking them is reading a note
 */
export function programOf(expr: Expr, table: PredicateTable, decided: ReadonlySet<number>): Node {
  switch (expr.op) {
    case 'test':
      return leafOf(expr.predicate, table, decided)
    case 'not':
      return branch('not', 0, [programOf(expr.of, table, decided)])
    case 'atLeast':
      return branch(
        'atLeast',
        expr.count,
        expr.of.map((one) => programOf(one, table, decided)),
      )
    case 'and':
      return joined(
        'and',
        expr.of.map((one) => programOf(one, table, decided)),
      )
    case 'or': {
      const { sets, others } = setsOf(flattened(expr, 'or'), table, decided)
      return joined('or', [...sets, ...others.map((one) => programOf(one, table, decided))])
    }
  }
}

function leafOf(predicate: Predicate, table: PredicateTable, decided: ReadonlySet<number>): Node {
  const id = table.idOf(predicate)
  return decided.has(id) ? leaf('decided', id, 0) : leaf('test', id, cost(predicate))
}

const branch = (op: 'not' | 'and' | 'or' | 'atLeast', count: number, of: readonly Node[]): Node => {
  // Cheap questions first; answers do not depend on the order.
  const ordered = [...of].sort((a, b) => a.rank - b.rank)
  return { op, predicate: -1, count, of: ordered, rank: ordered.reduce((sum, one) => sum + one.rank, 1) }
}

function joined(op: 'and' | 'or', nodes: readonly Node[]): Node {
  const of = nodes.flatMap((node) => (node.op === op ? node.of : [node]))
  return of.length === 1 ? of[0]! : branch(op, 0, of)
}

/** The parts of an expression whose parts may be of the same kind. */
const flattened = (expr: Expr, op: 'and' | 'or'): readonly Expr[] =>
  expr.op === op ? expr.of.flatMap((one) => flattened(one, op)) : [expr]

/** Literals that one field is asked about in the same way become one question. */
function setsOf(parts: readonly Expr[], table: PredicateTable, decided: ReadonlySet<number>) {
  const isDecided = (predicate: Predicate): boolean => decided.has(table.idOf(predicate))
  const groups = new Map<string, LiteralPredicate[]>()
  const others: Expr[] = []
  for (const part of parts) {
    // For a contained literal the set would search the text, while an index that decided it has done so.
    if (
      part.op !== 'test' ||
      !isLiteral(part.predicate) ||
      (part.predicate.kind === 'contains' && isDecided(part.predicate))
    )
      others.push(part)
    else {
      const key = `${part.predicate.kind}\0${part.predicate.field}`
      const group = groups.get(key)
      if (group === undefined) groups.set(key, [part.predicate])
      else group.push(part.predicate)
    }
  }
  const sets: Node[] = []
  for (const group of groups.values()) {
    if (group.length < FEWEST_IN_SET || (group.length < FEWEST_DECIDED_IN_SET && group.every(isDecided)))
      sets.push(...group.map((one) => leafOf(one, table, decided)))
    else sets.push(leaf('test', table.idOfSet(group), group[0]!.kind === 'contains' ? group.length * 3 : 3))
  }
  return { sets, others }
}

function cost({ kind }: Predicate): number {
  switch (kind) {
    case 'exact':
    case 'null':
    case 'present':
      return 1
    case 'startsWith':
    case 'endsWith':
    case 'compare':
      return 2
    case 'contains':
      return 3
    case 'regex':
      return 60
    default:
      return 8
  }
}

/** Evaluates a node for the event at hand. `compileNode` gives the same answers faster. */
export function nodeHolds(node: Node, table: PredicateTable): boolean {
  const { of } = node
  switch (node.op) {
    case 'decided':
      return table.isMarked(node.predicate)
    case 'test':
      return table.holds(node.predicate)
    case 'not':
      return !nodeHolds(of[0]!, table)
    case 'and':
      for (let i = 0; i < of.length; i++) if (!nodeHolds(of[i]!, table)) return false
      return true
    case 'or':
      for (let i = 0; i < of.length; i++) if (nodeHolds(of[i]!, table)) return true
      return false
    case 'atLeast': {
      let missing = node.count
      for (let i = 0; i < of.length; i++) if (nodeHolds(of[i]!, table) && --missing === 0) return true
      return false
    }
  }
}
