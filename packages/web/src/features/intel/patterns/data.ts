import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type {
  NewPattern,
  PatternChange,
  PatternCheckResult,
  PatternImport,
  PatternImportResult,
  PatternScope,
  StixPatternRecord,
} from '@watchfloor/contracts/intel'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, call } from '../../../app/api.ts'
import type { UrlState } from '../../../app/url-state.ts'
import { toastDone, toastError } from '../../../ui/toast.tsx'

export const patternScopes = ['event', 'sequence', 'index'] as const satisfies readonly PatternScope[]
export const patternStates = ['active', 'expired', 'off'] as const
export type PatternState = (typeof patternStates)[number]

export interface PatternFilter {
  readonly text?: string
  readonly scope?: PatternScope
  readonly state?: PatternState
}

/** What the URL asks for; values that no pattern can have are dropped. */
export function patternFilterFromUrl(url: UrlState): PatternFilter {
  const scope = patternScopes.find((one) => one === url.scope)
  const state = patternStates.find((one) => one === url.state)
  return { ...(url.q && { text: url.q }), ...(scope && { scope }), ...(state && { state }) }
}

export const usePatterns = (filter: PatternFilter) =>
  useInfiniteQuery({
    queryKey: ['patterns', filter],
    initialPageParam: undefined as string | undefined,
    placeholderData: keepPreviousData,
    queryFn: ({ pageParam, signal }) =>
      call<{ items: StixPatternRecord[]; next?: string }>(
        api.GET('/api/v1/patterns', { params: { query: { ...filter, limit: 100, cursor: pageParam } }, signal }),
      ),
    getNextPageParam: (page) => page.next,
  })

/** One pattern that is not in the list as it was loaded. */
export const usePattern = (id: string | undefined) =>
  useQuery({
    queryKey: ['patterns', 'one', id],
    enabled: id !== undefined,
    retry: false,
    queryFn: ({ signal }) =>
      call<StixPatternRecord>(
        api.GET('/api/v1/patterns/{patternId}', { params: { path: { patternId: id! } }, signal }),
      ),
  })

/** Indicators stand for patterns that merely list values. */
function useRefresh() {
  const queries = useQueryClient()
  return () =>
    Promise.all([
      queries.invalidateQueries({ queryKey: ['patterns'] }),
      queries.invalidateQueries({ queryKey: ['indicators'] }),
    ])
}

/** Adds a pattern, or changes the one that is there. */
export function useSavePattern(known: StixPatternRecord | undefined) {
  const refresh = useRefresh()
  const { t } = useTranslation('patterns')
  return useMutation({
    mutationFn: (form: Omit<NewPattern, 'patternVersion'>) => {
      const { source: _, ...change } = form
      return known
        ? call<StixPatternRecord>(
            api.PATCH('/api/v1/patterns/{patternId}', {
              params: { path: { patternId: known.id } },
              body: { ...change, expectedVersion: known.version },
            }),
          )
        : call<StixPatternRecord>(api.POST('/api/v1/patterns', { body: form }))
    },
    onSuccess: async ({ name }) => {
      toastDone(t('editor.saved', { name }))
      await refresh()
    },
  })
}

export function useChangePattern(id: string) {
  const refresh = useRefresh()
  return useMutation({
    mutationFn: (body: PatternChange) =>
      call<StixPatternRecord>(api.PATCH('/api/v1/patterns/{patternId}', { params: { path: { patternId: id } }, body })),
    onSuccess: refresh,
    onError: toastError,
  })
}

export function useDeletePattern(id: string) {
  const refresh = useRefresh()
  const { t } = useTranslation('patterns')
  return useMutation({
    mutationFn: () => call(api.DELETE('/api/v1/patterns/{patternId}', { params: { path: { patternId: id } } })),
    onSuccess: async () => {
      toastDone(t('panel.deleted'))
      await refresh()
    },
    onError: toastError,
  })
}

const checkAfterMs = 300

/** What there is to say about a pattern, a moment after it rests. A failure of the check is silent: keeping it says what is wrong. */
export function usePatternCheck(pattern: string): PatternCheckResult | undefined {
  const [check, setCheck] = useState<PatternCheckResult>()
  useEffect(() => {
    const stop = new AbortController()
    if (pattern.trim() === '') return setCheck(undefined)
    const timer = setTimeout(() => {
      void call<PatternCheckResult>(
        api.POST('/api/v1/patterns/check', { body: { pattern, patternVersion: '2.1' }, signal: stop.signal }),
      ).then(setCheck, () => {})
    }, checkAfterMs)
    return () => {
      stop.abort()
      clearTimeout(timer)
    }
  }, [pattern])
  return check
}

export const sendBundle = (body: PatternImport, signal: AbortSignal): Promise<PatternImportResult> =>
  call<PatternImportResult>(api.POST('/api/v1/patterns/import', { body, signal }))
