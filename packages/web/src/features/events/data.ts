import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import type { EventDetail, EventView } from '@watchfloor/contracts/events'
import { api, call } from '../../app/api.ts'

/** What one searches for, and when. */
export interface EventSearch {
  readonly q: string
  readonly from: string
  readonly to: string
}
export type EventOrder = 'newest' | 'oldest'

interface EventPage {
  readonly items: EventView[]
  readonly next?: string
  readonly total?: number
  readonly tookMs: number
}

export const useEvents = (search: EventSearch, order: EventOrder) =>
  useInfiniteQuery({
    queryKey: ['events', 'search', search, order],
    initialPageParam: undefined as string | undefined,
    placeholderData: keepPreviousData,
    staleTime: 5 * 60_000,
    refetchOnWindowFocus: false,
    retry: false,
    queryFn: ({ pageParam, signal }) =>
      call<EventPage>(
        api.GET('/api/v1/events/search', {
          params: { query: { ...search, order, limit: 100, cursor: pageParam } },
          signal,
        }),
      ),
    getNextPageParam: (page) => page.next,
  })

/** Time of the oldest or newest event that matches. */
export const useEnd = (search: EventSearch, order: EventOrder, enabled: boolean) =>
  useQuery({
    queryKey: ['events', 'end', search, order],
    enabled,
    staleTime: 5 * 60_000,
    retry: false,
    queryFn: async ({ signal }) =>
      (
        await call<EventPage>(
          api.GET('/api/v1/events/search', { params: { query: { ...search, order, limit: 1 } }, signal }),
        )
      ).items[0]?.time ?? null,
  })

export interface Histogram {
  readonly intervalMs: number
  readonly total: number
  readonly bars: readonly { start: string; count: number }[]
}

export const useHistogram = (search: EventSearch, enabled: boolean) =>
  useQuery({
    queryKey: ['events', 'histogram', search],
    enabled,
    placeholderData: keepPreviousData,
    staleTime: 5 * 60_000,
    refetchOnWindowFocus: false,
    retry: false,
    queryFn: ({ signal }) =>
      call<Histogram>(api.GET('/api/v1/events/histogram', { params: { query: { ...search, buckets: 80 } }, signal })),
  })

export const useFields = (search: EventSearch, enabled: boolean) =>
  useQuery({
    queryKey: ['events', 'fields', search],
    enabled,
    placeholderData: keepPreviousData,
    staleTime: 5 * 60_000,
    refetchOnWindowFocus: false,
    retry: false,
    queryFn: ({ signal }) =>
      call<{ sampled: number; fields: { field: string; count: number; sharePct: number }[] }>(
        api.GET('/api/v1/events/fields', { params: { query: { ...search } }, signal }),
      ),
  })

export const useTopValues = (search: EventSearch, field: string, enabled: boolean) =>
  useQuery({
    queryKey: ['events', 'values', search, field],
    enabled,
    staleTime: 60_000,
    queryFn: ({ signal }) =>
      call<{ field: string; total: number; values: { value: string; count: number }[] }>(
        api.GET('/api/v1/events/values', { params: { query: { ...search, field, limit: 10 } }, signal }),
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

/** Address of the download; the browser streams it to disk. */
export function exportUrl(search: EventSearch, format: 'ndjson' | 'csv', columns: readonly string[]): string {
  const params = new URLSearchParams({ ...search, format })
  if (format === 'csv' && columns.length > 0) params.set('columns', columns.join(','))
  return `/api/v1/events/export?${params}`
}
