import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { Alert } from '@watchfloor/contracts/alerts'
import type {
  Artifact,
  ArtifactDetail,
  YaraDiagnostic,
  YaraException,
  YaraSet,
  YaraSetDetail,
} from '@watchfloor/contracts/artifacts'
import { api, call } from '../../app/api.ts'
import type { UrlState } from '../../app/url-state.ts'

export interface ArtifactFilter {
  readonly text?: string
  readonly matched?: 'true' | 'false'
  readonly members: 'true' | 'false'
}

/** What the URL asks for. */
export const filterFromUrl = (url: UrlState): ArtifactFilter => ({
  ...(url.q ? { text: url.q } : {}),
  ...(url.matched === 'true' || url.matched === 'false' ? { matched: url.matched } : {}),
  members: url.members === 'true' ? 'true' : 'false',
})

interface Page {
  readonly items: Artifact[]
  readonly next?: string
}

const isBusy = (artifact: Artifact): boolean => artifact.scan.state === 'waiting'

export const useArtifacts = (filter: ArtifactFilter) =>
  useInfiniteQuery({
    queryKey: ['artifacts', 'list', filter],
    initialPageParam: undefined as string | undefined,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }: { state: { data?: { pages: readonly Page[] } | undefined } }) =>
      state.data?.pages.some((page) => page.items.some(isBusy)) ? 1500 : false,
    queryFn: ({ pageParam, signal }) =>
      call<Page>(
        api.GET('/api/v1/artifacts', { params: { query: { ...filter, limit: 100, cursor: pageParam } }, signal }),
      ),
    getNextPageParam: (page) => page.next,
  })

export const useArtifact = (artifactId: string) =>
  useQuery({
    queryKey: ['artifacts', artifactId],
    refetchInterval: ({ state }: { state: { data?: ArtifactDetail | undefined } }) =>
      state.data && isBusy(state.data) ? 1000 : false,
    queryFn: ({ signal }) =>
      call<ArtifactDetail>(api.GET('/api/v1/artifacts/{artifactId}', { params: { path: { artifactId } }, signal })),
  })

export const useBytes = (artifactId: string, offset: number) =>
  useQuery({
    queryKey: ['artifacts', artifactId, 'bytes', offset],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: ({ signal }) =>
      call<{ offset: number; sizeBytes: number; hex: string }>(
        api.GET('/api/v1/artifacts/{artifactId}/bytes', {
          params: { path: { artifactId }, query: { offset, length: 256 } },
          signal,
        }),
      ),
  })

export function useArtifactActions(artifactId: string) {
  const queries = useQueryClient()
  const path = { artifactId }
  const onSuccess = () => queries.invalidateQueries({ queryKey: ['artifacts'] })
  const scan = useMutation({
    mutationFn: () => call<{ jobId: string }>(api.POST('/api/v1/artifacts/{artifactId}/scan', { params: { path } })),
    onSuccess,
  })
  const edit = useMutation({
    mutationFn: (body: { note: string; labels: string[] }) =>
      call<ArtifactDetail>(api.PATCH('/api/v1/artifacts/{artifactId}', { params: { path }, body })),
    onSuccess,
  })
  const remove = useMutation({
    mutationFn: (confirm: string) =>
      call<void>(api.DELETE('/api/v1/artifacts/{artifactId}', { params: { path, query: { confirm } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['artifacts', 'list'] }),
  })
  return { scan, edit, remove }
}

/** Alerts that were made of the file, newest first. */
export const useFileAlerts = (sha256: string, isAsked: boolean) =>
  useQuery({
    queryKey: ['alerts', 'of-artifact', sha256],
    enabled: isAsked,
    queryFn: ({ signal }) =>
      call<{ items: Alert[]; total?: number }>(
        api.GET('/api/v1/alerts', { params: { query: { entity: sha256, limit: 20 } }, signal }),
      ),
  })

/** Address of the download. */
export const contentUrl = (artifactId: string, as: 'zip' | 'bytes'): string =>
  `/api/v1/artifacts/${artifactId}/content?as=${as}`

export const useYaraSets = () =>
  useQuery({
    queryKey: ['yara', 'sets'],
    queryFn: ({ signal }) =>
      call<{ items: YaraSet[] }>(api.GET('/api/v1/yara/sets', { params: { query: { limit: 500 } }, signal })),
  })

export const useYaraSet = (setId: string) =>
  useQuery({
    queryKey: ['yara', 'sets', setId],
    queryFn: ({ signal }) =>
      call<YaraSetDetail>(api.GET('/api/v1/yara/sets/{setId}', { params: { path: { setId } }, signal })),
  })

export const useYaraExceptions = () =>
  useInfiniteQuery({
    queryKey: ['yara', 'exceptions'],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      call<{ items: YaraException[]; next?: string }>(
        api.GET('/api/v1/yara/exceptions', { params: { query: { limit: 100, cursor: pageParam } }, signal }),
      ),
    getNextPageParam: (page) => page.next,
  })

export interface RuleFile {
  readonly path: string
  readonly text: string
}

export function useYaraActions() {
  const queries = useQueryClient()
  const onSuccess = () =>
    Promise.all([
      queries.invalidateQueries({ queryKey: ['yara'] }),
      queries.invalidateQueries({ queryKey: ['artifacts'] }),
    ])
  const importSet = useMutation({
    mutationFn: (body: { name: string; files: RuleFile[] }) =>
      call<{ set: YaraSet; isNew: boolean; diagnostics: YaraDiagnostic[] }>(api.POST('/api/v1/yara/sets', { body })),
    onSuccess,
  })
  const check = useMutation({
    mutationFn: (files: RuleFile[]) =>
      call<{ rules: number; refused: number; diagnostics: YaraDiagnostic[] }>(
        api.POST('/api/v1/yara/check', { body: { files } }),
      ),
  })
  const edit = useMutation({
    mutationFn: ({ setId, ...body }: { setId: string; enabled?: boolean; alerts?: boolean }) =>
      call<YaraSet>(api.PATCH('/api/v1/yara/sets/{setId}', { params: { path: { setId } }, body })),
    onSuccess,
  })
  const remove = useMutation({
    mutationFn: (setId: string) => call<void>(api.DELETE('/api/v1/yara/sets/{setId}', { params: { path: { setId } } })),
    onSuccess,
  })
  const removeException = useMutation({
    mutationFn: (exceptionId: string) =>
      call<void>(api.DELETE('/api/v1/yara/exceptions/{exceptionId}', { params: { path: { exceptionId } } })),
    onSuccess,
  })
  return { importSet, check, edit, remove, removeException }
}
