import type { ValueTest } from '../compile/evaluate.ts'
import type { Placement, Predicate } from '../compile/predicate.ts'
import { EdgeTrie } from './edge-trie.ts'

/** A question about folded literals of one field. */
export type LiteralPredicate = Predicate & { readonly kind: Placement; readonly field: string; readonly cased: false }

export const isLiteral = (p: Predicate): p is LiteralPredicate =>
  (p.kind === 'exact' || p.kind === 'contains' || p.kind === 'startsWith' || p.kind === 'endsWith') &&
  p.field !== null &&
  !p.cased

/** Whether one of many literals stands in a value as asked: one look instead of one for each. Made ready at the first question. */
export function literalSetTest(kind: Placement, texts: readonly string[]): ValueTest {
  let ready: ((folded: string) => boolean) | undefined
  return (_, folded) => {
    ready ??= makeTest(kind, texts)
    return ready(folded)
  }
}

function makeTest(kind: Placement, texts: readonly string[]): (folded: string) => boolean {
  // An empty literal begins and ends every text, which a trie cannot say.
  if (kind !== 'exact' && texts.includes('')) return () => true
  switch (kind) {
    case 'exact': {
      const set = new Set(texts)
      const longest = Math.max(...texts.map(({ length }) => length))
      return (folded) => folded.length <= longest && set.has(folded)
    }
    case 'startsWith':
    case 'endsWith': {
      const trie = new EdgeTrie(texts, kind === 'startsWith' ? 'start' : 'end')
      return (folded) => trie.meets(folded)
    }
    case 'contains':
      return (folded) => {
        for (let i = 0; i < texts.length; i++) if (folded.includes(texts[i]!)) return true
        return false
      }
  }
}
