import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { Coverage, CoverageLayer } from '@watchfloor/contracts/rules'
import { api, call } from '../../app/api.ts'

export interface CoverageAsk {
  readonly days: number
  readonly product?: string
}

export const useCoverage = (ask: CoverageAsk) =>
  useQuery({
    queryKey: ['rules', 'coverage', ask],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => call<Coverage>(api.GET('/api/v1/coverage', { params: { query: { ...ask } }, signal })),
  })

/** The products that rules are for. */
export const useProducts = () =>
  useQuery({
    queryKey: ['rules', 'facets'],
    queryFn: ({ signal }) =>
      call<{ readonly byProduct: Readonly<Record<string, number>> }>(api.GET('/api/v1/rules/facets', { signal })),
  })

export const useLayers = () =>
  useQuery({
    queryKey: ['rules', 'coverage', 'layers'],
    queryFn: ({ signal }) => call<{ items: CoverageLayer[] }>(api.GET('/api/v1/coverage/layers', { signal })),
  })

export function useLayerChanges() {
  const queries = useQueryClient()
  const onSuccess = () => queries.invalidateQueries({ queryKey: ['rules', 'coverage', 'layers'] })
  const add = useMutation({
    // What the file holds is for the server to judge.
    mutationFn: (layer: unknown) => call<CoverageLayer>(api.POST('/api/v1/coverage/layers', { body: layer as never })),
    onSuccess,
  })
  const remove = useMutation({
    mutationFn: (layerId: string) =>
      call<void>(api.DELETE('/api/v1/coverage/layers/{layerId}', { params: { path: { layerId } } })),
    onSuccess,
  })
  return { add, remove }
}

/** Our coverage as a Navigator layer, handed to the browser as a file. */
export async function downloadLayer(ask: CoverageAsk): Promise<void> {
  const layer = await call<unknown>(api.GET('/api/v1/coverage/navigator', { params: { query: { ...ask } } }))
  const url = URL.createObjectURL(new Blob([JSON.stringify(layer, null, 2)], { type: 'application/json' }))
  const link = document.createElement('a')
  link.href = url
  link.download = 'watchfloor-coverage.json'
  link.click()
  URL.revokeObjectURL(url)
}
