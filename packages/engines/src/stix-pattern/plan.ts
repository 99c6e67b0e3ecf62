import type { ObservationExpression, ParsedPattern, Qualifier } from './ast.ts'
import { compileComparisons, type ObjectTest } from './comparison.ts'
import { timestampMs } from './timestamp.ts'

/** Milliseconds; `stopMs` is outside. */
export interface Interval {
  readonly startMs: number
  readonly stopMs: number
}

/** What one observation must fulfil: one of the tests on one of its objects, in all of the intervals. */
export interface Leaf {
  readonly alternatives: readonly { readonly test: ObjectTest; readonly intervals: readonly Interval[] }[]
}

/**
 * A pattern as a demand for observations. `pick` wants so many different ones of a leaf; `then` wants all of its left not after any of
 * its right; `within` wants all of them less than so long apart.
 */
export type PlanNode =
  | { readonly kind: 'pick'; readonly leaf: number; readonly count: number }
  | { readonly kind: 'all'; readonly nodes: readonly PlanNode[] }
  | { readonly kind: 'either'; readonly nodes: readonly PlanNode[] }
  | { readonly kind: 'then'; readonly left: PlanNode; readonly right: PlanNode; readonly leftLeaves: readonly number[] }
  | { readonly kind: 'within'; readonly node: PlanNode; readonly widthMs: number; readonly leaves: readonly number[] }

export interface Plan {
  readonly leaves: readonly Leaf[]
  readonly root: PlanNode
  /** Observations that a match needs at most. */
  readonly demand: number
  /** A match needs one observation, whatever its time. */
  readonly isSingle: boolean
  /** All observations of a match are less than this apart. */
  readonly spanMs: number
}

const MAX_DEMAND = 10_000
const MAX_NODES = 5_000

/** @returns nothing when the pattern asks for more observations than are looked for */
export function buildPlan({ expression }: ParsedPattern): Plan | { readonly tooLarge: string } {
  const builder = new PlanBuilder()
  const root = builder.build(expression, [])
  if (root === undefined) return { tooLarge: `more than ${MAX_NODES} parts after REPEATS is written out` }
  const demand = demandOf(root)
  if (demand > MAX_DEMAND) return { tooLarge: `a match needs ${demand} observations, more than ${MAX_DEMAND}` }
  return {
    leaves: builder.leaves,
    root,
    demand,
    isSingle: root.kind === 'pick' && root.count === 1,
    spanMs: spanOf(root),
  }
}

class PlanBuilder {
  readonly leaves: Leaf[] = []
  #nodes = 0

  /** @param intervals START … STOP of everything around */
  build(expression: ObservationExpression, intervals: readonly Interval[]): PlanNode | undefined {
    if (++this.#nodes > MAX_NODES) return undefined
    switch (expression.kind) {
      case 'observation': {
        const leaf = this.leaves.push({
          alternatives: [{ test: compileComparisons(expression.expression), intervals }],
        })
        return { kind: 'pick', leaf: leaf - 1, count: 1 }
      }
      case 'qualified':
        return this.#qualified(expression.expression, [...expression.qualifiers], intervals)
      case 'combined': {
        const left = this.build(expression.left, intervals)
        const right = left && this.build(expression.right, intervals)
        if (left === undefined || right === undefined) return undefined
        if (expression.operator === 'AND') return { kind: 'all', nodes: [left, right] }
        if (expression.operator === 'OR') return this.#either(left, right)
        return { kind: 'then', left, right, leftLeaves: leavesUnder(left) }
      }
    }
  }

  #qualified(
    expression: ObservationExpression,
    qualifiers: Qualifier[],
    intervals: readonly Interval[],
  ): PlanNode | undefined {
    const outer = qualifiers.pop()
    if (outer === undefined) return this.build(expression, intervals)
    if (outer.kind === 'between') {
      const interval = { startMs: timestampMs(outer.start)!, stopMs: timestampMs(outer.stop)! }
      return this.#qualified(expression, qualifiers, [...intervals, interval])
    }
    const make = () => this.#qualified(expression, [...qualifiers], intervals)
    const node = make()
    if (node === undefined) return undefined
    if (outer.kind === 'within') return within(node, outer.seconds * 1000)
    if (outer.times === 1) return node
    if (node.kind === 'pick') return { ...node, count: node.count * outer.times }
    // Copies may share leaves: what a leaf accepts does not depend on who asks.
    this.#nodes += sizeOf(node) * (outer.times - 1)
    return this.#nodes > MAX_NODES ? undefined : { kind: 'all', nodes: Array(outer.times).fill(node) }
  }

  /** One of two single observations is a single observation that either test accepts. */
  #either(left: PlanNode, right: PlanNode): PlanNode {
    if (left.kind === 'pick' && right.kind === 'pick' && left.count === 1 && right.count === 1) {
      const alternatives = [left, right].flatMap(({ leaf }) => this.leaves[leaf]!.alternatives)
      return { kind: 'pick', leaf: this.leaves.push({ alternatives }) - 1, count: 1 }
    }
    return { kind: 'either', nodes: [left, right] }
  }
}

/** One observation is always within, however long it was seen: so each side of an OR has a limit of its own. */
function within(node: PlanNode, widthMs: number): PlanNode {
  if (node.kind === 'either') return { kind: 'either', nodes: node.nodes.map((one) => within(one, widthMs)) }
  return demandOf(node) < 2 ? node : { kind: 'within', node, widthMs, leaves: leavesUnder(node) }
}

function sizeOf(node: PlanNode): number {
  if (node.kind === 'pick') return 1
  if (node.kind === 'within') return 1 + sizeOf(node.node)
  if (node.kind === 'then') return 1 + sizeOf(node.left) + sizeOf(node.right)
  return node.nodes.reduce((sum, one) => sum + sizeOf(one), 1)
}

/** The observations that a node can need at most. */
export function demandOf(node: PlanNode): number {
  if (node.kind === 'pick') return node.count
  if (node.kind === 'within') return demandOf(node.node)
  if (node.kind === 'then') return demandOf(node.left) + demandOf(node.right)
  const demands = node.nodes.map(demandOf)
  return node.kind === 'all' ? demands.reduce((sum, one) => sum + one, 0) : Math.max(...demands)
}

function leavesUnder(node: PlanNode): number[] {
  if (node.kind === 'pick') return [node.leaf]
  if (node.kind === 'within') return [...node.leaves]
  const parts = node.kind === 'then' ? [node.left, node.right] : node.nodes
  return [...new Set(parts.flatMap(leavesUnder))]
}

function spanOf(node: PlanNode): number {
  if (node.kind === 'within') return Math.min(node.widthMs, spanOf(node.node))
  if (node.kind === 'pick') return node.count === 1 ? 0 : Number.POSITIVE_INFINITY
  if (node.kind === 'either') return Math.max(...node.nodes.map(spanOf))
  return Number.POSITIVE_INFINITY
}
