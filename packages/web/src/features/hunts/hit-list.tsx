import { Link, useNavigate } from '@tanstack/react-router'
import type { HuntHit } from '@watchfloor/contracts/hunts'
import { ChevronDown, ChevronRight } from 'lucide-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { ListTime, listTimeTrack, useBreadth } from '../../ui/display.tsx'
import { FieldTable } from '../../ui/field-table.tsx'
import { useShortcuts } from '../../ui/keyboard/keyboard.tsx'
import { useListCursor } from '../../ui/list-cursor.ts'
import { SeverityBadge } from '../../ui/severity.tsx'
import { Skeleton } from '../../ui/states.tsx'
import { useHitEvent } from './data.ts'

const idOf = (hit: HuntHit): string => `${hit.eventId} ${hit.ruleId}`

/** The hits, each of which opens beneath its row: why it is one, and the whole event. */
export function HitList({
  rows,
  total,
  onEnd,
  loadingMore,
}: {
  rows: readonly HuntHit[]
  total: number | undefined
  onEnd: (() => void) | undefined
  loadingMore: boolean
}) {
  const { t } = useTranslation('hunts')
  const navigate = useNavigate()
  const [expanded, setExpanded] = useState<ReadonlySet<string>>(new Set())
  const ids = useMemo(() => rows.map(idOf), [rows])
  const cursor = useListCursor(ids, 'hunt-hits')
  const toggle = (id: string) =>
    setExpanded((now) => {
      const next = new Set(now)
      if (!next.delete(id)) next.add(id)
      return next
    })
  const columns = useHitColumns(expanded, toggle)
  const group = t('key.group')
  useShortcuts([
    { keys: 'j', label: t('key.down'), group, run: () => cursor.move(1) },
    { keys: 'k', label: t('key.up'), group, run: () => cursor.move(-1) },
    { keys: 'Space', label: t('expand'), group, run: () => cursor.cursor && toggle(cursor.cursor) },
    {
      keys: 'Enter',
      label: t('openEvent'),
      group,
      run: () => {
        const hit = rows.find((one) => idOf(one) === cursor.cursor)
        if (hit) void navigate({ to: '/events/$eventId', params: { eventId: hit.eventId } })
      },
    },
  ])
  return (
    <DataTable
      label={t('hitList')}
      rows={rows}
      rowId={idOf}
      columns={columns}
      cursor={cursor.cursor}
      onCursor={(id) => {
        cursor.set(id)
        toggle(id)
      }}
      expanded={expanded}
      expansion={(hit) => <HitDetail hit={hit} />}
      onEnd={onEnd}
      loadingMore={loadingMore}
      totalRows={total}
    />
  )
}

function useHitColumns(expanded: ReadonlySet<string>, onToggle: (id: string) => void): Column<HuntHit>[] {
  const { t } = useTranslation('hunts')
  const breadth = useBreadth()
  return [
    {
      id: 'expand',
      header: '',
      track: '20px',
      cell: (hit) => (
        <button
          type="button"
          tabIndex={-1}
          aria-label={t('expand')}
          aria-expanded={expanded.has(idOf(hit))}
          className="flex size-5 items-center justify-center rounded-sm text-text-3 hover:bg-surface-3"
          onClick={() => onToggle(idOf(hit))}
        >
          {expanded.has(idOf(hit)) ? <ChevronDown size={14} aria-hidden /> : <ChevronRight size={14} aria-hidden />}
        </button>
      ),
    },
    {
      id: 'time',
      header: t('column.time'),
      track: listTimeTrack(breadth),
      cell: (hit) => <ListTime at={hit.time} className="mono text-text-2" />,
    },
    {
      id: 'rule',
      header: t('column.rule'),
      track: 'minmax(0, 1fr)',
      from: 'wide',
      cell: (hit) => (
        <span className="flex items-center gap-2">
          <SeverityBadge severity={hit.level} compact />
          <span className="truncate">{hit.title}</span>
        </span>
      ),
    },
    {
      id: 'host',
      header: t('column.host'),
      track: '140px',
      from: 'tablet',
      cell: (hit) => <span className="mono">{hit.entities['host.name'] ?? hit.entities['source.ip'] ?? '–'}</span>,
    },
    {
      id: 'user',
      header: t('column.user'),
      track: '120px',
      from: 'wide',
      cell: (hit) => <span className="mono">{hit.entities['user.name'] ?? '–'}</span>,
    },
    {
      id: 'what',
      header: t('column.what'),
      track: 'minmax(0, 2fr)',
      cell: (hit) => <span className="mono">{whatOf(hit)}</span>,
    },
  ]
}

/** What was met, short; of a correlation what its events have in common, and how many they are. */
function whatOf({ kind, matched, preview }: HuntHit): string {
  if (kind !== 'correlation') return matched.at(-1)?.value ?? preview
  const valuesOf = (selection: string) => matched.filter((one) => one.selection === selection).map((one) => one.value)
  const count = valuesOf('matches').reduce((sum, one) => sum + Number(one), 0)
  return [...valuesOf('group'), `× ${count}`].join(' ')
}

function HitDetail({ hit }: { hit: HuntHit }) {
  const { t } = useTranslation('hunts')
  const event = useHitEvent(hit.eventId)
  const matched = useMemo(
    () => new Map(hit.matched.flatMap((one) => (one.field === null ? [] : [[one.field, one.predicate] as const]))),
    [hit.matched],
  )
  return (
    <div className="m-2 overflow-hidden rounded border border-line bg-surface">
      <div className="border-b border-line px-3 py-2">
        <h3 className="label mb-1">{t('matched')}</h3>
        {hit.matched.map((one) => (
          <div key={`${one.selection}${one.predicate}`} className="mono break-all">
            {one.predicate} <mark>{one.value}</mark>
          </div>
        ))}
      </div>
      {event.isPending ? (
        <Skeleton className="m-3 h-24" />
      ) : event.isError ? (
        <div className="px-3 py-2">
          <p className="text-text-2">{t('eventGone')}</p>
          <pre className="mono mt-1 break-all whitespace-pre-wrap">{hit.preview}</pre>
        </div>
      ) : (
        <FieldTable fields={event.data.fields} raw={event.data.raw} matched={matched} />
      )}
      <div className="border-t border-line px-3 py-1.5">
        <Link to="/events/$eventId" params={{ eventId: hit.eventId }} className="link text-12">
          {t('openEvent')}
        </Link>
      </div>
    </div>
  )
}
