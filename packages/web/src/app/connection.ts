/** Whether the server answers, as the last call saw it. */
export type ConnectionState = 'online' | 'lost'

let state: ConnectionState = 'online'
const listeners = new Set<() => void>()

export const connection = {
  get: (): ConnectionState => state,
  set(next: ConnectionState): void {
    if (next === state) return
    state = next
    for (const listener of listeners) listener()
  },
  subscribe(listener: () => void): () => void {
    listeners.add(listener)
    return () => listeners.delete(listener)
  },
}
