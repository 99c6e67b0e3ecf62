import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { Source } from '@watchfloor/contracts/events'
import { useTranslation } from 'react-i18next'
import { api, call } from '../../app/api.ts'
import { toastDone } from '../../ui/toast.tsx'

export const useSources = () =>
  useQuery({
    queryKey: ['sources'],
    refetchInterval: 10_000,
    queryFn: ({ signal }) => call<{ items: Source[] }>(api.GET('/api/v1/sources', { signal })),
  })

export interface SourceForm {
  readonly name: string
  readonly product: string | null
  readonly service: string | null
  readonly retentionDays: number | null
  readonly retentionBytes: number | null
  readonly silenceMinutes: number | null
  readonly path: string | null
}
export type CreatableKind = 'http' | 'syslog' | 'file'

export function useCreateSource() {
  const queries = useQueryClient()
  const { t } = useTranslation('sources')
  return useMutation({
    mutationFn: (form: SourceForm & { kind: CreatableKind }) =>
      call<Source>(api.POST('/api/v1/sources', { body: form })),
    onSuccess: async () => {
      toastDone(t('created'))
      await queries.invalidateQueries({ queryKey: ['sources'] })
    },
  })
}

export function useUpdateSource(id: string) {
  const queries = useQueryClient()
  const { t } = useTranslation('sources')
  return useMutation({
    mutationFn: (change: Partial<SourceForm> & { enabled?: boolean }) =>
      call<Source>(api.PATCH('/api/v1/sources/{sourceId}', { params: { path: { sourceId: id } }, body: change })),
    onSuccess: async () => {
      toastDone(t('saved'))
      await queries.invalidateQueries({ queryKey: ['sources'] })
    },
  })
}

export function useDeleteSource(id: string) {
  const queries = useQueryClient()
  const { t } = useTranslation('sources')
  return useMutation({
    mutationFn: () => call(api.DELETE('/api/v1/sources/{sourceId}', { params: { path: { sourceId: id } } })),
    onSuccess: async () => {
      toastDone(t('panel.deleted'))
      await queries.invalidateQueries({ queryKey: ['sources'] })
    },
  })
}

export interface DeadLetter {
  readonly id: number
  readonly at: string
  readonly reason: string
  readonly sourceId: string | null
  readonly sample: string
  readonly sizeBytes: number
}

export const useDeadLetters = () =>
  useInfiniteQuery({
    queryKey: ['dead-letters'],
    initialPageParam: undefined as number | undefined,
    queryFn: ({ pageParam, signal }) =>
      call<{ items: DeadLetter[]; next?: string }>(
        api.GET('/api/v1/events/dead-letters', { params: { query: { limit: 100, cursor: pageParam } }, signal }),
      ),
    getNextPageParam: (page) => (page.next === undefined ? undefined : Number(page.next)),
  })
