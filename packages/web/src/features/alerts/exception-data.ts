import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { ExceptionCondition, ExceptionPreview, RuleException } from '@watchfloor/contracts/rules'
import { api, call } from '../../app/api.ts'

export const previewDays = 7

/** What the exception would have taken away of the last days. */
export const useExceptionPreview = (ruleId: string, conditions: readonly ExceptionCondition[]) =>
  useQuery({
    queryKey: ['rules', 'exception-preview', ruleId, conditions],
    enabled: conditions.length > 0,
    staleTime: 60_000,
    queryFn: ({ signal }) =>
      call<ExceptionPreview>(
        api.POST('/api/v1/rules/{ruleId}/exceptions/preview', {
          params: { path: { ruleId } },
          body: { conditions: [...conditions], days: previewDays },
          signal,
        }),
      ),
  })

export function useAddException(ruleId: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (body: { conditions: ExceptionCondition[]; reason: string; expiresAt?: string }) =>
      call<RuleException>(api.POST('/api/v1/rules/{ruleId}/exceptions', { params: { path: { ruleId } }, body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['rules'] }),
  })
}

/** Keeps the event with its rule, as one that must match or must not. */
export function useAddSample(ruleId: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (body: { name: string; expected: 'match' | 'no-match'; eventId: string }) =>
      call<unknown>(api.POST('/api/v1/rules/{ruleId}/samples', { params: { path: { ruleId } }, body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['rules'] }),
  })
}
