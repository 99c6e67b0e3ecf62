import type { Indicator } from '@watchfloor/contracts/intel'
import { useTranslation } from 'react-i18next'
import type { Column } from '../../ui/data-table.tsx'
import { RelativeTime } from '../../ui/display.tsx'
import { TlpChip, useListedColumns } from './listed-columns.tsx'

export function useIndicatorColumns(narrow: boolean): Column<Indicator>[] {
  const { t } = useTranslation('intel')
  const { source, confidence, state, updated } = useListedColumns()
  const value: Column<Indicator> = {
    id: 'value',
    header: t('column.value'),
    track: 'minmax(160px, 3fr)',
    cell: (one) => (
      <span className="mono" title={one.value}>
        {one.value}
      </span>
    ),
  }
  const type: Column<Indicator> = {
    id: 'type',
    header: t('column.type'),
    track: '96px',
    from: 'tablet',
    cell: (one) => <span className="text-text-2">{t(`type.${one.type}`)}</span>,
  }
  if (narrow) return [value, state]
  return [
    value,
    type,
    source,
    { ...confidence, from: 'tablet' },
    { id: 'tlp', header: t('column.tlp'), track: '132px', from: 'wide', cell: (one) => <TlpChip tlp={one.tlp} /> },
    state,
    {
      id: 'until',
      header: t('column.until'),
      track: '108px',
      align: 'end',
      from: 'wide',
      cell: (one) =>
        one.validUntil === null ? (
          <span className="text-text-3">{t('forEver')}</span>
        ) : (
          <RelativeTime at={one.validUntil} className="text-text-2" />
        ),
    },
    updated,
  ]
}
