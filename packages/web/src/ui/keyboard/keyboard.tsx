import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useSyncExternalStore } from 'react'
import { type Binding, KeyMap } from './keys.ts'

/** A shortcut with its words, as the help shows it. */
export interface Shortcut extends Binding {
  readonly label: string
  readonly group: string
}

class Keyboard {
  readonly map = new KeyMap()
  /** While above zero, only what works while typing works: something lies over the page. */
  holds = 0
  private shown: readonly (readonly Shortcut[])[] = []
  private readonly listeners = new Set<() => void>()

  add(shortcuts: readonly Shortcut[]): () => void {
    const remove = this.map.push(shortcuts)
    this.shown = [...this.shown, shortcuts]
    this.tell()
    return () => {
      remove()
      this.shown = this.shown.filter((layer) => layer !== shortcuts)
      this.tell()
    }
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }
  readonly snapshot = (): readonly (readonly Shortcut[])[] => this.shown

  private tell(): void {
    for (const listener of this.listeners) listener()
  }
}

const KeyboardContext = createContext<Keyboard | null>(null)

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName)) &&
  !(target instanceof HTMLInputElement && ['checkbox', 'radio', 'button'].includes(target.type))

/** Buttons and links act on these keys by themselves; with Ctrl or ⌘ they are the page's. */
const actsByItself = ({ target, key, ctrlKey, metaKey }: KeyboardEvent): boolean =>
  (key === 'Enter' || key === ' ') &&
  !(ctrlKey || metaKey) &&
  target instanceof HTMLElement &&
  target.closest('button, a[href], summary, [role="menuitem"], input') !== null

/** While a menu or dialog is open, what lies beneath must not react. */
const overlayOpen = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest('[role="dialog"], [role="menu"], [role="listbox"]') !== null

export function KeyboardProvider({ children }: { children: ReactNode }) {
  const keyboard = useMemo(() => new Keyboard(), [])
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing || actsByItself(event)) return
      const inside = keyboard.holds > 0 || overlayOpen(event.target)
      const found = keyboard.map.find(event, { typing: isTyping(event.target) || inside, nowMs: event.timeStamp })
      if (found === null) return
      event.preventDefault()
      if (found !== 'pending') found.run()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [keyboard])
  return <KeyboardContext value={keyboard}>{children}</KeyboardContext>
}

function useKeyboard(): Keyboard {
  const keyboard = useContext(KeyboardContext)
  if (!keyboard) throw new Error('KeyboardProvider is missing')
  return keyboard
}

/** Binds shortcuts while the component is there. The newest handlers are always used; the keys themselves must not change. */
export function useShortcuts(shortcuts: readonly Shortcut[]): void {
  const keyboard = useKeyboard()
  const latest = useRef(shortcuts)
  latest.current = shortcuts
  const signature = shortcuts.map((shortcut) => `${shortcut.keys}=${shortcut.label}`).join('\n')
  useEffect(() => {
    if (signature === '') return
    const bound = latest.current.map((shortcut) => ({
      ...shortcut,
      run: () => latest.current.find((now) => now.keys === shortcut.keys)?.run(),
    }))
    return keyboard.add(bound)
  }, [keyboard, signature])
}

/** Every shortcut that works at this moment, for the help. */
export function useActiveShortcuts(): readonly Shortcut[] {
  const keyboard = useKeyboard()
  return useSyncExternalStore(keyboard.subscribe, keyboard.snapshot).flat()
}

/** Keeps the page's shortcuts still while something lies over it, or is about to. */
export function useHoldShortcuts(held: boolean): void {
  const keyboard = useKeyboard()
  useEffect(() => {
    if (!held) return
    keyboard.holds++
    return () => {
      keyboard.holds--
    }
  }, [keyboard, held])
}
