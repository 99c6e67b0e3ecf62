import type { StixObject } from '../../stix-pattern/index.ts'
import { listOf } from './checks/markings.ts'
import { isObject } from './walk.ts'

/** Bundles have a handful of marking definitions. */
const MAX_MARKINGS = 10_000

/** Markings that mark each other in a ring: none of them would ever be known. @source STIX 2.1 section 7.2.1 */
export class MarkingCycles {
  readonly #marksById = new Map<string, readonly string[]>()

  see(object: StixObject): void {
    const { id, type } = object
    if (type !== 'marking-definition' || typeof id !== 'string' || this.#marksById.size >= MAX_MARKINGS) return
    const refs = [
      ...listOf(object.object_marking_refs),
      ...listOf(object.granular_markings).map((one) => (isObject(one) ? one.marking_ref : undefined)),
    ]
    // One that marks itself is told when it is judged.
    const others = refs.filter((ref): ref is string => typeof ref === 'string' && ref !== id)
    if (others.length > 0) this.#marksById.set(id, others)
  }

  /** Ids of rings, and of what stands between two rings: what is left when all that leads to none is taken away, and all that none leads to. */
  inCycles(): Iterable<string> {
    const marked = new Map(
      [...this.#marksById].map(([id, refs]) => [id, refs.filter((ref) => this.#marksById.has(ref))]),
    )
    return peeled(turned(peeled(marked))).keys()
  }
}

type Edges = ReadonlyMap<string, readonly string[]>

/** Takes away what leads nowhere, until everything leads on. */
function peeled(edges: Edges): Edges {
  const outDegree = new Map([...edges].map(([id, refs]) => [id, refs.length]))
  const back = turned(edges)
  const waiting = [...outDegree].filter(([, count]) => count === 0).map(([id]) => id)
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    outDegree.delete(next)
    for (const from of back.get(next)!) {
      const left = outDegree.get(from)! - 1
      outDegree.set(from, left)
      if (left === 0) waiting.push(from)
    }
  }
  return new Map([...outDegree.keys()].map((id) => [id, edges.get(id)!.filter((ref) => outDegree.has(ref))]))
}

function turned(edges: Edges): Edges {
  const back = new Map<string, string[]>([...edges.keys()].map((id) => [id, []]))
  for (const [id, refs] of edges) for (const ref of refs) back.get(ref)!.push(id)
  return back
}
