import {
  type InfiniteData,
  keepPreviousData,
  type QueryClient,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query'
import type {
  Alert,
  AlertChanged,
  AlertDetail,
  AlertFilter,
  AlertUpdate,
  Resolution,
} from '@watchfloor/contracts/alerts'
import type { EventDetail, EventView } from '@watchfloor/contracts/events'
import type { Evidence } from '@watchfloor/contracts/kernel'
import { useCallback, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError, api, call } from '../../app/api.ts'
import { useLive } from '../../app/live/live-provider.tsx'
import { useMe } from '../../app/session/me.tsx'
import { toastDone, toastError } from '../../ui/toast.tsx'
import { type AlertSort, matchesFilter, type Person, reverseOf, withChange } from './filter.ts'

interface AlertPage {
  readonly items: Alert[]
  readonly next?: string
  readonly total?: number
}
type AlertPages = InfiniteData<AlertPage, string | undefined>

export interface AlertWhy {
  readonly eventId: string
  readonly stillMatches: boolean
  readonly hits: readonly { field: string | null; value: string; predicate: string; selection: string }[]
  readonly condition: string
  readonly evidence: Evidence | null
}

const listKey = (filter: AlertFilter, sort: AlertSort) => ['alerts', 'list', filter, sort] as const

/** Changes every copy of an alert that the cache holds. */
function patchCached(queries: QueryClient, ids: ReadonlySet<string>, change: (alert: Alert) => Alert): void {
  queries.setQueriesData<AlertPages>(
    { queryKey: ['alerts', 'list'] },
    (data) =>
      data && {
        ...data,
        pages: data.pages.map((page) => ({
          ...page,
          items: page.items.map((alert) => (ids.has(alert.id) ? change(alert) : alert)),
        })),
      },
  )
  for (const id of ids)
    queries.setQueryData<AlertDetail>(['alerts', 'one', id], (data) => data && { ...data, ...change(data) })
}

/** The list, page by page, kept current by the live stream: changed rows in place, new ones counted until somebody wants them. */
export function useAlertList(filter: AlertFilter, sort: AlertSort) {
  const queries = useQueryClient()
  const me = useMe()
  const [fresh, setFresh] = useState<ReadonlySet<string>>(new Set())
  const key = listKey(filter, sort)
  const query = useInfiniteQuery({
    queryKey: key,
    initialPageParam: undefined as string | undefined,
    placeholderData: keepPreviousData,
    refetchOnWindowFocus: false,
    queryFn: ({ pageParam, signal }) =>
      call<AlertPage>(
        api.GET('/api/v1/alerts', { params: { query: { ...filter, sort, limit: 100, cursor: pageParam } }, signal }),
      ),
    getNextPageParam: (page) => page.next,
  })
  const rows = query.data?.pages.flatMap((page) => page.items) ?? []
  const showFresh = useCallback(() => {
    setFresh(new Set())
    void queries.resetQueries({ queryKey: ['alerts', 'list', filter, sort] })
  }, [queries, filter, sort])
  useLive<AlertChanged>('alerts.changed', ({ alert }) => {
    patchCached(queries, new Set([alert.id]), (known) =>
      known.version <= alert.version ? { ...known, ...alert } : known,
    )
    if (!matchesFilter(alert, filter, me.id) || rows.some((row) => row.id === alert.id)) return
    // Nobody loses their place in an empty list.
    if (rows.length === 0) void queries.invalidateQueries({ queryKey: key })
    else setFresh((now) => (now.has(alert.id) ? now : new Set(now).add(alert.id)))
  })
  return { ...query, rows, total: query.data?.pages[0]?.total, fresh: fresh.size, showFresh }
}

export const useAlert = (id: string | undefined) =>
  useQuery({
    queryKey: ['alerts', 'one', id],
    enabled: id !== undefined,
    queryFn: ({ signal }) =>
      call<AlertDetail>(api.GET('/api/v1/alerts/{alertId}', { params: { path: { alertId: id! } }, signal })),
  })

export const useAlertWhy = (id: string, eventId: string | undefined) =>
  useQuery({
    queryKey: ['alerts', 'why', id, eventId],
    enabled: eventId !== undefined,
    staleTime: 5 * 60_000,
    queryFn: ({ signal }) =>
      call<AlertWhy>(
        api.GET('/api/v1/alerts/{alertId}/why', {
          params: { path: { alertId: id }, query: { eventId: eventId! } },
          signal,
        }),
      ),
  })

export const useAround = (id: string) =>
  useQuery({
    queryKey: ['alerts', 'around', id],
    staleTime: 5 * 60_000,
    queryFn: ({ signal }) =>
      call<{ items: EventView[] }>(
        api.GET('/api/v1/alerts/{alertId}/events', {
          params: { path: { alertId: id }, query: { before: 5, after: 5 } },
          signal,
        }),
      ),
  })

export const useEvent = (eventId: string | undefined) =>
  useQuery({
    queryKey: ['events', 'one', eventId],
    enabled: eventId !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: ({ signal }) =>
      call<EventDetail>(api.GET('/api/v1/events/{eventId}', { params: { path: { eventId: eventId! } }, signal })),
  })

/** Whom an alert can be given to. */
export const usePeople = (text: string, enabled: boolean) =>
  useQuery({
    queryKey: ['people', text],
    enabled,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      call<{ items: { id: string; name: string; email: string }[] }>(
        api.GET('/api/v1/people', { params: { query: { ...(text && { text }), limit: 20 } }, signal }),
      ),
  })

export type AlertTarget = { readonly ids: string[] } | { readonly filter: AlertFilter }
export interface WantedChange {
  readonly change: Omit<AlertUpdate, 'expectedVersion'>
  /** Who is meant by `change.assignee`. */
  readonly person: Person | null
}

const targetIds = (target: AlertTarget): string[] => ('ids' in target ? target.ids : [])

/** Changes many alerts at once, or a whole filter; shown at once, with undo. */
export function useBulkChange() {
  const queries = useQueryClient()
  const { t } = useTranslation('alerts')
  const undo = useMutation({
    mutationFn: (token: string) =>
      call<{ changed: number }>(api.POST('/api/v1/alerts/undo', { body: { undo: token } })),
    onSuccess: () => toastDone(t('done.undone')),
    onError: toastError,
    onSettled: () => queries.invalidateQueries({ queryKey: ['alerts'] }),
  })
  return useMutation({
    mutationFn: ({ target, wanted }: { target: AlertTarget; wanted: WantedChange }) =>
      call<{ changed: number; skipped: number; undo: string }>(
        api.POST('/api/v1/alerts/bulk', { body: { ...target, change: wanted.change } }),
      ),
    onMutate: ({ target, wanted }) =>
      patchCached(queries, new Set(targetIds(target)), (alert) => withChange(alert, wanted.change, wanted.person)),
    onSuccess: ({ changed, skipped, undo: token }) =>
      toastDone(
        `${t('done.changed', { count: changed })}${skipped > 0 ? ` ${t('done.skipped', { count: skipped })}` : ''}`,
        changed > 0 ? { label: t('done.undo'), run: () => undo.mutate(token) } : undefined,
      ),
    onError: toastError,
    onSettled: () => queries.invalidateQueries({ queryKey: ['alerts'], refetchType: 'active' }),
  })
}

/** Changes the alert one looks at; refused when somebody else was faster, and then `conflict` says so. */
export function useAlertChange(alert: AlertDetail) {
  const queries = useQueryClient()
  const { t } = useTranslation('alerts')
  const mutation = useMutation({
    // One after the other: the second goes out with the version that the first one made.
    scope: { id: `alert-${alert.id}` },
    mutationFn: ({ change }: WantedChange & { quiet?: boolean }) => {
      // The optimistic copy keeps the version it was made from, so this is the one that the person saw.
      const seen = queries.getQueryData<AlertDetail>(['alerts', 'one', alert.id]) ?? alert
      return call<Alert>(
        api.PATCH('/api/v1/alerts/{alertId}', {
          params: { path: { alertId: alert.id } },
          body: { ...change, expectedVersion: seen.version },
        }),
      )
    },
    onMutate: ({ change, person }) => {
      const before = queries.getQueryData<AlertDetail>(['alerts', 'one', alert.id]) ?? alert
      patchCached(queries, new Set([alert.id]), (known) => withChange(known, change, person))
      return { before }
    },
    onSuccess: (saved, { change, quiet }, context) => {
      patchCached(queries, new Set([alert.id]), (known) => ({ ...known, ...saved }))
      const before = context.before
      if (!quiet)
        toastDone(t('done.saved'), {
          label: t('done.undo'),
          run: () => mutation.mutate({ change: reverseOf(before, change), person: before.assignee, quiet: true }),
        })
    },
    onError: (error, _wanted, context) => {
      if (context) patchCached(queries, new Set([alert.id]), () => context.before)
      // The page shows a conflict itself, with both sides.
      if (!(error instanceof ApiError && error.code === 'STALE_EDIT')) toastError(error)
    },
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: ['alerts', 'one', alert.id] })
      void queries.invalidateQueries({ queryKey: ['alerts', 'summary'] })
    },
  })
  return mutation
}

export function useComment(id: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (text: string) =>
      call<Alert>(api.POST('/api/v1/alerts/{alertId}/comments', { params: { path: { alertId: id } }, body: { text } })),
    onSuccess: (saved) => {
      // The new version at once: what the person does next must not look like an edit of an older state.
      patchCached(queries, new Set([id]), (known) => ({ ...known, ...saved }))
      return queries.invalidateQueries({ queryKey: ['alerts', 'one', id] })
    },
  })
}

/** Order in which the resolutions are offered, with the key that chooses each. */
const resolutionOrder: Record<Resolution, number> = {
  'true-positive-impact': 1,
  'true-positive-no-impact': 2,
  benign: 3,
  'false-positive': 4,
  duplicate: 5,
  unknown: 6,
}
export const resolutions = (Object.keys(resolutionOrder) as Resolution[]).sort(
  (a, b) => resolutionOrder[a] - resolutionOrder[b],
)
