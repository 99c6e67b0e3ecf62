import type { PredicateTable } from './predicates.ts'
import { type Node, nodeHolds } from './program.ts'

/** Answers as `nodeHolds` does. */
export type CompiledNode = (table: PredicateTable) => boolean

/** Larger ones stay interpreted: the engine does not optimise very long functions. */
const MAX_NODES = 400

/** Makes a function of a condition; nothing when it is too large, or where making code of text is forbidden. */
export function compileNode(node: Node): CompiledNode | undefined {
  if (sizeOf(node) > MAX_NODES) return undefined
  try {
    // The text is made of numbers and operators alone; nothing of a rule gets into it.
    return new Function('table', `const { answers, yes, no } = table; return ${codeOf(node)}`) as CompiledNode
  } catch {
    return undefined
  }
}

const sizeOf = (node: Node): number => node.of.reduce((sum, one) => sum + sizeOf(one), 1)

function codeOf({ op, predicate: id, count, of }: Node): string {
  switch (op) {
    case 'decided':
      return `(answers[${id}] === yes)`
    case 'test':
      return `(answers[${id}] === yes || (answers[${id}] !== no && table.ask(${id})))`
    case 'not':
      return `!${codeOf(of[0]!)}`
    case 'and':
      return of.length === 0 ? 'true' : `(${of.map(codeOf).join(' && ')})`
    case 'or':
      return of.length === 0 ? 'false' : `(${of.map(codeOf).join(' || ')})`
    case 'atLeast':
      return of.length === 0 ? 'false' : `(${of.map(codeOf).join(' + ')} >= ${count})`
  }
}

/** One rule's condition: interpreted at first, compiled once it turns out to be evaluated often. */
export class Program {
  readonly #node: Node
  /** Until it is compiled. */
  #evaluationsLeft: number
  #compiled: CompiledNode | undefined

  constructor(node: Node, { compilesAfter }: { compilesAfter: number }) {
    this.#node = node
    this.#evaluationsLeft = compilesAfter
  }

  holds(table: PredicateTable): boolean {
    if (this.#compiled !== undefined) return this.#compiled(table)
    if (--this.#evaluationsLeft === 0) this.#compiled = compileNode(this.#node)
    return nodeHolds(this.#node, table)
  }
}
