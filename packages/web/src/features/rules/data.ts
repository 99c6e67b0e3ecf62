import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { Diagnostic, OwnStatus, Rule, RuleDetail, RulePolicy, RuleSort } from '@watchfloor/contracts/rules'
import { useTranslation } from 'react-i18next'
import { api, call } from '../../app/api.ts'
import { formatCount } from '../../ui/format/number.ts'
import { toastDone, toastError } from '../../ui/toast.tsx'
import type { RuleFilter } from './filter.ts'

export const useRules = (filter: RuleFilter, sort: RuleSort) =>
  useInfiniteQuery({
    queryKey: ['rules', 'list', filter, sort],
    initialPageParam: undefined as string | undefined,
    placeholderData: keepPreviousData,
    queryFn: ({ pageParam, signal }) =>
      call<{ items: Rule[]; next?: string; total?: number }>(
        api.GET('/api/v1/rules', { params: { query: { ...filter, sort, limit: 100, cursor: pageParam } }, signal }),
      ),
    getNextPageParam: (page) => page.next,
  })

export interface RuleFacets {
  readonly total: number
  readonly enabled: number
  readonly byLevel: Readonly<Record<string, number>>
  readonly byStatus: Readonly<Record<string, number>>
  readonly byState: Readonly<Record<string, number>>
  readonly byKind: Readonly<Record<string, number>>
  readonly byProduct: Readonly<Record<string, number>>
}

export const useRuleFacets = () =>
  useQuery({
    queryKey: ['rules', 'facets'],
    queryFn: ({ signal }) => call<RuleFacets>(api.GET('/api/v1/rules/facets', { signal })),
  })

export const useRule = (ruleId: string | undefined) =>
  useQuery({
    queryKey: ['rules', 'one', ruleId],
    enabled: ruleId !== undefined,
    refetchOnWindowFocus: false,
    queryFn: ({ signal }) =>
      call<RuleDetail>(api.GET('/api/v1/rules/{ruleId}', { params: { path: { ruleId: ruleId! } }, signal })),
  })

export interface CheckResult {
  readonly valid: boolean
  readonly diagnostics: readonly Diagnostic[]
}

/** Checks a rule while it is written. A failure of the check itself is silent; saving checks again. */
export const checkRule = (yaml: string): Promise<CheckResult> =>
  yaml.trim() === ''
    ? Promise.resolve({ valid: false, diagnostics: [] })
    : call<CheckResult>(api.POST('/api/v1/rules/check', { body: { yaml } })).catch(() => ({
        valid: true,
        diagnostics: [],
      }))

export interface TryResult {
  readonly valid: boolean
  readonly diagnostics: readonly Diagnostic[]
  readonly results: readonly {
    index: number
    parser: string
    rightLogSource: boolean
    matched: boolean
    hits: readonly { field: string | null; value: string; predicate: string; selection: string }[]
  }[]
}

export const useTryRule = () =>
  useMutation({
    mutationFn: (body: { yaml: string; events: (string | Record<string, unknown>)[] }) =>
      call<TryResult>(api.POST('/api/v1/rules/try', { body })),
  })

export function useCreateRule() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (yaml: string) => call<RuleDetail>(api.POST('/api/v1/rules', { body: { yaml } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['rules'] }),
  })
}

export function useUpdateRule(ruleId: string) {
  const queries = useQueryClient()
  const { t } = useTranslation('rules')
  return useMutation({
    mutationFn: (body: { yaml: string; expectedVersion: number; breakSamples: boolean }) =>
      call<RuleDetail>(api.PUT('/api/v1/rules/{ruleId}', { params: { path: { ruleId } }, body })),
    onSuccess: (rule) => {
      queries.setQueryData(['rules', 'one', ruleId], rule)
      toastDone(t('page.saved'))
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['rules'] }),
  })
}

export function useDeleteRule() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (ruleId: string) =>
      call<unknown>(api.DELETE('/api/v1/rules/{ruleId}', { params: { path: { ruleId } } })),
    onSuccess: (_answer, ruleId) => {
      queries.removeQueries({ queryKey: ['rules', 'one', ruleId] })
      return queries.invalidateQueries({ queryKey: ['rules', 'list'] })
    },
    onError: toastError,
  })
}

export type BulkAction = 'on' | 'off' | 'policy' | 'delete' | OwnStatus

/** Switches many rules, or deletes them. Switching can be undone by the policy; deleting cannot. */
export function useBulkRules() {
  const queries = useQueryClient()
  const { t } = useTranslation('rules')
  return useMutation({
    mutationFn: (body: { ids?: string[]; filter?: RuleFilter; action: BulkAction }) =>
      call<{ changed: number }>(api.POST('/api/v1/rules/bulk', { body })),
    onSuccess: ({ changed }) => toastDone(t('bulk.done', { count: changed, formatted: formatCount(changed) })),
    onError: toastError,
    onSettled: () => queries.invalidateQueries({ queryKey: ['rules'] }),
  })
}

export const usePolicy = (enabled: boolean) =>
  useQuery({
    queryKey: ['rules', 'policy'],
    enabled,
    queryFn: ({ signal }) => call<RulePolicy>(api.GET('/api/v1/rules/policy', { signal })),
  })

export function useSavePolicy() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (policy: RulePolicy) => call<RulePolicy>(api.PUT('/api/v1/rules/policy', { body: policy })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['rules'] }),
  })
}
