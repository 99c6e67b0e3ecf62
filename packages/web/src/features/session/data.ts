import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api, call } from '../../app/api.ts'

export interface SetupStatus {
  readonly needed: boolean
  readonly selfRegistration: boolean
  readonly organisationName: string
  readonly passwordMinLength: number
}

/** What the login page has to know before anybody is signed in. */
export const useSetupStatus = () =>
  useQuery({
    queryKey: ['setup'],
    queryFn: ({ signal }) => call<SetupStatus>(api.GET('/api/v1/setup', { signal })),
    staleTime: 60_000,
  })

export interface Credentials {
  readonly email: string
  readonly password: string
  readonly code?: string
}

/** Signs in; afterwards everything is loaded afresh, since another person may see other things. */
export function useLogin() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (credentials: Credentials) => call<unknown>(api.POST('/api/v1/session', { body: credentials })),
    onSuccess: async () => {
      queries.removeQueries({ predicate: (query) => query.queryKey[0] !== 'me' })
      await queries.refetchQueries({ queryKey: ['me'] })
    },
  })
}

export interface SetupForm {
  readonly token: string
  readonly email: string
  readonly displayName: string
  readonly password: string
  readonly organisationName?: string
}

export function useSetup() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (form: SetupForm) => call<unknown>(api.POST('/api/v1/setup', { body: form })),
    onSuccess: async (_answer, { email, password }) => {
      await queries.invalidateQueries({ queryKey: ['setup'] })
      await queries.refetchQueries({ queryKey: ['me'] })
      // Some servers sign the new administrator in by themselves; else it is done here.
      if (!queries.getQueryData(['me'])) {
        await call(api.POST('/api/v1/session', { body: { email, password } }))
        await queries.refetchQueries({ queryKey: ['me'] })
      }
    },
  })
}
