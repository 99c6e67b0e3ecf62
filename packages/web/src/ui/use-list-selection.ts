import { useState } from 'react'
import { toggleSelection } from './list-cursor.ts'

/** Which rows of a list are chosen: single ones, or the whole filter with everything that is not loaded. */
export function useListSelection<Filter>(ids: readonly string[], filter: Filter) {
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const [anchor, setAnchor] = useState<string>()
  const [wholeFilter, setWholeFilter] = useState(false)
  return {
    selected,
    wholeFilter,
    any: selected.size > 0 || wholeFilter,
    clear: () => {
      setSelected(new Set())
      setWholeFilter(false)
      setAnchor(undefined)
    },
    widen: () => setWholeFilter(true),
    selectAll: () => setSelected(new Set(ids)),
    toggle: (id: string, range: boolean) => {
      setWholeFilter(false)
      setSelected(toggleSelection(ids, selected, id, range ? anchor : undefined))
      setAnchor(id)
    },
    /** The whole filter, else the selection, else the row the keyboard stands on, else nothing. */
    target: (cursor: string | undefined): { ids: string[] } | { filter: Filter } | null => {
      if (wholeFilter) return { filter }
      if (selected.size > 0) return { ids: [...selected] }
      return cursor === undefined ? null : { ids: [cursor] }
    },
  }
}
