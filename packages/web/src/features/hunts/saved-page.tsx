import { Link, useNavigate } from '@tanstack/react-router'
import { Crosshair } from 'lucide-react'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { SectionTabs } from '../../app/shell/section-tabs.tsx'
import { UrlSearch } from '../../app/url-filters.tsx'
import { useUrlState } from '../../app/url-state.ts'
import { DataTable } from '../../ui/data-table.tsx'
import { formatCount } from '../../ui/format/number.ts'
import { FilterBar, PageHeader } from '../../ui/page.tsx'
import { SegmentedChoice } from '../../ui/segmented-choice.tsx'
import { EmptyState, ErrorState, SkeletonRows } from '../../ui/states.tsx'
import { useHunts, useRuns } from './data.ts'
import { useHuntColumns, useRunColumns } from './saved-columns.tsx'

/** Hunts that are kept, and all runs with what they found. */
export function SavedHuntsPage() {
  const { t } = useTranslation('hunts')
  const [url, setUrl] = useUrlState()
  const shown = url.list === 'runs' ? 'runs' : 'hunts'
  const hunts = useHunts(url.q ?? '')
  const count = hunts.data?.pages.reduce((sum, page) => sum + page.items.length, 0)
  return (
    <>
      <PageHeader
        title={t('saved.title')}
        figure={count === undefined ? undefined : t('saved.figure', { count, formatted: formatCount(count) })}
        tabs={<SectionTabs section="hunt" />}
      />
      <FilterBar label={t('saved.tabs')}>
        <SegmentedChoice
          label={t('saved.tabs')}
          value={shown}
          options={[
            { value: 'hunts', label: t('saved.list') },
            { value: 'runs', label: t('saved.runs') },
          ]}
          onChange={(next) => setUrl({ list: next === 'runs' ? 'runs' : undefined })}
        />
        {shown === 'hunts' && <UrlSearch label={t('saved.search')} />}
      </FilterBar>
      {shown === 'hunts' ? <HuntTable hunts={hunts} /> : <RunTable />}
    </>
  )
}

function HuntTable({ hunts }: { hunts: ReturnType<typeof useHunts> }) {
  const { t } = useTranslation('hunts')
  const navigate = useNavigate()
  const columns = useHuntColumns()
  const rows = useMemo(() => hunts.data?.pages.flatMap((page) => page.items) ?? [], [hunts.data])
  if (hunts.isPending) return <SkeletonRows />
  if (hunts.isError) return <ErrorState error={hunts.error} onRetry={() => void hunts.refetch()} />
  if (rows.length === 0)
    return (
      <EmptyState
        icon={<Crosshair size={22} />}
        title={t('saved.empty')}
        text={t('saved.emptyText')}
        action={<ToWorkbench />}
      />
    )
  return (
    <DataTable
      label={t('saved.list')}
      rows={rows}
      rowId={(hunt) => hunt.id}
      columns={columns}
      onCursor={(id) => void navigate({ to: '/hunts', search: { hunt: id } })}
      onEnd={hunts.hasNextPage && !hunts.isFetchingNextPage ? () => void hunts.fetchNextPage() : undefined}
      loadingMore={hunts.isFetchingNextPage}
      placeKey="hunts"
    />
  )
}

function RunTable() {
  const { t } = useTranslation('hunts')
  const navigate = useNavigate()
  const runs = useRuns()
  const columns = useRunColumns()
  const rows = useMemo(() => runs.data?.pages.flatMap((page) => page.items) ?? [], [runs.data])
  if (runs.isPending) return <SkeletonRows />
  if (runs.isError) return <ErrorState error={runs.error} onRetry={() => void runs.refetch()} />
  if (rows.length === 0)
    return (
      <EmptyState
        icon={<Crosshair size={22} />}
        title={t('runs.empty')}
        text={t('runs.emptyText')}
        action={<ToWorkbench />}
      />
    )
  return (
    <DataTable
      label={t('runs.list')}
      rows={rows}
      rowId={(run) => run.id}
      columns={columns}
      onCursor={(id) => void navigate({ to: '/hunts', search: { run: id } })}
      onEnd={runs.hasNextPage && !runs.isFetchingNextPage ? () => void runs.fetchNextPage() : undefined}
      loadingMore={runs.isFetchingNextPage}
      placeKey="hunt-runs"
    />
  )
}

function ToWorkbench() {
  const { t } = useTranslation('hunts')
  return (
    <Link to="/hunts" className="link">
      {t('saved.toWorkbench')}
    </Link>
  )
}
