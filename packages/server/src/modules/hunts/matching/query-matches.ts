import type { HuntHit } from '@watchfloor/contracts/hunts'
import { evaluate, printQuery, type QueryNode, type Searchable } from '@watchfloor/engines/query'

const maxValueCharacters = 300
const maxMatches = 20

/** The parts of a query that an event meets, for a person to see why it was found. */
export function queryMatches(node: QueryNode, event: Searchable): HuntHit['matched'] {
  return [...leaves(node, event)].slice(0, maxMatches)
}

function* leaves(node: QueryNode, event: Searchable): Iterable<HuntHit['matched'][number]> {
  switch (node.kind) {
    case 'and':
      for (const one of node.nodes) yield* leaves(one, event)
      return
    case 'or':
      for (const one of node.nodes) if (evaluate(one, event)) yield* leaves(one, event)
      return
    case 'field':
      if (!evaluate(node, event)) return
      yield {
        field: node.field,
        value: textOf(event.ecs[node.field]),
        predicate: printQuery(node),
        selection: 'query',
      }
      return
    case 'text':
      if (!evaluate(node, event)) return
      yield {
        field: null,
        value: node.text.slice(0, maxValueCharacters),
        predicate: `the event contains ${printQuery(node)}`,
        selection: 'query',
      }
      return
    // What must not be there has nothing to show.
    case 'not':
    case 'all':
      return
  }
}

const textOf = (value: unknown): string =>
  (typeof value === 'string' ? value : JSON.stringify(value ?? '')).slice(0, maxValueCharacters)
