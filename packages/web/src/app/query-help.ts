import { useCallback } from 'react'
import { api, call } from './api.ts'

interface Completions {
  readonly from: number
  readonly to: number
  readonly items: { text: string; kind: 'field' | 'operator' | 'value'; detail?: string }[]
}
interface QueryCheck {
  readonly valid: boolean
  readonly diagnostics: { code: string; message: string; remedy?: string; offset: number; length: number }[]
}

/** Completion and checking of the query while it is written. Both are help: a failure of them is silent. */
export function useQueryHelp(range: { from: string; to: string }) {
  const { from, to } = range
  const complete = useCallback(
    (q: string, cursor: number) =>
      call<Completions>(api.GET('/api/v1/events/query/complete', { params: { query: { q, cursor, from, to } } })).catch(
        () => null,
      ),
    [from, to],
  )
  const check = useCallback(
    (q: string) =>
      call<QueryCheck>(api.GET('/api/v1/events/query/check', { params: { query: { q } } }))
        .then((answer) => answer.diagnostics)
        .catch(() => []),
    [],
  )
  return { complete, check }
}
