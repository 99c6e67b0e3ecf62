import { Link, useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { TimeBars } from '../../ui/charts/time-bars.tsx'
import { formatCount } from '../../ui/format/number.ts'
import { Section } from '../../ui/page.tsx'
import { SeverityBadge, severitiesWorstFirst, severityColour } from '../../ui/severity.tsx'
import { Skeleton } from '../../ui/states.tsx'
import type { AlertSummary, RangeSearch } from './data.ts'

/** Alerts over time, worst at the bottom, where differences are easiest to see. */
export function SeverityChart({ summary, range }: { summary: AlertSummary | undefined; range: RangeSearch }) {
  const { t } = useTranslation('overview')
  const { t: ui } = useTranslation('ui')
  const navigate = useNavigate()
  const bars = useMemo(
    () =>
      (summary?.bars ?? []).map((bar) => ({
        startMs: Date.parse(bar.start),
        parts: severitiesWorstFirst.map((severity) => ({
          key: severity,
          label: ui(`severity.${severity}`),
          colour: severityColour(severity),
          count: bar.bySeverity[severity] ?? 0,
        })),
      })),
    [summary, ui],
  )
  return (
    <Section title={t('severityOver')}>
      {summary ? (
        <>
          <TimeBars
            label={t('severityOver')}
            bars={bars}
            intervalMs={summary.intervalMs}
            heightPx={132}
            onChoose={(fromMs, toMs) =>
              void navigate({
                to: '/alerts',
                search: {
                  status: 'all',
                  range: 'all',
                  firstSeenFrom: new Date(fromMs).toISOString(),
                  firstSeenTo: new Date(toMs).toISOString(),
                },
              })
            }
          />
          <ul aria-label={t('bySeverity')} className="mt-3 flex flex-wrap gap-x-1 gap-y-1">
            {severitiesWorstFirst.map((severity) => (
              <li key={severity}>
                <Link
                  to="/alerts"
                  search={{ ...range, severity }}
                  className="flex h-7 items-center gap-2 rounded px-2 hover:bg-surface-2"
                >
                  <SeverityBadge severity={severity} />
                  <span className="font-medium">{formatCount(summary.bySeverity[severity] ?? 0)}</span>
                </Link>
              </li>
            ))}
          </ul>
        </>
      ) : (
        <Skeleton className="h-44" />
      )}
    </Section>
  )
}
