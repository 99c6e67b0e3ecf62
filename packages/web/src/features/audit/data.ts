import { keepPreviousData, useInfiniteQuery, useMutation } from '@tanstack/react-query'
import type { AuditFilter, AuditRecord, AuditVerification } from '@watchfloor/contracts/audit'
import { api, call } from '../../app/api.ts'
import type { UrlState } from '../../app/url-state.ts'

/** A record whose states before and after are free JSON. */
export type AuditLine = Omit<AuditRecord, 'before' | 'after'> & { readonly before: unknown; readonly after: unknown }

/** What the URL asks for. */
export function auditFilterFromUrl(url: UrlState, time: { from: string; to: string } | null): AuditFilter {
  return {
    ...(url.q && { text: url.q }),
    ...(url.actor && { actor: url.actor }),
    ...(url.action && { action: url.action }),
    ...(url.type && { objectType: url.type }),
    ...(url.object && { objectId: url.object }),
    ...(time && { from: time.from, to: time.to }),
  }
}

export const useAudit = (filter: AuditFilter) =>
  useInfiniteQuery({
    queryKey: ['audit', filter],
    initialPageParam: undefined as string | undefined,
    placeholderData: keepPreviousData,
    queryFn: ({ pageParam, signal }) =>
      call<{ items: AuditLine[]; next?: string; total?: number }>(
        api.GET('/api/v1/audit', { params: { query: { ...filter, limit: 100, cursor: pageParam } }, signal }),
      ),
    getNextPageParam: (page) => page.next,
  })

export const useVerifyAudit = () =>
  useMutation({ mutationFn: () => call<AuditVerification>(api.GET('/api/v1/audit/verify')) })

/** Address of the download. */
export const auditExportUrl = (filter: AuditFilter, format: 'ndjson' | 'csv'): string =>
  `/api/v1/audit/export?${new URLSearchParams({ ...filter, format })}`
