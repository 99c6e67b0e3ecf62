import { useNavigate } from '@tanstack/react-router'
import { ArrowUp, PartyPopper } from 'lucide-react'
import { lazy, Suspense, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { usePageTime } from '../../app/time.tsx'
import { useUrlState } from '../../app/url-state.ts'
import { Button } from '../../ui/button.tsx'
import { formatCount } from '../../ui/format/number.ts'
import { type Shortcut, useShortcuts } from '../../ui/keyboard/keyboard.tsx'
import { useListCursor } from '../../ui/list-cursor.ts'
import { PageHeader } from '../../ui/page.tsx'
import { PagedList } from '../../ui/paged-list.tsx'
import { SidePanel } from '../../ui/side-panel.tsx'
import { EmptyState } from '../../ui/states.tsx'
import { TimeRangePicker } from '../../ui/time-range-picker.tsx'
import { useListSelection } from '../../ui/use-list-selection.ts'
import { ValueActionsProvider } from '../../ui/value-chip.tsx'
import { useAlertColumns } from './alert-columns.tsx'
import { AlertFilters } from './alert-filters.tsx'
import { BulkBar } from './bulk-bar.tsx'
import { useAlertList, useBulkChange } from './data.ts'
import { filterFromUrl, sortFromUrl } from './filter.ts'
import { useTriage } from './triage-keys.ts'

const AlertPanel = lazy(() => import('./alert-panel.tsx'))
const TriageDialogs = lazy(() => import('./triage-dialogs.tsx'))

/** Triage: the list of alerts, live, worked by keyboard. */
export function AlertListPage() {
  const { t } = useTranslation('alerts')
  const navigate = useNavigate()
  const [url, setUrl] = useUrlState()
  const time = usePageTime('all')
  const filter = useMemo(() => filterFromUrl(url, time.range.kind === 'all' ? null : time), [url, time])
  const sort = sortFromUrl(url)
  const list = useAlertList(filter, sort)
  const ids = useMemo(() => list.rows.map((alert) => alert.id), [list.rows])
  const cursor = useListCursor(ids, 'alerts', url.open)
  const selection = useListSelection(ids, filter)
  const columns = useAlertColumns(url.open !== undefined)
  const bulk = useBulkChange()
  const target = selection.target(cursor.cursor)
  const count = selection.wholeFilter ? (list.total ?? 0) : target && 'ids' in target ? target.ids.length : 0
  const triage = useTriage(target !== null, (wanted) => {
    if (!target) return
    bulk.mutate({ target, wanted })
    selection.clear()
  })
  const openFull = (id: string | undefined) => id && void navigate({ to: '/alerts/$alertId', params: { alertId: id } })
  const peek = (id: string | undefined) => setUrl({ open: id }, { replace: true })
  const move = (by: number) => {
    const id = cursor.move(by)
    if (url.open !== undefined) peek(id)
  }
  const leave = () =>
    url.open !== undefined
      ? peek(undefined)
      : selection.selected.size > 0 || selection.wholeFilter
        ? selection.clear()
        : cursor.set(undefined)
  const key = (keys: string, name: string, run: () => void): Shortcut => ({
    keys,
    label: t(`key.${name}`),
    group: t('key.group'),
    run,
  })
  useShortcuts([
    key('j', 'down', () => move(1)),
    key('k', 'up', () => move(-1)),
    key('ArrowDown', 'down', () => move(1)),
    key('ArrowUp', 'up', () => move(-1)),
    key('Enter', 'open', () => openFull(cursor.cursor)),
    key('Space', 'peek', () => peek(url.open === cursor.cursor ? undefined : cursor.cursor)),
    key('x', 'select', () => cursor.cursor && selection.toggle(cursor.cursor, false)),
    key('shift+x', 'select', () => cursor.cursor && selection.toggle(cursor.cursor, true)),
    key('mod+a', 'selectAll', selection.selectAll),
    key('n', 'fresh', list.showFresh),
    key('r', 'refresh', list.showFresh),
    key('Escape', 'escape', leave),
  ])
  const anyFilter =
    Object.keys(url).some((name) => !['open', 'sort', 'range'].includes(name)) || time.range.kind !== 'all'
  const clearFilters = () => void navigate({ to: '/alerts', search: { range: 'all' } })
  return (
    <>
      <PageHeader
        title={t('title')}
        count={list.total}
        figure={list.total !== undefined && t('figure', { count: list.total, formatted: formatCount(list.total) })}
        actions={
          <TimeRangePicker
            value={time.range}
            onChange={time.set}
            onRefresh={list.showFresh}
            refreshing={list.isRefetching}
          />
        }
      />
      <AlertFilters url={url} setUrl={setUrl} time={time} />
      {(selection.selected.size > 0 || selection.wholeFilter) && (
        <BulkBar
          count={count}
          total={list.total}
          wholeFilter={selection.wholeFilter}
          canWiden={selection.selected.size >= list.rows.length && (list.total ?? 0) > list.rows.length}
          onWiden={selection.widen}
          onClear={selection.clear}
          triage={triage}
        />
      )}
      <ValueActionsProvider actions={{ filterFor: (_field, value) => setUrl({ entity: value }) }}>
        <div className="relative flex min-h-0 flex-1">
          <div className="relative flex min-w-0 flex-1 flex-col">
            {list.fresh > 0 && (
              <Button
                tone="primary"
                size="sm"
                icon={<ArrowUp size={12} aria-hidden />}
                hint="n"
                className="absolute top-10 left-1/2 z-20 -translate-x-1/2 rounded-full! shadow-float"
                onClick={list.showFresh}
              >
                {t('fresh', { count: list.fresh })}
              </Button>
            )}
            <PagedList
              list={list}
              empty={
                <EmptyState
                  icon={<PartyPopper size={22} />}
                  title={anyFilter ? t('empty.filteredTitle') : t('empty.title')}
                  text={anyFilter ? t('empty.filteredText') : t('empty.text')}
                  action={
                    <Button onClick={anyFilter ? clearFilters : () => setUrl({ status: 'all' })}>
                      {anyFilter ? t('empty.filteredAction') : t('empty.action')}
                    </Button>
                  }
                />
              }
              label={t('list')}
              rows={list.rows}
              rowId={(alert) => alert.id}
              columns={columns}
              cursor={cursor.cursor}
              onCursor={(id) => {
                cursor.set(id)
                peek(id)
              }}
              selected={selection.wholeFilter ? new Set(ids) : selection.selected}
              onSelect={selection.toggle}
              sort={sort}
              onSort={(next) => setUrl({ sort: next === 'newest' ? undefined : next })}
              totalRows={list.total}
              placeKey="alerts"
            />
          </div>
          {url.open && (
            <SidePanel label={t('page.panel')} onClose={() => peek(undefined)} onOpenFull={() => openFull(url.open)}>
              <Suspense fallback={null}>
                <AlertPanel id={url.open} triage={triage} />
              </Suspense>
            </SidePanel>
          )}
        </div>
      </ValueActionsProvider>
      {triage.dialog && (
        <Suspense fallback={null}>
          <TriageDialogs triage={triage} count={Math.max(1, count)} />
        </Suspense>
      )}
    </>
  )
}
