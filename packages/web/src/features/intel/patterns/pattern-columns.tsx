import type { StixPatternRecord } from '@watchfloor/contracts/intel'
import { useTranslation } from 'react-i18next'
import type { Column } from '../../../ui/data-table.tsx'
import { RelativeTime } from '../../../ui/display.tsx'
import { formatCount } from '../../../ui/format/number.ts'
import { useListedColumns } from '../listed-columns.tsx'

export function usePatternColumns(narrow: boolean): Column<StixPatternRecord>[] {
  const { t } = useTranslation('patterns')
  const { source, confidence, state, updated } = useListedColumns()
  const name: Column<StixPatternRecord> = {
    id: 'name',
    header: t('column.name'),
    track: 'minmax(180px, 3fr)',
    cell: (one) => <span title={one.pattern}>{one.name}</span>,
  }
  if (narrow) return [name, state]
  return [
    name,
    {
      id: 'scope',
      header: t('column.scope'),
      track: '116px',
      from: 'tablet',
      cell: (one) => <span className="text-text-2">{t(`scope.${one.scope}`)}</span>,
    },
    source,
    confidence,
    {
      id: 'seen',
      header: t('column.seen'),
      track: '72px',
      align: 'end',
      from: 'tablet',
      cell: (one) =>
        one.sightings.count === 0 ? <span className="text-text-3">0</span> : formatCount(one.sightings.count),
    },
    {
      id: 'lastSeen',
      header: t('column.lastSeen'),
      track: '100px',
      align: 'end',
      from: 'wide',
      cell: (one) =>
        one.sightings.lastSeen === null ? (
          <span className="text-text-3">{t('never')}</span>
        ) : (
          <RelativeTime at={one.sightings.lastSeen} className="text-text-2" />
        ),
    },
    state,
    updated,
  ]
}
