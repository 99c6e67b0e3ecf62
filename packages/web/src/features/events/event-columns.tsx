import type { EventView } from '@watchfloor/contracts/events'
import { ChevronDown, ChevronRight } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { Column } from '../../ui/data-table.tsx'
import { ListTime, listTimeTrack, useBreadth } from '../../ui/display.tsx'
import { eventSummary, fieldText } from '../../ui/format/field-value.ts'
import { ValueChip } from '../../ui/value-chip.tsx'

/** Columns of the event list: time, what somebody chose, else source and one telling line. */
export function useEventColumns(
  chosen: readonly string[],
  expanded: ReadonlySet<string>,
  onToggle: (id: string) => void,
): Column<EventView>[] {
  const { t } = useTranslation('events')
  const breadth = useBreadth()
  const expander: Column<EventView> = {
    id: 'expand',
    header: '',
    track: '20px',
    cell: (event) => (
      <button
        type="button"
        tabIndex={-1}
        aria-label={t('expand')}
        aria-expanded={expanded.has(event.id)}
        className="flex size-5 items-center justify-center rounded-sm text-text-3 hover:bg-surface-3"
        onClick={() => onToggle(event.id)}
      >
        {expanded.has(event.id) ? <ChevronDown size={14} aria-hidden /> : <ChevronRight size={14} aria-hidden />}
      </button>
    ),
  }
  const time: Column<EventView> = {
    id: 'time',
    header: t('column.time'),
    track: listTimeTrack(breadth),
    cell: (event) => <ListTime at={event.time} className="mono text-text-2" />,
  }
  if (chosen.length === 0)
    return [
      expander,
      time,
      {
        id: 'source',
        header: t('column.source'),
        track: '140px',
        from: 'tablet',
        cell: (event) => <span className="text-text-2">{event.sourceName}</span>,
      },
      {
        id: 'summary',
        header: t('column.summary'),
        track: 'minmax(0, 1fr)',
        cell: (event) => <span className="mono">{eventSummary(event.fields, event.raw)}</span>,
      },
    ]
  return [
    expander,
    time,
    ...chosen.map(
      (field): Column<EventView> => ({
        id: field,
        header: field,
        track: 'minmax(100px, 1fr)',
        cell: (event) =>
          field in event.fields ? (
            <ValueChip field={field} value={fieldText(event.fields[field])} plain />
          ) : (
            <span className="text-text-3">–</span>
          ),
      }),
    ),
  ]
}
