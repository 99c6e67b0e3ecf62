import { useSyncExternalStore } from 'react'

/** Which of the shell's overlays is open. */
export type Overlay = 'palette' | 'help' | null

let open: Overlay = null
const listeners = new Set<() => void>()
export function setOverlay(next: Overlay): void {
  open = next
  for (const listener of listeners) listener()
}
export const openHelp = (): void => setOverlay('help')
export const openPalette = (): void => setOverlay('palette')

export const useOverlay = (): Overlay =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => open,
  )
