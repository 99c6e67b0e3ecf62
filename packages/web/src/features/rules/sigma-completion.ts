import { fieldsOf, keysWithin, modifiers, topKeys, valuesOf } from './sigma-words.ts'

export interface SigmaSuggestions {
  /** Characters of the text that the suggestion replaces. */
  readonly from: number
  readonly to: number
  readonly items: readonly { readonly text: string; readonly kind: 'key' | 'value' | 'field' | 'modifier' }[]
}

const indentOf = (line: string): number => /^[ -]*/.exec(line)?.[0].length ?? 0

/** Keys that the line stands under, outermost first. */
function pathTo(lines: readonly string[], at: number): string[] {
  const path: string[] = []
  let indent = indentOf(lines[at] ?? '')
  for (let i = at - 1; i >= 0 && indent > 0; i--) {
    const line = lines[i] ?? ''
    const key = /^[ -]*([^\s:#|]+)[^:#]*:/.exec(line)?.[1]
    if (key === undefined || indentOf(line) >= indent) continue
    path.unshift(key)
    indent = indentOf(line)
  }
  return path
}

/** Fields by the rule's log source, those that it names already first. */
function fieldsFor(text: string): string[] {
  const named = [...text.matchAll(/^[ -]+([A-Za-z][\w.@-]*)\|[\w|]+:/gm)].map((match) => match[1] ?? '')
  const sources = [...text.matchAll(/^\s+(?:category|product):\s*([\w-]+)/gm)].map((match) => match[1] ?? '')
  return [...new Set([...named, ...sources.flatMap((source) => fieldsOf[source] ?? [])])]
}

/** Names of the selections of the rule, for its condition. */
const selectionsOf = (lines: readonly string[]): string[] =>
  lines.flatMap((line, at) => {
    const key = /^\s+([\w-]+):/.exec(line)?.[1]
    const path = key === undefined ? [] : pathTo(lines, at)
    return key !== undefined && key !== 'condition' && path.length === 1 && path[0] === 'detection' ? [key] : []
  })

/** What may be written at a place of a Sigma rule: keys, modifiers, known fields and values, by where it stands. */
export function completeSigma(text: string, cursor: number): SigmaSuggestions | null {
  const lines = text.split('\n')
  const before = text.slice(0, cursor)
  const lineAt = before.split('\n').length - 1
  const head = before.slice(before.lastIndexOf('\n') + 1)
  if (/^\s*#/.test(head)) return null
  const offer = (typed: string, kind: SigmaSuggestions['items'][number]['kind'], words: readonly string[]) =>
    words.length === 0
      ? null
      : { from: cursor - typed.length, to: cursor, items: [...new Set(words)].map((word) => ({ text: word, kind })) }

  const value = /^[ -]*([^\s:|]+)[^:]*:\s+(.*)$/.exec(head)
  if (value) {
    const [, key = '', typed = ''] = value
    if (key === 'condition')
      return offer(/[\w*-]*$/.exec(typed)?.[0] ?? '', 'value', [
        ...selectionsOf(lines),
        ...(typed === '' ? (valuesOf.condition ?? []) : ['and', 'or', 'not', 'all of', '1 of']),
      ])
    return offer(typed, 'value', valuesOf[key] ?? [])
  }
  const modifier = /^[ -]*[^\s:|]+\|(?:\w+\|)*(\w*)$/.exec(head)
  if (modifier) return offer(modifier[1] ?? '', 'modifier', modifiers)

  const key = /^([ -]*)([\w.@-]*)$/.exec(head)
  if (!key) return null
  const [, , typed = ''] = key
  const path = pathTo([...lines.slice(0, lineAt), head], lineAt)
  if (path.length === 0) return offer(typed, 'key', indentOf(head) === 0 ? topKeys : [])
  if (path.length === 1) return offer(typed, 'key', keysWithin[path[0] ?? ''] ?? [])
  return path[0] === 'detection' || path[0] === 'filter' ? offer(typed, 'field', fieldsFor(text)) : null
}
