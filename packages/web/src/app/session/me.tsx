import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { Me, Preferences } from '@watchfloor/contracts/identity'
import { createContext, type ReactNode, useContext, useEffect } from 'react'
import { type Display, DisplayProvider } from '../../ui/display.tsx'
import { api, call, isSessionEnd } from '../api.ts'
import { applyTheme } from '../theme.ts'

/** Who is signed in; null: nobody. */
export function useMeQuery() {
  return useQuery({
    queryKey: ['me'],
    queryFn: async (): Promise<Me | null> => {
      try {
        return await call<Me>(api.GET('/api/v1/me'))
      } catch (error) {
        if (isSessionEnd(error)) return null
        throw error
      }
    },
    staleTime: 60_000,
  })
}

const MeContext = createContext<Me | null>(null)

/** The person for everything beneath; their theme, zone and density with them. */
export function MeProvider({ me, children }: { me: Me; children: ReactNode }) {
  const { theme, timeZone, density } = me.preferences
  useEffect(() => applyTheme(theme), [theme])
  const display: Display = {
    zone: timeZone === 'browser' ? 'local' : timeZone,
    density: density === 'compact' ? 'dense' : 'normal',
  }
  return (
    <MeContext value={me}>
      <DisplayProvider value={display}>{children}</DisplayProvider>
    </MeContext>
  )
}

export function useMe(): Me {
  const me = useContext(MeContext)
  if (!me) throw new Error('nobody is signed in here')
  return me
}

/** What people call somebody: the name they chose, else what the server calls an API key. */
export const nameOf = (me: Me): string => me.user?.displayName ?? me.name

/** Whether the person holds a permission such as `alerts:read`. The server decides anyway; this hides what would be refused. */
export function useMay(): (permission: string) => boolean {
  const { permissions } = useMe()
  return (permission) => permissions.includes(permission)
}

/** Keeps preferences; shown at once, taken back when the server refuses. */
export function usePreferences() {
  const queries = useQueryClient()
  const me = useMe()
  const mutation = useMutation({
    mutationFn: (change: Partial<Preferences>) =>
      call<Preferences>(api.PUT('/api/v1/me/preferences', { body: { ...me.preferences, ...change } })),
    onMutate: (change) => {
      const before = queries.getQueryData<Me | null>(['me'])
      if (before) queries.setQueryData(['me'], { ...before, preferences: { ...before.preferences, ...change } })
      return { before }
    },
    onError: (_error, _change, context) => queries.setQueryData(['me'], context?.before),
  })
  return { preferences: me.preferences, change: mutation.mutate, error: mutation.error }
}
