import { useEffect, useSyncExternalStore } from 'react'

type Parts = typeof import('./parts.ts')

let parts: Parts | null = null
let loading: Promise<void> | null = null
const listeners = new Set<() => void>()

/** Fetches what menus and dialogs are made of; a failure is forgotten, so that the next opening tries again. */
export function loadFloating(): Promise<void> {
  loading ??= import('./parts.ts').then(
    (loaded) => {
      parts = loaded
      for (const listener of listeners) listener()
    },
    () => {
      loading = null
    },
  )
  return loading
}

/** What menus and dialogs are made of, null until it is there; `wanted` fetches it now. */
export function useFloating(wanted: boolean): Parts | null {
  const loaded = useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => parts,
  )
  useEffect(() => {
    if (wanted && !loaded) void loadFloating()
  }, [wanted, loaded])
  return loaded
}
