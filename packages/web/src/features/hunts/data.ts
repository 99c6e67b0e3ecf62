import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { EventDetail, Source } from '@watchfloor/contracts/events'
import type {
  Hunt,
  HuntCheckResult,
  HuntHit,
  HuntRun,
  HuntRunDetail,
  HuntRunStart,
  HuntSave,
  HuntSearch,
  HuntSummary,
  HuntToRuleResult,
} from '@watchfloor/contracts/hunts'
import { useTranslation } from 'react-i18next'
import { api, call } from '../../app/api.ts'
import { useLive } from '../../app/live/live-provider.tsx'
import { toastDone } from '../../ui/toast.tsx'

interface Page<Item> {
  readonly items: Item[]
  readonly next?: string
}

/** Sources by name, to choose from. */
export const useSources = () =>
  useQuery({
    queryKey: ['sources'],
    queryFn: ({ signal }) => call<{ items: Source[] }>(api.GET('/api/v1/sources', { signal })),
  })

export const isUnderWay = (run: Pick<HuntRun, 'state'>): boolean => run.state === 'queued' || run.state === 'running'

/** A run as it is now: what comes in live replaces what was loaded. */
export function useRun(runId: string | undefined) {
  const queries = useQueryClient()
  useLive<HuntRun>('hunts.run', (run) => {
    if (run.id !== runId) return
    queries.setQueryData<HuntRunDetail>(['hunts', 'run', runId], (known) => known && { ...known, ...run })
    if (!isUnderWay(run)) void queries.invalidateQueries({ queryKey: ['hunts', 'found', runId] })
  })
  return useQuery<HuntRunDetail>({
    queryKey: ['hunts', 'run', runId],
    enabled: runId !== undefined,
    // Live messages are quicker; this is for when they are missed.
    refetchInterval: (query) => (query.state.data && isUnderWay(query.state.data) ? 3000 : false),
    queryFn: ({ signal }) =>
      call<HuntRunDetail>(api.GET('/api/v1/hunts/runs/{runId}', { params: { path: { runId: runId! } }, signal })),
  })
}

const foundEveryMs = 2000

export const useSummary = (run: HuntRun) =>
  useQuery({
    queryKey: ['hunts', 'found', run.id, 'summary'],
    placeholderData: keepPreviousData,
    refetchInterval: isUnderWay(run) ? foundEveryMs : false,
    queryFn: ({ signal }) =>
      call<HuntSummary>(api.GET('/api/v1/hunts/runs/{runId}/summary', { params: { path: { runId: run.id } }, signal })),
  })

export const useHits = (run: HuntRun, entity: string | undefined, ruleId: string | undefined) =>
  useInfiniteQuery({
    queryKey: ['hunts', 'found', run.id, 'hits', entity, ruleId],
    initialPageParam: undefined as string | undefined,
    refetchInterval: isUnderWay(run) ? foundEveryMs : false,
    queryFn: ({ pageParam, signal }) =>
      call<Page<HuntHit>>(
        api.GET('/api/v1/hunts/runs/{runId}/hits', {
          params: { path: { runId: run.id }, query: { limit: 200, cursor: pageParam, entity, ruleId } },
          signal,
        }),
      ),
    getNextPageParam: (page) => page.next,
  })

/** The whole event of a hit, loaded when it is opened. */
export const useHitEvent = (eventId: string) =>
  useQuery({
    queryKey: ['events', 'one', eventId],
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    queryFn: ({ signal }) =>
      call<EventDetail>(api.GET('/api/v1/events/{eventId}', { params: { path: { eventId } }, signal })),
  })

export const useHunts = (text: string) =>
  useInfiniteQuery({
    queryKey: ['hunts', 'saved', text],
    initialPageParam: undefined as string | undefined,
    placeholderData: keepPreviousData,
    queryFn: ({ pageParam, signal }) =>
      call<Page<Hunt>>(
        api.GET('/api/v1/hunts', {
          params: { query: { limit: 100, cursor: pageParam, ...(text && { text }) } },
          signal,
        }),
      ),
    getNextPageParam: (page) => page.next,
  })

export const useHunt = (huntId: string | undefined) =>
  useQuery({
    queryKey: ['hunts', 'one', huntId],
    enabled: huntId !== undefined,
    queryFn: ({ signal }) =>
      call<Hunt>(api.GET('/api/v1/hunts/{huntId}', { params: { path: { huntId: huntId! } }, signal })),
  })

export function useRuns() {
  const queries = useQueryClient()
  useLive<HuntRun>('hunts.run', (run) => {
    if (!isUnderWay(run)) void queries.invalidateQueries({ queryKey: ['hunts', 'runs'] })
  })
  return useInfiniteQuery({
    queryKey: ['hunts', 'runs'],
    initialPageParam: undefined as string | undefined,
    refetchInterval: 5000,
    queryFn: ({ pageParam, signal }) =>
      call<Page<HuntRun>>(
        api.GET('/api/v1/hunts/runs', { params: { query: { limit: 100, cursor: pageParam } }, signal }),
      ),
    getNextPageParam: (page) => page.next,
  })
}

export const checkHunt = (search: HuntSearch): Promise<HuntCheckResult> =>
  call<HuntCheckResult>(api.POST('/api/v1/hunts/check', { body: { search } }))

/** Starts a run; answers with it. */
export function useStartRun() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (start: Omit<HuntRunStart, 'sourceIds' | 'huntId'> & { sourceIds: string[]; huntId?: string }) =>
      call<HuntRunDetail>(api.POST('/api/v1/hunts/runs', { body: start })),
    onSuccess: (run) => {
      queries.setQueryData(['hunts', 'run', run.id], run)
      void queries.invalidateQueries({ queryKey: ['hunts', 'runs'] })
    },
  })
}

export type RunAct = 'cancel' | 'pause' | 'resume'

export function useRunAct(runId: string) {
  const queries = useQueryClient()
  const path = { runId }
  return useMutation({
    mutationFn: (act: RunAct) => {
      switch (act) {
        case 'cancel':
          return call<HuntRunDetail>(api.POST('/api/v1/hunts/runs/{runId}/cancel', { params: { path } }))
        case 'pause':
          return call<HuntRunDetail>(api.POST('/api/v1/hunts/runs/{runId}/pause', { params: { path } }))
        case 'resume':
          return call<HuntRunDetail>(api.POST('/api/v1/hunts/runs/{runId}/resume', { params: { path } }))
      }
    },
    onSuccess: (run) => queries.setQueryData(['hunts', 'run', runId], run),
  })
}

export function useKeep(runId: string) {
  const queries = useQueryClient()
  const { t } = useTranslation('hunts')
  return useMutation({
    mutationFn: (alerts: boolean) =>
      call<{ detections: number }>(
        api.POST('/api/v1/hunts/runs/{runId}/keep', { params: { path: { runId } }, body: { alerts } }),
      ),
    onSuccess: async ({ detections }) => {
      toastDone(t('keep.done', { count: detections }))
      await queries.invalidateQueries({ queryKey: ['hunts', 'run', runId] })
    },
  })
}

type Saved = Omit<HuntSave, 'sourceIds'> & { sourceIds: string[] }

export function useSaveHunt(known: Hunt | undefined) {
  const queries = useQueryClient()
  const { t } = useTranslation('hunts')
  return useMutation({
    mutationFn: (hunt: Saved) =>
      known
        ? call<Hunt>(
            api.PUT('/api/v1/hunts/{huntId}', {
              params: { path: { huntId: known.id } },
              body: { ...hunt, expectedVersion: known.version },
            }),
          )
        : call<Hunt>(api.POST('/api/v1/hunts', { body: hunt })),
    onSuccess: async (hunt) => {
      toastDone(t('saved.done'))
      queries.setQueryData(['hunts', 'one', hunt.id], hunt)
      await queries.invalidateQueries({ queryKey: ['hunts', 'saved'] })
    },
  })
}

export function useHuntAct() {
  const queries = useQueryClient()
  const again = () => queries.invalidateQueries({ queryKey: ['hunts'] })
  const clone = useMutation({
    mutationFn: (huntId: string) =>
      call<Hunt>(api.POST('/api/v1/hunts/{huntId}/clone', { params: { path: { huntId } } })),
    onSuccess: again,
  })
  const remove = useMutation({
    mutationFn: (huntId: string) => call(api.DELETE('/api/v1/hunts/{huntId}', { params: { path: { huntId } } })),
    onSuccess: again,
  })
  const run = useMutation({
    mutationFn: (huntId: string) =>
      call<HuntRunDetail>(api.POST('/api/v1/hunts/{huntId}/run', { params: { path: { huntId } } })),
    onSuccess: again,
  })
  return { clone, remove, run }
}

export const ruleOfQuery = (query: string, title: string): Promise<HuntToRuleResult> =>
  call<HuntToRuleResult>(api.POST('/api/v1/hunts/to-rule', { body: { query, title } }))

/** Address of the download; the browser streams it to disk. */
export const hitsUrl = (runId: string, format: 'ndjson' | 'csv'): string =>
  `/api/v1/hunts/runs/${encodeURIComponent(runId)}/export?format=${format}`
