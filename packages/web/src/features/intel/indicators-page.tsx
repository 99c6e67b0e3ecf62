import { useNavigate } from '@tanstack/react-router'
import type { IndicatorBulkAction } from '@watchfloor/contracts/intel'
import { Binoculars, Crosshair, Plus, Radar, Upload } from 'lucide-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMay } from '../../app/session/me.tsx'
import { SectionTabs } from '../../app/shell/section-tabs.tsx'
import { useUrlState } from '../../app/url-state.ts'
import { Button } from '../../ui/button.tsx'
import { formatCount } from '../../ui/format/number.ts'
import { useShortcuts } from '../../ui/keyboard/keyboard.tsx'
import { useListKeys } from '../../ui/keyboard/list-keys.ts'
import { PageHeader } from '../../ui/page.tsx'
import { PagedList } from '../../ui/paged-list.tsx'
import { BesidePanel, SidePanel } from '../../ui/side-panel.tsx'
import { EmptyState } from '../../ui/states.tsx'
import { useListSelection } from '../../ui/use-list-selection.ts'
import { useBulkIndicators, useIndicatorFacets, useIndicators, useMatching } from './data.ts'
import { huntedOf, indicatorFilterFromUrl, indicatorSortFromUrl } from './filter.ts'
import { ImportDialog } from './import-dialog.tsx'
import { IndicatorBulkBar } from './indicator-bulk-bar.tsx'
import { useIndicatorColumns } from './indicator-columns.tsx'
import { IndicatorFilters } from './indicator-filters.tsx'
import { IndicatorPanel } from './indicator-panel.tsx'
import { LookupDialog } from './lookup-dialog.tsx'
import { NewIndicatorDialog } from './new-indicator-dialog.tsx'

/** Values that mean harm, by whoever lists them. */
export function IndicatorsPage() {
  const { t } = useTranslation('intel')
  const may = useMay()
  const mayWrite = may('intel:write')
  const navigate = useNavigate()
  const [url, setUrl] = useUrlState()
  const filter = useMemo(() => indicatorFilterFromUrl(url), [url])
  const list = useIndicators(filter, indicatorSortFromUrl(url))
  const facets = useIndicatorFacets()
  const matching = useMatching(may('detections:read'))
  const [dialog, setDialog] = useState<'add' | 'import' | 'look'>()
  const rows = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data])
  const ids = useMemo(() => rows.map((one) => one.id as string), [rows])
  const open = rows.find((one) => one.id === url.open)
  const columns = useIndicatorColumns(open !== undefined)
  const peek = (id: string | undefined) => setUrl({ open: id }, { replace: true })
  const selection = useListSelection(ids, filter)
  const bulk = useBulkIndicators()
  const target = selection.target(undefined)
  /** Of the chosen rows those that a switch changes: only they are to be switched back. */
  const switchable = (action: IndicatorBulkAction) =>
    rows.filter((one) => selection.selected.has(one.id) && one.enabled !== (action === 'on')).map((one) => one.id)
  const canUndo = (action: IndicatorBulkAction) => (action === 'on' || action === 'off') && !selection.wholeFilter
  const change = (action: IndicatorBulkAction) => {
    const undoable = canUndo(action)
    const chosen = undoable ? { ids: switchable(action) } : target
    if (!chosen || ('ids' in chosen && chosen.ids.length === 0)) return selection.clear()
    bulk.mutate({ target: chosen, action, undoable }, { onSuccess: selection.clear })
  }
  const cursor = useListKeys({
    ids,
    placeKey: 'indicators',
    group: t('key.group'),
    words: { down: t('key.down'), up: t('key.up'), open: t('key.open'), close: t('key.close') },
    opened: url.open,
    onOpen: peek,
  })
  useShortcuts([
    { keys: 'l', label: t('key.lookUp'), group: t('key.group'), run: () => setDialog('look') },
    ...(mayWrite
      ? [
          {
            keys: 'x',
            label: t('key.select'),
            group: t('key.group'),
            run: () => cursor.cursor && selection.toggle(cursor.cursor, false),
          },
          { keys: '+', label: t('key.add'), group: t('key.group'), run: () => setDialog('add') },
        ]
      : []),
  ])
  const isFiltered = Object.keys(filter).length > 0
  const lookUp = (
    <Button icon={<Binoculars size={14} aria-hidden />} hint="l" onClick={() => setDialog('look')}>
      {t('lookUp')}
    </Button>
  )
  const writing = mayWrite && (
    <>
      <Button icon={<Upload size={14} aria-hidden />} onClick={() => setDialog('import')}>
        {t('import')}
      </Button>
      <Button tone="primary" icon={<Plus size={14} aria-hidden />} onClick={() => setDialog('add')}>
        {t('add')}
      </Button>
    </>
  )
  return (
    <>
      <PageHeader
        title={t('title')}
        figure={
          facets.data && (
            <>
              {t('figure', { active: formatCount(facets.data.active), total: formatCount(facets.data.total) })}
              {matching.data && <> · {t('running', { formatted: formatCount(matching.data.indicators) })}</>}
            </>
          )
        }
        tabs={<SectionTabs section="intelligence" />}
        actions={
          <>
            {lookUp}
            {writing}
          </>
        }
      />
      <IndicatorFilters
        url={url}
        setUrl={setUrl}
        facets={facets.data}
        action={
          may('hunts:run') &&
          rows.length > 0 && (
            <Button
              size="sm"
              tone="quiet"
              icon={<Radar size={14} aria-hidden />}
              onClick={() => void navigate({ to: '/hunts', search: { kind: 'indicators', listed: huntedOf(filter) } })}
            >
              {t('hunt')}
            </Button>
          )
        }
      />
      {selection.any && (
        <IndicatorBulkBar
          count={selection.wholeFilter ? undefined : selection.selected.size}
          wholeFilter={selection.wholeFilter}
          canWiden={selection.selected.size >= rows.length && list.hasNextPage}
          canUndo={canUndo}
          onWiden={selection.widen}
          onClear={selection.clear}
          onAction={change}
        />
      )}
      <BesidePanel
        panel={
          open && (
            <SidePanel label={t('panel.title')} onClose={() => peek(undefined)}>
              <IndicatorPanel key={open.id} indicator={open} onGone={() => peek(undefined)} />
            </SidePanel>
          )
        }
      >
        <PagedList
          list={list}
          empty={
            isFiltered ? (
              <EmptyState
                title={t('noneFound.title')}
                action={
                  <Button
                    onClick={() =>
                      setUrl({
                        q: undefined,
                        type: undefined,
                        source: undefined,
                        label: undefined,
                        state: undefined,
                        confidence: undefined,
                      })
                    }
                  >
                    {t('noneFound.action')}
                  </Button>
                }
              />
            ) : (
              <EmptyState
                icon={<Crosshair size={22} />}
                title={t('empty.title')}
                text={t('empty.text')}
                action={writing}
              />
            )
          }
          label={t('list')}
          rows={rows}
          rowId={(one) => one.id}
          columns={columns}
          cursor={cursor.cursor}
          onCursor={(id) => {
            cursor.set(id)
            peek(id)
          }}
          {...(mayWrite && {
            selected: selection.wholeFilter ? new Set(ids) : selection.selected,
            onSelect: selection.toggle,
            onSelectAll: (all) => (all ? selection.selectAll() : selection.clear()),
          })}
          placeKey="indicators"
        />
      </BesidePanel>
      <LookupDialog open={dialog === 'look'} onClose={() => setDialog(undefined)} />
      <ImportDialog open={dialog === 'import'} onClose={() => setDialog(undefined)} />
      <NewIndicatorDialog
        open={dialog === 'add'}
        onClose={() => setDialog(undefined)}
        onAdded={(id) => {
          setDialog(undefined)
          peek(id)
        }}
      />
    </>
  )
}
