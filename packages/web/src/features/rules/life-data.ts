import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type {
  RuleDetail,
  RuleException,
  RuleNoiseDetail,
  RuleOffer,
  RuleSample,
  RuleVersion,
  SampleRun,
  TextDiff,
} from '@watchfloor/contracts/rules'
import { api, call } from '../../app/api.ts'

const path = (ruleId: string) => ({ params: { path: { ruleId } } })

/** What was asked about a rule is old once the rule is. */
function useRefresh(ruleId: string) {
  const queries = useQueryClient()
  return () =>
    Promise.all([
      queries.invalidateQueries({ queryKey: ['rules', 'life', ruleId] }),
      queries.invalidateQueries({ queryKey: ['rules', 'one', ruleId] }),
      queries.invalidateQueries({ queryKey: ['rules', 'list'] }),
    ])
}

export const useVersions = (ruleId: string, version: number) =>
  useInfiniteQuery({
    queryKey: ['rules', 'life', ruleId, 'versions', version],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      call<{ items: RuleVersion[]; next?: string }>(
        api.GET('/api/v1/rules/{ruleId}/versions', {
          params: { path: { ruleId }, query: { limit: 50, cursor: pageParam } },
          signal,
        }),
      ),
    getNextPageParam: (page) => page.next,
  })

export const useVersionDiff = (ruleId: string, from: number | undefined, to: number) =>
  useQuery({
    queryKey: ['rules', 'life', ruleId, 'diff', from, to],
    enabled: from !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: ({ signal }) =>
      call<TextDiff>(
        api.GET('/api/v1/rules/{ruleId}/diff', { params: { path: { ruleId }, query: { from: from!, to } }, signal }),
      ),
  })

export function useRestore(ruleId: string) {
  const refresh = useRefresh(ruleId)
  return useMutation({
    mutationFn: (body: { version: number; expectedVersion: number }) =>
      call<RuleDetail>(api.POST('/api/v1/rules/{ruleId}/restore', { ...path(ruleId), body })),
    onSuccess: refresh,
  })
}

export const useSamples = (ruleId: string) =>
  useQuery({
    queryKey: ['rules', 'life', ruleId, 'samples'],
    queryFn: ({ signal }) =>
      call<{ items: RuleSample[] }>(api.GET('/api/v1/rules/{ruleId}/samples', { ...path(ruleId), signal })),
  })

export function useSampleChanges(ruleId: string) {
  const refresh = useRefresh(ruleId)
  const add = useMutation({
    mutationFn: (body: { name: string; expected: 'match' | 'no-match'; event: string }) =>
      call<RuleSample>(api.POST('/api/v1/rules/{ruleId}/samples', { ...path(ruleId), body })),
    onSuccess: refresh,
  })
  const remove = useMutation({
    mutationFn: (sampleId: string) =>
      call<void>(api.DELETE('/api/v1/rules/{ruleId}/samples/{sampleId}', { params: { path: { ruleId, sampleId } } })),
    onSuccess: refresh,
  })
  const run = useMutation({
    mutationFn: () => call<SampleRun>(api.POST('/api/v1/rules/{ruleId}/samples/run', { ...path(ruleId), body: {} })),
    onSuccess: refresh,
  })
  return { add, remove, run }
}

export const useExceptions = (ruleId: string) =>
  useQuery({
    queryKey: ['rules', 'life', ruleId, 'exceptions'],
    queryFn: ({ signal }) =>
      call<{ items: RuleException[] }>(api.GET('/api/v1/rules/{ruleId}/exceptions', { ...path(ruleId), signal })),
  })

export function useRemoveException(ruleId: string) {
  const refresh = useRefresh(ruleId)
  return useMutation({
    mutationFn: (exceptionId: string) =>
      call<void>(
        api.DELETE('/api/v1/rules/{ruleId}/exceptions/{exceptionId}', { params: { path: { ruleId, exceptionId } } }),
      ),
    onSuccess: refresh,
  })
}

export const useNoise = (ruleId: string, days: number) =>
  useQuery({
    queryKey: ['rules', 'life', ruleId, 'noise', days],
    queryFn: ({ signal }) =>
      call<RuleNoiseDetail>(
        api.GET('/api/v1/rules/{ruleId}/noise', { params: { path: { ruleId }, query: { days } }, signal }),
      ),
  })

export const useOffer = (ruleId: string, enabled: boolean) =>
  useQuery({
    queryKey: ['rules', 'life', ruleId, 'offer'],
    enabled,
    queryFn: ({ signal }) => call<RuleOffer>(api.GET('/api/v1/rules/{ruleId}/offer', { ...path(ruleId), signal })),
  })

export function useAnswerOffer(ruleId: string) {
  const refresh = useRefresh(ruleId)
  return useMutation({
    mutationFn: (body: { action: 'take' | 'decline'; expectedVersion: number }) =>
      call<void>(api.POST('/api/v1/rules/{ruleId}/offer', { ...path(ruleId), body })),
    onSuccess: refresh,
  })
}
