import type { ReactNode } from 'react'
import { DataTable, type DataTableProps } from './data-table.tsx'
import { ErrorState, SkeletonRows } from './states.tsx'

/** What a list that is fetched page by page says of itself, as the query library has it. */
export interface PagedFetch {
  readonly isPending: boolean
  readonly isError: boolean
  readonly error: unknown
  readonly hasNextPage: boolean
  readonly isFetchingNextPage: boolean
  readonly refetch: () => unknown
  readonly fetchNextPage: () => unknown
}

/**
 * A list that is fetched page by page: on its way, failed, empty or its rows. Rows that are there stay when a later
 * fetch fails.
 */
export function PagedList<Row>({
  list,
  empty,
  skeletonRows = 20,
  ...table
}: Omit<DataTableProps<Row>, 'onEnd' | 'loadingMore'> & {
  list: PagedFetch
  /** Shown instead when there is no row. */
  empty: ReactNode
  skeletonRows?: number
}) {
  if (list.isPending) return <SkeletonRows rows={skeletonRows} />
  if (table.rows.length === 0)
    return list.isError ? <ErrorState error={list.error} onRetry={() => void list.refetch()} /> : empty
  return (
    <DataTable
      {...table}
      onEnd={list.hasNextPage && !list.isFetchingNextPage ? () => void list.fetchNextPage() : undefined}
      loadingMore={list.isFetchingNextPage}
    />
  )
}
