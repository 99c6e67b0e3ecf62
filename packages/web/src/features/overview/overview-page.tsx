import { Link } from '@tanstack/react-router'
import type { Source } from '@watchfloor/contracts/events'
import { DatabaseZap } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useMay } from '../../app/session/me.tsx'
import { usePageTime } from '../../app/time.tsx'
import { RelativeTime } from '../../ui/display.tsx'
import { formatRate } from '../../ui/format/number.ts'
import { HealthMark } from '../../ui/health.tsx'
import { useShortcuts } from '../../ui/keyboard/keyboard.tsx'
import { PageHeader, ScrollPage, Section } from '../../ui/page.tsx'
import { EmptyState, ErrorLine, ErrorState, Skeleton } from '../../ui/states.tsx'
import { rangeToUrl } from '../../ui/time-range.ts'
import { TimeRangePicker } from '../../ui/time-range-picker.tsx'
import { usePulse, useSources, useSummary } from './data.ts'
import { Rankings } from './rankings.tsx'
import { SeverityChart } from './severity-chart.tsx'
import { AlertTiles, PulseTile } from './tiles.tsx'

/** The floor at a glance. Everything shown opens what it counts. */
export function OverviewPage() {
  const { t } = useTranslation('overview')
  const may = useMay()
  const time = usePageTime('24h')
  const mayAlerts = may('alerts:read')
  const maySources = may('sources:read')
  const summary = useSummary(time.from, time.to, mayAlerts)
  const sources = useSources(maySources)
  const pulses = usePulse()
  useShortcuts([{ keys: 'r', label: t('refresh'), group: t('group'), run: time.refresh }])
  if (summary.isError && !summary.data)
    return <ErrorState error={summary.error} onRetry={() => void summary.refetch()} />
  const range = rangeToUrl(time.range)
  const noSources = sources.data?.items.length === 0
  return (
    <>
      <PageHeader
        title={t('title')}
        actions={
          <TimeRangePicker
            value={time.range}
            onChange={time.set}
            onRefresh={time.refresh}
            refreshing={summary.isRefetching}
          />
        }
      />
      <ScrollPage width="max-w-[1680px]">
        {noSources && (
          <div className="panel flex">
            <EmptyState
              icon={<DatabaseZap size={22} />}
              title={t('noSources.title')}
              text={t('noSources.text')}
              action={
                <>
                  <Link to="/sources" className="link">
                    {t('noSources.action')}
                  </Link>
                  {may('rules:write') && (
                    <Link to="/rules/import" className="link">
                      {t('noSources.rules')}
                    </Link>
                  )}
                </>
              }
            />
          </div>
        )}
        <div className="grid grid-cols-2 gap-3 lg:grid-cols-5">
          {mayAlerts && <AlertTiles summary={summary.data} range={range} />}
          {may('events:read') && <PulseTile pulses={pulses} />}
        </div>
        {mayAlerts && <SeverityChart summary={summary.data} range={range} />}
        <div className="grid items-start gap-4 md:grid-cols-2 xl:grid-cols-4">
          {mayAlerts && <Rankings summary={summary.data} range={range} />}
          {maySources && (
            <Section title={t('sources')} padded={false}>
              <div className="min-h-58 p-1">
                {sources.isError ? (
                  <ErrorLine error={sources.error} />
                ) : sources.data ? (
                  <SourceLines sources={sources.data.items} />
                ) : (
                  <Skeleton className="m-2 h-52" />
                )}
              </div>
            </Section>
          )}
        </div>
      </ScrollPage>
    </>
  )
}

const worstFirst: Record<Source['health'], number> = { failing: 0, silent: 1, new: 2, ok: 3, disabled: 4 }

function SourceLines({ sources }: { sources: readonly Source[] }) {
  const { t } = useTranslation('overview')
  const shown = [...sources]
    .sort((a, b) => worstFirst[a.health] - worstFirst[b.health] || b.ratePerSecond - a.ratePerSecond)
    .slice(0, 8)
  if (shown.length === 0) return <p className="px-2 py-3 text-text-3">{t('noSources.title')}</p>
  return (
    <ul>
      {shown.map((source) => (
        <li key={source.id}>
          <Link
            to="/sources"
            search={{ open: source.id }}
            className="flex h-7 items-center gap-2 rounded-sm px-2 hover:bg-surface-2"
          >
            <HealthMark health={source.health} label={t(`health.${source.health}`)} compact />
            <span className="min-w-0 flex-1 truncate" title={source.name}>
              {source.name}
            </span>
            <span className="text-12 text-text-3">
              <RelativeTime at={source.lastSeenAt} />
            </span>
            <span className="w-16 text-right">{t('sourceLine', { rate: formatRate(source.ratePerSecond) })}</span>
          </Link>
        </li>
      ))}
    </ul>
  )
}
