import type { Expr, Predicate } from '../compile/predicate.ts'
import type { PredicateTable } from './predicates.ts'

/** An expression over numbered predicates. All nodes have the same shape, which keeps their evaluation fast. */
export interface Node {
  readonly op: 'test' | 'decided' | 'not' | 'and' | 'or' | 'atLeast'
  readonly predicate: number
  readonly count: number
  readonly of: readonly Node[]
}

const leaves: readonly Node[] = []

/**
 * @param decided predicates that an index has answered before the node is evaluated: asking them is reading a note
 */
export function programOf(expr: Expr, table: PredicateTable, decided: ReadonlySet<number>): Node {
  switch (expr.op) {
    case 'test': {
      const predicate = table.idOf(expr.predicate)
      return { op: decided.has(predicate) ? 'decided' : 'test', predicate, count: cost(expr.predicate), of: leaves }
    }
    case 'not':
      return { op: 'not', predicate: -1, count: 0, of: [programOf(expr.of, table, decided)] }
    default: {
      const nodes = expr.of.map((one) => programOf(one, table, decided))
      const { op } = expr
      const of = op === 'atLeast' ? nodes : nodes.flatMap((node) => (node.op === op ? node.of : [node]))
      const count = op === 'atLeast' ? expr.count : 0
      if (of.length === 1 && op !== 'atLeast') return of[0]!
      return {
        op,
        predicate: -1,
        count,
        of: of
          .map(ranked)
          .sort((a, b) => a.rank - b.rank)
          .map(({ node }) => node),
      }
    }
  }
}

const ranked = (node: Node): { node: Node; rank: number } => ({ node, rank: rankOf(node) })

/** Cheap questions first; answers do not depend on the order. */
function rankOf(node: Node): number {
  if (node.op === 'decided') return 0
  if (node.op === 'test') return node.count
  return node.of.reduce((sum, one) => sum + rankOf(one), 1)
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
