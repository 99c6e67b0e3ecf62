import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { RankBars, type RankedBar } from '../../ui/charts/rank-bars.tsx'
import { Section } from '../../ui/page.tsx'
import { SeverityBadge, severityColour } from '../../ui/severity.tsx'
import { Skeleton } from '../../ui/states.tsx'
import type { AlertSummary, RangeSearch } from './data.ts'

const most = 8

/** Rules, entities and techniques with most alerts; every line opens what it counts. */
export function Rankings({ summary, range }: { summary: AlertSummary | undefined; range: RangeSearch }) {
  const { t } = useTranslation('overview')
  return (
    <>
      <Ranking
        range={range}
        title={t('topRules')}
        bars={summary?.topRules.slice(0, most).map((rule) => ({
          key: rule.ruleId,
          count: rule.alerts,
          colour: severityColour(rule.severity),
          label: (
            <span className="flex items-center gap-2" title={rule.title}>
              <SeverityBadge severity={rule.severity} compact />
              <span className="truncate">{rule.title}</span>
            </span>
          ),
        }))}
        search={(bar) => ({
          rule: bar.key,
          ruleTitle: summary?.topRules.find((rule) => rule.ruleId === bar.key)?.title,
        })}
      />
      <Ranking
        range={range}
        title={t('topEntities')}
        bars={summary?.topEntities.slice(0, most).map((entity) => ({
          key: entity.value,
          count: entity.alerts,
          colour: severityColour(entity.worst),
          label: (
            <span title={`${entity.field}: ${entity.value}`}>
              <span className="mono">{entity.value}</span> <span className="text-12 text-text-3">{entity.field}</span>
            </span>
          ),
        }))}
        search={(bar) => ({ entity: bar.key })}
      />
      <Ranking
        range={range}
        title={t('techniques')}
        bars={summary?.techniques.slice(0, most).map((each) => ({
          key: each.technique,
          count: each.alerts,
          label: <span className="mono">{each.technique}</span>,
        }))}
        search={(bar) => ({ technique: bar.key })}
      />
    </>
  )
}

function Ranking({
  range,
  title,
  bars,
  search,
}: {
  range: RangeSearch
  title: string
  bars: readonly RankedBar[] | undefined
  search: (bar: RankedBar) => Record<string, string | undefined>
}) {
  const { t } = useTranslation('overview')
  const wrap = (bar: RankedBar, row: ReactNode) => (
    <Link to="/alerts" search={{ ...range, ...search(bar) }} className="block rounded-sm">
      {row}
    </Link>
  )
  return (
    <Section title={title} padded={false}>
      <div className="min-h-58 p-1">
        {bars === undefined ? (
          <Skeleton className="m-2 h-52" />
        ) : bars.length === 0 ? (
          <p className="px-2 py-3 text-text-3">{t('nothing')}</p>
        ) : (
          <RankBars bars={bars} wrap={wrap} />
        )}
      </div>
    </Section>
  )
}
