import type { QueryNode } from './ast.ts'
import { parseQuery } from './parse.ts'
import { printFieldName, printQuery, printScalar } from './print.ts'

export interface QueryTerm {
  readonly field: string
  /** `null`: the field has no value. */
  readonly value: string | number | boolean | null
  /** True: leave such events out. */
  readonly negate?: boolean
}

/** A query narrowed by one more term, as when a value in a table is clicked. The query's own text stays as it was written;
 *  a term that is there already is not added twice, and its opposite is replaced. */
export function withTerm(query: string, term: QueryTerm): string {
  const added = textOf(term)
  const { node, diagnostics } = parseQuery(query)
  if (diagnostics.length > 0) return `${query.trim()} and ${added}`
  if (node.kind === 'all') return added
  const wanted = parseQuery(added).node
  const opposite = negated(wanted)
  const present = node.kind === 'and' ? node.nodes : [node]
  if (present.some((n) => same(n, wanted))) return query
  if (present.some((n) => same(n, opposite))) {
    const kept = present.filter((n) => !same(n, opposite))
    return printQuery(kept.length === 0 ? wanted : { kind: 'and', nodes: [...kept, wanted] })
  }
  return node.kind === 'or' ? `(${query.trim()}) and ${added}` : `${query.trim()} and ${added}`
}

function textOf({ field, value, negate = false }: QueryTerm): string {
  const name = printFieldName(field)
  const isNot = value === null ? !negate : negate
  return `${isNot ? 'not ' : ''}${name}:${value === null ? '*' : printScalar(value)}`
}

const negated = (node: QueryNode): QueryNode => (node.kind === 'not' ? node.node : { kind: 'not', node })
const same = (a: QueryNode, b: QueryNode): boolean => printQuery(a) === printQuery(b)
