import type { Tlp } from '@watchfloor/contracts/kernel'
import { Hourglass, Power, PowerOff } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Chip } from '../../ui/chip.tsx'
import type { Column } from '../../ui/data-table.tsx'
import { RelativeTime, useNow } from '../../ui/display.tsx'
import { stateOf } from './filter.ts'

/** What somebody lists, be it a value or a pattern. */
interface Listed {
  readonly source: string
  readonly confidence: number
  readonly enabled: boolean
  readonly validUntil: string | null
  readonly updatedAt: string
}

const icons = {
  active: <Power size={14} aria-hidden className="text-good" />,
  expired: <Hourglass size={14} aria-hidden className="text-warn" />,
  off: <PowerOff size={14} aria-hidden className="text-text-3" />,
}

/** Whether what is listed matches, with an icon, never by colour alone. */
export function StateMark({ listed }: { listed: Pick<Listed, 'enabled' | 'validUntil'> }) {
  const { t } = useTranslation('intel')
  const state = stateOf(listed, useNow())
  return (
    <span className="inline-flex items-center gap-1.5 align-middle whitespace-nowrap">
      {icons[state]} {t(`state.${state}`)}
    </span>
  )
}

/** `TLP:AMBER+STRICT`, as the standard writes it. */
export const TlpChip = ({ tlp }: { tlp: Tlp }) => <Chip>TLP:{tlp.toUpperCase()}</Chip>

/** The columns that the list of indicators and the list of patterns both have. */
export function useListedColumns(): Record<'source' | 'confidence' | 'state' | 'updated', Column<Listed>> {
  const { t } = useTranslation('intel')
  return {
    source: {
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
    confidence: {
      id: 'confidence',
      header: t('column.confidence'),
      track: '92px',
      align: 'end',
      from: 'wide',
      cell: (one) => `${one.confidence} %`,
    },
    state: {
      id: 'state',
      header: t('filter.state'),
      track: '116px',
      cell: (one) => <StateMark listed={one} />,
    },
    updated: {
      id: 'updated',
      header: t('column.updated'),
      track: '92px',
      align: 'end',
      from: 'wide',
      cell: (one) => <RelativeTime at={one.updatedAt} className="text-text-2" />,
    },
  }
}
