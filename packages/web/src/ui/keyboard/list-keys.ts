import { type ListCursor, useListCursor } from '../list-cursor.ts'
import { type Shortcut, useShortcuts } from './keyboard.tsx'

interface ListKeys {
  readonly ids: readonly string[]
  readonly placeKey: string
  readonly group: string
  readonly words: { readonly down: string; readonly up: string; readonly open: string; readonly close: string }
  /** What is open beside the list. */
  readonly opened: string | undefined
  readonly onOpen: (id: string | undefined) => void
}

/** j, k, arrows, Enter and Esc for a list with a panel; an open panel follows the cursor. */
export function useListKeys({ ids, placeKey, group, words, opened, onOpen }: ListKeys): ListCursor {
  const cursor = useListCursor(ids, placeKey, opened)
  const move = (by: number) => {
    const id = cursor.move(by)
    if (opened !== undefined) onOpen(id)
  }
  const key = (keys: string, label: string, run: () => void): Shortcut => ({ keys, label, group, run })
  useShortcuts([
    key('j', words.down, () => move(1)),
    key('k', words.up, () => move(-1)),
    key('ArrowDown', words.down, () => move(1)),
    key('ArrowUp', words.up, () => move(-1)),
    key('Enter', words.open, () => cursor.cursor && onOpen(cursor.cursor)),
    key('Escape', words.close, () => (opened === undefined ? cursor.set(undefined) : onOpen(undefined))),
  ])
  return cursor
}
