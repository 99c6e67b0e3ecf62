import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { PackChange, PackChangeKind, PackUpdate, RulePack, TextDiff } from '@watchfloor/contracts/rules'
import { api, call } from '../../app/api.ts'

export const usePacks = () =>
  useQuery({
    queryKey: ['rules', 'packs'],
    queryFn: ({ signal }) => call<{ items: RulePack[] }>(api.GET('/api/v1/rule-packs', { signal })),
  })

/** The update of a pack that was read and not applied yet. */
export const useWaitingUpdate = (pack: string) =>
  useQuery({
    queryKey: ['rules', 'packs', pack, 'waiting'],
    queryFn: ({ signal }) =>
      call<{ items: PackUpdate[] }>(
        api.GET('/api/v1/rule-packs/{pack}/updates', { params: { path: { pack } }, signal }),
      ),
  })

export function usePackActions() {
  const queries = useQueryClient()
  const onSuccess = () => queries.invalidateQueries({ queryKey: ['rules'] })
  const fetch = useMutation({
    mutationFn: (pack: string) =>
      call<PackUpdate>(api.POST('/api/v1/rule-packs/{pack}/fetch', { params: { path: { pack } } })),
    onSuccess,
  })
  const upload = useMutation({
    mutationFn: ({ pack, file }: { pack: string; file: File }) =>
      call<PackUpdate>(
        api.POST('/api/v1/rule-packs/{pack}/archive', {
          params: { path: { pack } },
          headers: { 'content-type': 'application/octet-stream' },
          body: file as never,
          bodySerializer: (body: unknown) => body as File,
        }),
      ),
    onSuccess,
  })
  const setUrl = useMutation({
    mutationFn: ({ pack, url }: { pack: string; url: string | null }) =>
      call<void>(api.PUT('/api/v1/rule-packs/{pack}/url', { params: { path: { pack } }, body: { url } })),
    onSuccess,
  })
  const remove = useMutation({
    mutationFn: (pack: string) =>
      call<{ removed: number; kept: number }>(api.DELETE('/api/v1/rule-packs/{pack}', { params: { path: { pack } } })),
    onSuccess,
  })
  return { fetch, upload, setUrl, remove }
}

const updateKey = (updateId: string) => ['rules', 'pack-update', updateId]

export const useUpdate = (updateId: string) =>
  useQuery({
    queryKey: updateKey(updateId),
    refetchInterval: ({ state }: { state: { data?: PackUpdate | undefined } }) =>
      state.data?.state === 'applying' ? 600 : false,
    queryFn: ({ signal }) =>
      call<PackUpdate>(api.GET('/api/v1/rule-pack-updates/{updateId}', { params: { path: { updateId } }, signal })),
  })

export const useChanges = (updateId: string, kind: PackChangeKind | undefined) =>
  useInfiniteQuery({
    queryKey: [...updateKey(updateId), 'changes', kind],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      call<{ items: PackChange[]; next?: string }>(
        api.GET('/api/v1/rule-pack-updates/{updateId}/changes', {
          params: { path: { updateId }, query: { kind, limit: 100, cursor: pageParam } },
          signal,
        }),
      ),
    getNextPageParam: (page) => page.next,
  })

export const useChange = (updateId: string, ruleId: string | undefined) =>
  useQuery({
    queryKey: [...updateKey(updateId), 'change', ruleId],
    enabled: ruleId !== undefined,
    queryFn: ({ signal }) =>
      call<PackChange & { diff: TextDiff }>(
        api.GET('/api/v1/rule-pack-updates/{updateId}/changes/{ruleId}', {
          params: { path: { updateId, ruleId: ruleId! } },
          signal,
        }),
      ),
  })

export function useUpdateActions(updateId: string) {
  const queries = useQueryClient()
  const path = { params: { path: { updateId } } }
  const apply = useMutation({
    mutationFn: (body: { keepRemoved: boolean; takeTheirs: string[] }) =>
      call<PackUpdate>(api.POST('/api/v1/rule-pack-updates/{updateId}/apply', { ...path, body })),
    onSuccess: (update) => queries.setQueryData(updateKey(updateId), update),
  })
  const drop = useMutation({
    mutationFn: () => call<void>(api.DELETE('/api/v1/rule-pack-updates/{updateId}', path)),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['rules', 'packs'] }),
  })
  return { apply, drop }
}
