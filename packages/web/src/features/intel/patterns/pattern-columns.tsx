import type { StixPatternRecord } from '@watchfloor/contracts/intel'
import { Hourglass, Power, PowerOff } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { Column } from '../../../ui/data-table.tsx'
import { RelativeTime, useNow } from '../../../ui/display.tsx'
import { formatCount } from '../../../ui/format/number.ts'
import { stateOf } from '../filter.ts'

const icons = {
  active: <Power size={14} aria-hidden className="text-good" />,
  expired: <Hourglass size={14} aria-hidden className="text-warn" />,
  off: <PowerOff size={14} aria-hidden className="text-text-3" />,
}

/** Whether a pattern matches, with an icon, never by colour alone. */
export function PatternStateMark({ pattern }: { pattern: StixPatternRecord }) {
  const { t } = useTranslation('patterns')
  const state = stateOf(pattern, useNow())
  return (
    <span className="inline-flex items-center gap-1.5 align-middle whitespace-nowrap">
      {icons[state]} {t(`state.${state}`)}
    </span>
  )
}

export function usePatternColumns(narrow: boolean): Column<StixPatternRecord>[] {
  const { t } = useTranslation('patterns')
  const name: Column<StixPatternRecord> = {
    id: 'name',
    header: t('column.name'),
    track: 'minmax(180px, 3fr)',
    cell: (one) => <span title={one.pattern}>{one.name}</span>,
  }
  const state: Column<StixPatternRecord> = {
    id: 'state',
    header: t('column.state'),
    track: '116px',
    cell: (one) => <PatternStateMark pattern={one} />,
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
      from: 'wide',
      cell: (one) => `${one.confidence} %`,
    },
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
