import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api, call } from '../../app/api.ts'
import { toastDone, toastError } from '../../ui/toast.tsx'

export interface Readiness {
  readonly state: 'up' | 'degraded' | 'down'
  readonly parts: readonly { name: string; state: 'up' | 'degraded' | 'down'; message?: string }[]
}

const isReadiness = (value: unknown): value is Readiness =>
  typeof value === 'object' && value !== null && 'parts' in value && 'state' in value

/** How the parts are. The route answers 503 while something is down, with the same body: that is an answer, not a failure. */
export const useReadiness = () =>
  useQuery({
    queryKey: ['health'],
    refetchInterval: 10_000,
    queryFn: async ({ signal }) => {
      const answer = api.GET('/health/ready', { signal })
      const { error } = await answer.catch(() => ({ error: undefined }))
      return isReadiness(error) ? error : call<Readiness>(answer)
    },
  })

export const jobStates = ['running', 'waiting', 'retrying', 'dead', 'done'] as const
export type JobState = (typeof jobStates)[number]

export interface Job {
  readonly id: string
  readonly name: string
  readonly state: JobState
  readonly createdAt: string
  readonly startedAt: string | null
  readonly endedAt: string | null
  readonly progress: number
  readonly message: string | null
  readonly error: string | null
}

export const useJobs = (state: JobState | undefined) =>
  useQuery({
    queryKey: ['jobs', state],
    refetchInterval: 5000,
    queryFn: ({ signal }) =>
      call<{ items: Job[] }>(
        api.GET('/api/v1/jobs', { params: { query: { ...(state && { state }), limit: 200 } }, signal }),
      ),
  })

export function useJobActions() {
  const queries = useQueryClient()
  const { t } = useTranslation('system')
  const onSettled = () => queries.invalidateQueries({ queryKey: ['jobs'] })
  const one = (jobId: string) => ({ params: { path: { jobId } } })
  return {
    cancel: useMutation({
      mutationFn: (id: string) => call<unknown>(api.POST('/api/v1/jobs/{jobId}/cancel', one(id))),
      onSuccess: () => toastDone(t('cancelled')),
      onError: toastError,
      onSettled,
    }),
    retry: useMutation({
      mutationFn: (id: string) => call<unknown>(api.POST('/api/v1/jobs/{jobId}/retry', one(id))),
      onSuccess: () => toastDone(t('retried')),
      onError: toastError,
      onSettled,
    }),
  }
}
