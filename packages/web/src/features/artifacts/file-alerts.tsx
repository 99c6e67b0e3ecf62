import { Link } from '@tanstack/react-router'
import type { ArtifactDetail } from '@watchfloor/contracts/artifacts'
import { useTranslation } from 'react-i18next'
import { useMay } from '../../app/session/me.tsx'
import { Chip } from '../../ui/chip.tsx'
import { RelativeTime } from '../../ui/display.tsx'
import { formatCount } from '../../ui/format/number.ts'
import { Section } from '../../ui/page.tsx'
import { SeverityBadge } from '../../ui/severity.tsx'
import { ErrorLine } from '../../ui/states.tsx'
import { useFileAlerts } from './data.ts'

/** The alerts that name this file: of its matches, of its hash on a list, of events with it. */
export function FileAlerts({ artifact }: { artifact: ArtifactDetail }) {
  const { t } = useTranslation('artifacts')
  const may = useMay()
  const { data, error } = useFileAlerts(artifact.id, may('alerts:read'))
  if (error)
    return (
      <Section title={t('alerts.title')}>
        <ErrorLine error={error} />
      </Section>
    )
  if (!data || data.items.length === 0) return null
  return (
    <Section
      title={t('alerts.title')}
      padded={false}
      actions={
        <Link to="/alerts" search={{ entity: artifact.id, status: 'all', range: 'all' }} className="link text-12">
          {t('alerts.all', { count: data.total ?? data.items.length })}
        </Link>
      }
    >
      <ul className="divide-y divide-line">
        {data.items.map((alert) => (
          <li key={alert.id}>
            <Link
              to="/alerts/$alertId"
              params={{ alertId: alert.id }}
              className="flex min-h-9 items-center gap-2 px-3 py-1 hover:bg-surface-2"
            >
              <SeverityBadge severity={alert.severity} compact />
              <span className="min-w-0 flex-1 truncate" title={alert.title}>
                {alert.title}
              </span>
              {alert.count > 1 && (
                <span className="text-12 text-text-3">
                  {t('alerts.detections', { count: alert.count, formatted: formatCount(alert.count) })}
                </span>
              )}
              <Chip>{t(`alerts.status.${alert.status}`)}</Chip>
              <RelativeTime at={alert.lastSeenAt} className="text-12 text-text-3" />
            </Link>
          </li>
        ))}
      </ul>
    </Section>
  )
}
