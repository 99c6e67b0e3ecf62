import { Link } from '@tanstack/react-router'
import type { Alert } from '@watchfloor/contracts/alerts'
import { MessageSquare } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Chip } from '../../ui/chip.tsx'
import type { Column } from '../../ui/data-table.tsx'
import { RelativeTime, useBreadth } from '../../ui/display.tsx'
import { formatCompact, formatCount } from '../../ui/format/number.ts'
import { SeverityBadge } from '../../ui/severity.tsx'
import { ValueChip } from '../../ui/value-chip.tsx'
import { tellingEntities } from './filter.ts'
import { KindMarks } from './kind.tsx'
import { StatusBadge } from './status.tsx'

/** Columns of the alert list; `narrow` while the panel takes its room. */
export function useAlertColumns(narrow: boolean): Column<Alert>[] {
  const { t } = useTranslation('alerts')
  const beside = useBreadth() === 'phone' || narrow
  const severity: Column<Alert> = {
    id: 'severity',
    header: '',
    track: '20px',
    cell: (alert) => <SeverityBadge severity={alert.severity} compact />,
  }
  const title: Column<Alert> = {
    id: 'title',
    header: t('column.title'),
    track: 'minmax(0, 3fr)',
    cell: (alert) => (
      <span className="flex min-w-0 items-center gap-2">
        <Link
          to="/alerts/$alertId"
          params={{ alertId: alert.id }}
          className={
            alert.status === 'new' ? 'truncate font-medium hover:underline' : 'truncate text-text-2 hover:underline'
          }
          title={alert.title}
        >
          {alert.title}
        </Link>
        {beside &&
          tellingEntities(alert.entities, 1).map(([field, value]) => (
            <span
              key={field}
              title={`${field}: ${value}`}
              className="mono max-w-[45%] shrink-0 truncate text-12 text-text-3"
            >
              {value}
            </span>
          ))}
        <KindMarks alert={alert} />
        {alert.comments > 0 && (
          <span className="inline-flex items-center gap-0.5 text-12 text-text-3">
            <MessageSquare size={12} aria-hidden />
            {alert.comments}
          </span>
        )}
      </span>
    ),
  }
  const count: Column<Alert> = {
    id: 'count',
    header: t('column.count'),
    track: '64px',
    align: 'end',
    from: 'tablet',
    sort: { value: 'count', direction: 'descending' },
    cell: (alert) => <span title={formatCount(alert.count)}>{formatCompact(alert.count)}</span>,
  }
  const lastSeen: Column<Alert> = {
    id: 'lastSeen',
    header: t('column.lastSeen'),
    track: '92px',
    align: 'end',
    sort: { value: 'newest', direction: 'descending' },
    cell: (alert) => <RelativeTime at={alert.lastSeenAt} className="text-text-2" />,
  }
  if (narrow) return [severity, title, count, lastSeen]
  return [
    severity,
    title,
    {
      id: 'entities',
      header: t('column.entities'),
      track: 'minmax(0, 2fr)',
      from: 'tablet',
      cell: (alert) => (
        <span className="flex gap-1 overflow-hidden">
          {tellingEntities(alert.entities, 3).map(([field, value], index) => (
            <span
              key={field}
              title={`${field}: ${value}`}
              className={index === 0 ? 'max-w-[65%] min-w-0 shrink-0 truncate' : 'min-w-8 truncate'}
            >
              <ValueChip field={field} value={value} />
            </span>
          ))}
        </span>
      ),
    },
    {
      id: 'techniques',
      header: t('column.techniques'),
      track: '116px',
      from: 'wide',
      cell: (alert) => (
        <span className="flex gap-1 overflow-hidden" title={alert.techniques.join(', ')}>
          {alert.techniques.slice(0, 1).map((technique) => (
            <Chip key={technique}>{technique}</Chip>
          ))}
          {alert.techniques.length > 1 && <Chip>+{alert.techniques.length - 1}</Chip>}
        </span>
      ),
    },
    count,
    {
      id: 'status',
      header: t('column.status'),
      track: '124px',
      from: 'tablet',
      cell: (alert) => <StatusBadge status={alert.status} />,
    },
    {
      id: 'assignee',
      header: t('column.assignee'),
      track: '104px',
      from: 'wide',
      cell: (alert) =>
        alert.assignee ? (
          <span title={alert.assignee.name}>{alert.assignee.name}</span>
        ) : (
          <span className="text-text-3">{t('assignee.none')}</span>
        ),
    },
    lastSeen,
  ]
}
