import type { HuntRun, HuntRunDetail } from '@watchfloor/contracts/hunts'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { TimeBars } from '../../ui/charts/time-bars.tsx'
import { formatCount } from '../../ui/format/number.ts'
import { EmptyState, ErrorState, SkeletonRows } from '../../ui/states.tsx'
import { isUnderWay, useHits, useSummary } from './data.ts'
import { HitList } from './hit-list.tsx'
import { type Narrowed, Rankings } from './hit-rankings.tsx'
import { RunHead } from './run-head.tsx'

/** A run: how far it is, when and on whom it has hit, and the hits themselves. */
export function RunView({ run, onHuntWith }: { run: HuntRunDetail; onHuntWith: (yaml: string) => void }) {
  const { t } = useTranslation('hunts')
  const [narrowed, setNarrowed] = useState<Narrowed>({})
  const summary = useSummary(run)
  const hits = useHits(
    run,
    narrowed.entity && `${narrowed.entity.field}=${narrowed.entity.value}`,
    narrowed.rule?.ruleId,
  )
  const rows = useMemo(() => hits.data?.pages.flatMap((page) => page.items) ?? [], [hits.data])
  const bars = useMemo(
    () =>
      (summary.data?.bars ?? []).map((bar) => ({
        startMs: Date.parse(bar.start),
        parts: [{ key: 'n', label: t('hitList'), colour: 'var(--bar)', count: bar.count }],
      })),
    [summary.data, t],
  )
  return (
    <section aria-label={t('results')} className="flex min-h-96 flex-1 flex-col">
      <RunHead run={run} onHuntWith={onHuntWith} />
      {run.hits > 0 && summary.data && (
        <div className="h-27 shrink-0 px-4 pt-3 pb-2">
          <TimeBars label={t('histogram')} bars={bars} intervalMs={summary.data.intervalMs} heightPx={64} />
        </div>
      )}
      {run.hits === 0 ? (
        <NothingFound run={run} />
      ) : (
        <div className="flex min-h-0 flex-1 flex-col border-t border-line lg:flex-row">
          <div className="flex min-h-80 min-w-0 flex-1 flex-col">
            {hits.isPending ? (
              <SkeletonRows rows={8} />
            ) : hits.isError ? (
              <ErrorState error={hits.error} onRetry={() => void hits.refetch()} />
            ) : (
              <HitList
                rows={rows}
                total={narrowed.entity || narrowed.rule ? undefined : run.hitsKept}
                onEnd={hits.hasNextPage && !hits.isFetchingNextPage ? () => void hits.fetchNextPage() : undefined}
                loadingMore={hits.isFetchingNextPage}
              />
            )}
          </div>
          {summary.data && <Rankings summary={summary.data} narrowed={narrowed} onNarrow={setNarrowed} />}
        </div>
      )}
    </section>
  )
}

function NothingFound({ run }: { run: HuntRun }) {
  const { t } = useTranslation('hunts')
  if (run.state === 'failed') return <EmptyState title={t('failed.title')} text={run.message ?? t('failed.text')} />
  if (isUnderWay(run)) return <EmptyState title={t('none.running')} text={t('none.runningText')} />
  return <EmptyState title={t('none.title')} text={t('none.text', { events: formatCount(run.eventsDone) })} />
}
