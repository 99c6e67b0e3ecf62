import type { Indicator } from '@watchfloor/contracts/intel'
import { Hourglass, Power, PowerOff } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Chip } from '../../ui/chip.tsx'
import type { Column } from '../../ui/data-table.tsx'
import { RelativeTime, useNow } from '../../ui/display.tsx'
import { stateOf } from './filter.ts'

const icons = {
  active: <Power size={14} aria-hidden className="text-good" />,
  expired: <Hourglass size={14} aria-hidden className="text-warn" />,
  off: <PowerOff size={14} aria-hidden className="text-text-3" />,
}

/** Whether an indicator matches, with an icon, never by colour alone. */
export function StateMark({ indicator }: { indicator: Indicator }) {
  const { t } = useTranslation('intel')
  const state = stateOf(indicator, useNow())
  return (
    <span className="inline-flex items-center gap-1.5 align-middle whitespace-nowrap">
      {icons[state]} {t(`state.${state}`)}
    </span>
  )
}

/** `TLP:AMBER+STRICT`, as the standard writes it. */
export const TlpChip = ({ tlp }: { tlp: Indicator['tlp'] }) => <Chip>TLP:{tlp.toUpperCase()}</Chip>

export function useIndicatorColumns(narrow: boolean): Column<Indicator>[] {
  const { t } = useTranslation('intel')
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
  const state: Column<Indicator> = {
    id: 'state',
    header: t('filter.state'),
    track: '116px',
    cell: (one) => <StateMark indicator={one} />,
  }
  if (narrow) return [value, state]
  return [
    value,
    type,
    {
      id: 'source',
      header: t('column.source'),
      track: 'minmax(0, 1fr)',
      from: 'tablet',
      cell: (one) => (
        <span className="text-text-2" title={one.source}>
          {one.source}
        </span>
      ),
    },
    {
      id: 'confidence',
      header: t('column.confidence'),
      track: '92px',
      align: 'end',
      from: 'tablet',
      cell: (one) => `${one.confidence} %`,
    },
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
    {
      id: 'updated',
      header: t('column.updated'),
      track: '92px',
      align: 'end',
      from: 'wide',
      cell: (one) => <RelativeTime at={one.updatedAt} className="text-text-2" />,
    },
  ]
}
