import { Link, useNavigate } from '@tanstack/react-router'
import type { EventView } from '@watchfloor/contracts/events'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { DataTable } from '../../ui/data-table.tsx'
import { FieldTable } from '../../ui/field-table.tsx'
import { type Shortcut, useShortcuts } from '../../ui/keyboard/keyboard.tsx'
import { useListCursor } from '../../ui/list-cursor.ts'
import { useEventColumns } from './event-columns.tsx'

/** The found events, each of which opens beneath its row. */
export function EventList({
  rows,
  total,
  columns,
  onEnd,
  loadingMore,
}: {
  rows: readonly EventView[]
  total: number | undefined
  columns: readonly string[]
  onEnd: (() => void) | undefined
  loadingMore: boolean
}) {
  const { t } = useTranslation('events')
  const navigate = useNavigate()
  const [expanded, setExpanded] = useState<ReadonlySet<string>>(new Set())
  const ids = useMemo(() => rows.map((event) => event.id as string), [rows])
  const cursor = useListCursor(ids, 'events')
  const toggle = (id: string) =>
    setExpanded((now) => {
      const next = new Set(now)
      if (!next.delete(id)) next.add(id)
      return next
    })
  const tableColumns = useEventColumns(columns, expanded, toggle)
  const key = (keys: string, name: string, run: () => void): Shortcut => ({
    keys,
    label: t(`key.${name}`),
    group: t('key.group'),
    run,
  })
  useShortcuts([
    key('j', 'down', () => cursor.move(1)),
    key('k', 'up', () => cursor.move(-1)),
    key('ArrowDown', 'down', () => cursor.move(1)),
    key('ArrowUp', 'up', () => cursor.move(-1)),
    key('Space', 'expand', () => cursor.cursor && toggle(cursor.cursor)),
    key(
      'Enter',
      'open',
      () => cursor.cursor && void navigate({ to: '/events/$eventId', params: { eventId: cursor.cursor } }),
    ),
    key('Escape', 'collapse', () => (expanded.size > 0 ? setExpanded(new Set()) : cursor.set(undefined))),
  ])
  return (
    <DataTable
      label={t('list')}
      rows={rows}
      rowId={(event) => event.id}
      columns={tableColumns}
      cursor={cursor.cursor}
      onCursor={(id) => {
        cursor.set(id)
        toggle(id)
      }}
      expanded={expanded}
      expansion={(event) => (
        <div className="m-2 overflow-hidden rounded border border-line bg-surface">
          <FieldTable fields={event.fields} raw={event.raw} />
          <div className="border-t border-line px-3 py-1.5">
            <Link to="/events/$eventId" params={{ eventId: event.id }} className="link text-12">
              {t('key.open')}
            </Link>
          </div>
        </div>
      )}
      onEnd={onEnd}
      loadingMore={loadingMore}
      totalRows={total}
      placeKey="events"
    />
  )
}
