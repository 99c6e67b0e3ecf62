/** What of a keyboard event decides. */
export interface Stroke {
  readonly key: string
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly altKey: boolean
  readonly shiftKey: boolean
}

/**
 * A stroke in our notation: `j`, `?`, `Enter`, `mod+k` (Ctrl, or ⌘ on a Mac), `alt+1`. Shift is written only beside keys that
 * have no other form with it (`shift+Enter`), since `?` already says it.
 */
export function strokeName(stroke: Stroke): string {
  const key = stroke.key === ' ' ? 'Space' : stroke.key
  const single = key.length === 1
  const mod = stroke.ctrlKey || stroke.metaKey
  return [
    mod && 'mod',
    stroke.altKey && 'alt',
    stroke.shiftKey && (!single || /[a-z]/i.test(key)) && 'shift',
    single ? key.toLowerCase() : key,
  ]
    .filter(Boolean)
    .join('+')
}

export interface Binding {
  /** One stroke or a sequence: `j`, `g t`, `mod+k`. */
  readonly keys: string
  readonly run: () => void
  /** Works while somebody types, too. */
  readonly whileTyping?: boolean
}

/** Strokes of a sequence that come later than this after one another start anew. */
const sequenceMs = 1200

/** Finds what a stroke means. Later layers win; a sequence such as `g t` is held for a moment. */
export class KeyMap {
  private readonly layers: (readonly Binding[])[] = []
  private pending: { prefix: string; untilMs: number } | null = null

  /** @returns takes the layer away again */
  push(bindings: readonly Binding[]): () => void {
    this.layers.push(bindings)
    return () => {
      const index = this.layers.indexOf(bindings)
      if (index >= 0) this.layers.splice(index, 1)
    }
  }

  /** @returns the binding to run, `pending` when a sequence has begun, or null when the stroke means nothing here */
  find(stroke: Stroke, state: { typing: boolean; nowMs: number }): Binding | 'pending' | null {
    const name = strokeName(stroke)
    const prefix = this.pending && state.nowMs <= this.pending.untilMs ? `${this.pending.prefix} ` : ''
    this.pending = null
    const found = (prefix && this.search(prefix + name, state.typing)) || this.search(name, state.typing)
    if (found) return found
    if (!state.typing && this.starts(`${name} `)) {
      this.pending = { prefix: name, untilMs: state.nowMs + sequenceMs }
      return 'pending'
    }
    return null
  }

  private search(keys: string, typing: boolean): Binding | null {
    for (let i = this.layers.length - 1; i >= 0; i--)
      for (const binding of this.layers[i] ?? [])
        if (binding.keys === keys && (!typing || binding.whileTyping)) return binding
    return null
  }

  private starts(prefix: string): boolean {
    return this.layers.some((layer) => layer.some((binding) => binding.keys.startsWith(prefix)))
  }
}

const caps: Record<string, string> = {
  Escape: 'Esc',
  Enter: '↵',
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  shift: '⇧',
}

/** What stands on the keys: `mod+k` → `['Ctrl', 'K']`. */
export function keyCaps(keys: string, mac: boolean): string[] {
  return keys.split(' ').flatMap((stroke) =>
    (stroke === '+' ? ['+'] : stroke.split('+')).map((part) => {
      if (part === 'mod') return mac ? '⌘' : 'Ctrl'
      return caps[part] ?? (part.length === 1 ? part.toUpperCase() : part)
    }),
  )
}
