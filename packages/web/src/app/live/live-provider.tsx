import { useQueryClient } from '@tanstack/react-query'
import { createContext, type ReactNode, useContext, useEffect, useRef, useState } from 'react'
import { api } from '../api.ts'
import { LiveConnection, type LiveState } from './live.ts'

const LiveContext = createContext<{ connection: LiveConnection | null; state: LiveState }>({
  connection: null,
  state: 'connecting',
})

/** Holds the tab's part in the live connection while somebody is signed in. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const queries = useQueryClient()
  const [connection, setConnection] = useState<LiveConnection | null>(null)
  const [state, setState] = useState<LiveState>('connecting')
  useEffect(() => {
    const made = new LiveConnection(api, () => void queries.invalidateQueries({ queryKey: ['me'] }))
    const unsubscribe = made.subscribe(({ event }) => {
      if (event === 'state') setState(made.state)
      if (event === 'reset') void queries.invalidateQueries()
    })
    setConnection(made)
    return () => {
      unsubscribe()
      made.close()
    }
  }, [queries])
  return <LiveContext value={{ connection, state }}>{children}</LiveContext>
}

export const useLiveState = (): LiveState => useContext(LiveContext).state

/** Calls `listener` for every live message of that name while the component is there. */
export function useLive<Data>(event: string, listener: (data: Data) => void): void {
  const { connection } = useContext(LiveContext)
  const latest = useRef(listener)
  latest.current = listener
  useEffect(
    () =>
      connection?.subscribe((message) => {
        // The stream's shapes are the server's contract, checked by its tests; this is their edge.
        if (message.event === event) latest.current(message.data as Data)
      }),
    [connection, event],
  )
}
