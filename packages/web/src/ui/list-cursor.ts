import { useState } from 'react'

export interface ListCursor {
  readonly cursor: string | undefined
  readonly set: (id: string | undefined) => void
  /** Moves by rows; from nowhere to the first. @returns the row it now stands on */
  readonly move: (by: number) => string | undefined
}

/** Where somebody stands in a list when they left it, by list. */
const kept = new Map<string, string>()

/** The row that the keyboard stands on: what the address opens at first, else where somebody stood when they left. */
export function useListCursor(ids: readonly string[], placeKey: string, opened?: string): ListCursor {
  const [cursor, setCursor] = useState<string | undefined>(() => opened ?? kept.get(placeKey))
  const set = (id: string | undefined) => {
    if (id === undefined) kept.delete(placeKey)
    else kept.set(placeKey, id)
    setCursor(id)
  }
  const move = (by: number): string | undefined => {
    const at = cursor === undefined ? -1 : ids.indexOf(cursor)
    const next = at < 0 ? (by > 0 ? 0 : ids.length - 1) : Math.max(0, Math.min(ids.length - 1, at + by))
    const id = ids[next]
    if (id !== undefined) set(id)
    return id
  }
  return { cursor, set, move }
}

/** Selection of single rows, of a stretch of them (Shift), or of everything. */
export function toggleSelection(
  ids: readonly string[],
  selected: ReadonlySet<string>,
  id: string,
  anchor: string | undefined,
): Set<string> {
  const next = new Set(selected)
  if (anchor !== undefined && anchor !== id) {
    const [a, b] = [ids.indexOf(anchor), ids.indexOf(id)].sort((x, y) => x - y)
    if (a !== undefined && b !== undefined && a >= 0) {
      for (const each of ids.slice(a, b + 1)) next.add(each)
      return next
    }
  }
  if (!next.delete(id)) next.add(id)
  return next
}
