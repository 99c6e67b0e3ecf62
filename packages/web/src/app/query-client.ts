import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { ApiError, isSessionEnd } from './api.ts'
import { connection } from './connection.ts'

/** Cached answers of the server. A session's end anywhere empties what the shell knows of the person, which leads to the login page. */
export function createQueryClient(): QueryClient {
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({ onError: note, onSuccess: () => connection.set('online') }),
    mutationCache: new MutationCache({ onError: note, onSuccess: () => connection.set('online') }),
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        gcTime: 10 * 60_000,
        retry: (count, error) => count < 2 && error instanceof ApiError && (error.status === 0 || error.status >= 500),
        refetchOnWindowFocus: true,
        networkMode: 'always',
      },
      mutations: { retry: false, networkMode: 'always' },
    },
  })
  function note(error: unknown): void {
    if (error instanceof ApiError) connection.set(error.code === 'NETWORK' ? 'lost' : 'online')
    if (isSessionEnd(error)) client.setQueryData(['me'], null)
  }
  return client
}
