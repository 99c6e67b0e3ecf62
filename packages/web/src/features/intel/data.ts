import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type {
  CoveringWarningList,
  Indicator,
  IndicatorBulkAction,
  IndicatorChange,
  IndicatorImportResult,
  IndicatorType,
  MispWarningList,
  WarningList,
  WarningListEffect,
} from '@watchfloor/contracts/intel'
import type { Tlp } from '@watchfloor/contracts/kernel'
import { useTranslation } from 'react-i18next'
import { api, call } from '../../app/api.ts'
import { formatCount } from '../../ui/format/number.ts'
import { toastDone, toastError } from '../../ui/toast.tsx'
import type { IndicatorFilter, IndicatorSort } from './filter.ts'

export const useIndicators = (filter: IndicatorFilter, sort: IndicatorSort) =>
  useInfiniteQuery({
    queryKey: ['indicators', 'list', filter, sort],
    initialPageParam: undefined as string | undefined,
    placeholderData: keepPreviousData,
    queryFn: ({ pageParam, signal }) =>
      call<{ items: Indicator[]; next?: string; total?: number }>(
        api.GET('/api/v1/indicators', {
          params: { query: { ...filter, sort, limit: 100, cursor: pageParam } },
          signal,
        }),
      ),
    getNextPageParam: (page) => page.next,
  })

export interface IndicatorFacets {
  readonly total: number
  readonly active: number
  readonly byType: Readonly<Record<string, number>>
  readonly bySource: Readonly<Record<string, number>>
}

export const useIndicatorFacets = () =>
  useQuery({
    queryKey: ['indicators', 'facets'],
    queryFn: ({ signal }) => call<IndicatorFacets>(api.GET('/api/v1/indicators/facets', { signal })),
  })

/** How many indicators events are matched with at present; `allowed` is false for who may not see detections. */
export const useMatching = (allowed: boolean) =>
  useQuery({
    queryKey: ['indicators', 'matching'],
    enabled: allowed,
    refetchInterval: 5000,
    queryFn: ({ signal }) =>
      call<{ indicators: number; bytes: number; revision: number; patterns: number }>(
        api.GET('/api/v1/detections/indicators', { signal }),
      ),
  })

export interface Lookup {
  readonly type: IndicatorType
  readonly value: string
  readonly indicators: readonly Indicator[]
  readonly warningLists: readonly CoveringWarningList[]
}

export const useLookup = (value: string | undefined) =>
  useQuery({
    queryKey: ['indicators', 'lookup', value],
    enabled: value !== undefined && value !== '',
    retry: false,
    queryFn: ({ signal }) =>
      call<Lookup>(api.GET('/api/v1/indicators/lookup', { params: { query: { value: value! } }, signal })),
  })

export interface IndicatorForm {
  readonly value: string
  readonly type?: IndicatorType
  readonly source: string
  readonly confidence: number
  readonly tlp: Tlp
  readonly labels: string[]
  readonly description: null
  readonly validFrom: null
  readonly validUntil: string | null
}

export function useCreateIndicator() {
  const queries = useQueryClient()
  const { t } = useTranslation('intel')
  return useMutation({
    mutationFn: (form: IndicatorForm) => call<Indicator>(api.POST('/api/v1/indicators', { body: form })),
    onSuccess: async ({ value }) => {
      toastDone(t('form.added', { value }))
      await queries.invalidateQueries({ queryKey: ['indicators'] })
    },
  })
}

export function useChangeIndicator(id: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (body: IndicatorChange) =>
      call<Indicator>(api.PATCH('/api/v1/indicators/{indicatorId}', { params: { path: { indicatorId: id } }, body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['indicators'] }),
    onError: toastError,
  })
}

export function useDeleteIndicator(id: string) {
  const queries = useQueryClient()
  const { t } = useTranslation('intel')
  return useMutation({
    mutationFn: () => call(api.DELETE('/api/v1/indicators/{indicatorId}', { params: { path: { indicatorId: id } } })),
    onSuccess: async () => {
      toastDone(t('panel.deleted'))
      await queries.invalidateQueries({ queryKey: ['indicators'] })
    },
    onError: toastError,
  })
}

export type IndicatorTarget = { readonly ids: string[] } | { readonly filter: IndicatorFilter }

/** Changes many at once. What was only switched can be switched back for as long as the toast stands. */
export function useBulkIndicators() {
  const queries = useQueryClient()
  const { t } = useTranslation('intel')
  return useMutation({
    mutationFn: ({ target, action }: { target: IndicatorTarget; action: IndicatorBulkAction; undoable?: boolean }) =>
      call<{ changed: number }>(api.POST('/api/v1/indicators/bulk', { body: { ...target, action } })),
    onSuccess: ({ changed }, { target, action, undoable }) => {
      const text = t(`bulk.done.${action}`, { count: changed, formatted: formatCount(changed) })
      const back = action === 'on' ? 'off' : 'on'
      const undo = () =>
        void call(api.POST('/api/v1/indicators/bulk', { body: { ...target, action: back } })).then(
          () => queries.invalidateQueries({ queryKey: ['indicators'] }),
          toastError,
        )
      toastDone(text, undoable && changed > 0 ? { label: t('panel.undo'), run: undo } : undefined)
    },
    onError: toastError,
    onSettled: () => queries.invalidateQueries({ queryKey: ['indicators'] }),
  })
}

export interface ImportSettings {
  readonly source: string
  readonly type?: IndicatorType
  readonly confidence: number
  readonly tlp: Tlp
  readonly labels?: string
  readonly validDays?: number
}

/** Sends lines; with `preview` nothing is kept. */
export const sendLines = (
  settings: ImportSettings & { firstLine: number; preview: 'true' | 'false' },
  text: string,
  signal?: AbortSignal,
): Promise<IndicatorImportResult> =>
  call<IndicatorImportResult>(
    api.POST('/api/v1/indicators/import', {
      params: { query: settings },
      body: text,
      bodySerializer: (body: string) => body,
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      ...(signal && { signal }),
    }),
  )

export const useWarningLists = () =>
  useQuery({
    queryKey: ['warning-lists'],
    queryFn: ({ signal }) => call<{ items: WarningList[] }>(api.GET('/api/v1/warning-lists', { signal })),
  })

export function useSetEffect() {
  const queries = useQueryClient()
  const { t } = useTranslation('intel')
  return useMutation({
    mutationFn: ({ id, effect }: { id: string; effect: WarningListEffect }) =>
      call<WarningList>(
        api.PATCH('/api/v1/warning-lists/{warningListId}', {
          params: { path: { warningListId: id } },
          body: { effect },
        }),
      ),
    onSuccess: async ({ name, effect }) => {
      toastDone(t('warning.saved', { name, effect: t(`warning.effect.${effect}`) }))
      await queries.invalidateQueries({ queryKey: ['warning-lists'] })
    },
    onError: toastError,
  })
}

export const importWarningList = (slug: string, list: MispWarningList) =>
  call<{ list: WarningList; outcome: 'added' | 'updated' | 'unchanged' }>(
    api.POST('/api/v1/warning-lists/import', { body: { slug, list } }),
  )
