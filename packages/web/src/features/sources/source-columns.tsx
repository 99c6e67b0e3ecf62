import type { Source } from '@watchfloor/contracts/events'
import { useTranslation } from 'react-i18next'
import type { Column } from '../../ui/data-table.tsx'
import { RelativeTime, useMedia } from '../../ui/display.tsx'
import { formatBytes, formatCompact, formatCount, formatRate } from '../../ui/format/number.ts'
import { formatSpan } from '../../ui/format/time.ts'
import { HealthMark } from '../../ui/health.tsx'

/** Columns of the source list; `narrow` while the panel takes its room. */
export function useSourceColumns(narrow: boolean): Column<Source>[] {
  const { t } = useTranslation('sources')
  // What the panel says too stands in the list only where nothing has to scroll sideways for it.
  const spacious = useMedia('(min-width: 1500px)')
  const name: Column<Source> = {
    id: 'name',
    header: t('column.name'),
    track: 'minmax(140px, 2fr)',
    cell: (source) => <span title={source.name}>{source.name}</span>,
  }
  const health: Column<Source> = {
    id: 'health',
    header: t('column.health'),
    track: '112px',
    cell: (source) => <HealthMark health={source.health} label={t(`health.${source.health}`)} />,
  }
  const rate: Column<Source> = {
    id: 'rate',
    header: t('column.rate'),
    track: '88px',
    align: 'end',
    cell: (source) => t('perSecond', { rate: formatRate(source.ratePerSecond) }),
  }
  const lastSeen: Column<Source> = {
    id: 'lastSeen',
    header: t('column.lastSeen'),
    track: '96px',
    align: 'end',
    from: 'tablet',
    cell: (source) => <RelativeTime at={source.lastSeenAt} className="text-text-2" />,
  }
  if (narrow) return [name, health, rate, lastSeen]
  const count = (id: 'received' | 'parseFailures' | 'rejected', header: string): Column<Source> => ({
    id,
    header,
    track: '100px',
    align: 'end',
    from: id === 'received' ? 'tablet' : 'wide',
    cell: (source) => (
      <span title={formatCount(source[id])} className={id !== 'received' && source[id] > 0 ? 'text-warn' : undefined}>
        {formatCompact(source[id])}
      </span>
    ),
  })
  const columns: (Column<Source> | false)[] = [
    name,
    health,
    {
      id: 'kind',
      header: t('column.kind'),
      track: '140px',
      from: 'wide',
      cell: (source) => <span className="text-text-2">{t(`kind.${source.kind}`)}</span>,
    },
    rate,
    spacious && {
      id: 'lag',
      header: t('column.lag'),
      track: '72px',
      align: 'end',
      from: 'wide',
      cell: (source) => (source.lagSeconds === null ? '–' : formatSpan(Math.max(0, source.lagSeconds) * 1000)),
    },
    count('received', t('column.received')),
    count('parseFailures', t('column.failures')),
    spacious && count('rejected', t('column.rejected')),
    {
      id: 'stored',
      header: t('column.stored'),
      track: '84px',
      align: 'end',
      from: 'wide',
      cell: (source) => formatBytes(source.storedBytes),
    },
    {
      id: 'retention',
      header: t('column.retention'),
      track: '80px',
      align: 'end',
      from: 'wide',
      cell: (source) =>
        source.retentionDays === null ? (
          <span className="text-text-3">{t('byDefault')}</span>
        ) : (
          t('days', { count: source.retentionDays })
        ),
    },
    spacious && {
      id: 'silence',
      header: t('column.silence'),
      track: '96px',
      align: 'end',
      from: 'wide',
      cell: (source) =>
        source.silenceMinutes === null ? (
          <span className="text-text-3">{t('none')}</span>
        ) : (
          t('silenceAfter', { count: source.silenceMinutes })
        ),
    },
    lastSeen,
  ]
  return columns.filter((column) => column !== false)
}
