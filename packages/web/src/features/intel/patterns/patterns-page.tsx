import { Plus, Shapes, Upload } from 'lucide-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMay } from '../../../app/session/me.tsx'
import { SectionTabs } from '../../../app/shell/section-tabs.tsx'
import { UrlFilter, UrlSearch } from '../../../app/url-filters.tsx'
import { useUrlState } from '../../../app/url-state.ts'
import { Button } from '../../../ui/button.tsx'
import { formatCount } from '../../../ui/format/number.ts'
import { useShortcuts } from '../../../ui/keyboard/keyboard.tsx'
import { useListKeys } from '../../../ui/keyboard/list-keys.ts'
import { FilterBar, PageHeader } from '../../../ui/page.tsx'
import { PagedList } from '../../../ui/paged-list.tsx'
import { BesidePanel, SidePanel } from '../../../ui/side-panel.tsx'
import { EmptyState } from '../../../ui/states.tsx'
import { useMatching } from '../data.ts'
import { patternFilterFromUrl, patternScopes, patternStates, usePattern, usePatterns } from './data.ts'
import { PatternImportDialog } from './import-dialog.tsx'
import { usePatternColumns } from './pattern-columns.tsx'
import { PatternDialog } from './pattern-dialog.tsx'
import { PatternPanel } from './pattern-panel.tsx'

/** STIX patterns: what every event is held against besides rules and listed values. */
export function PatternsPage() {
  const { t } = useTranslation('patterns')
  const may = useMay()
  const mayWrite = may('intel:write')
  const [url, setUrl] = useUrlState()
  const filter = useMemo(() => patternFilterFromUrl(url), [url])
  const list = usePatterns(filter)
  const matching = useMatching(may('detections:read'))
  const [dialog, setDialog] = useState<'add' | 'import'>()
  const rows = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data])
  const ids = useMemo(() => rows.map((one) => one.id as string), [rows])
  const listed = rows.find((one) => one.id === url.open)
  const apart = usePattern(list.isPending || listed ? undefined : url.open)
  const open = listed ?? apart.data
  const columns = usePatternColumns(open !== undefined)
  const peek = (id: string | undefined) => setUrl({ open: id }, { replace: true })
  const cursor = useListKeys({
    ids,
    placeKey: 'patterns',
    group: t('key.group'),
    words: { down: t('key.down'), up: t('key.up'), open: t('key.open'), close: t('key.close') },
    opened: url.open,
    onOpen: peek,
  })
  useShortcuts(mayWrite ? [{ keys: '+', label: t('key.add'), group: t('key.group'), run: () => setDialog('add') }] : [])
  const running = matching.data?.patterns
  const writing = mayWrite && (
    <>
      <Button icon={<Upload size={14} aria-hidden />} onClick={() => setDialog('import')}>
        {t('import')}
      </Button>
      <Button tone="primary" icon={<Plus size={14} aria-hidden />} hint="+" onClick={() => setDialog('add')}>
        {t('add')}
      </Button>
    </>
  )
  return (
    <>
      <PageHeader
        title={t('title')}
        figure={running !== undefined && t('running', { count: running, formatted: formatCount(running) })}
        tabs={<SectionTabs section="intelligence" />}
        actions={writing}
      />
      <PatternFilters />
      <BesidePanel
        panel={
          open && (
            <SidePanel label={t('panel.title')} onClose={() => peek(undefined)}>
              <PatternPanel key={open.id} pattern={open} onGone={() => peek(undefined)} />
            </SidePanel>
          )
        }
      >
        <PagedList
          list={list}
          empty={
            Object.keys(filter).length > 0 ? (
              <EmptyState
                title={t('noneFound.title')}
                action={
                  <Button onClick={() => setUrl({ q: undefined, scope: undefined, state: undefined })}>
                    {t('noneFound.action')}
                  </Button>
                }
              />
            ) : (
              <EmptyState
                icon={<Shapes size={22} />}
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
          placeKey="patterns"
        />
      </BesidePanel>
      <PatternImportDialog open={dialog === 'import'} onClose={() => setDialog(undefined)} />
      <PatternDialog
        open={dialog === 'add'}
        onClose={() => setDialog(undefined)}
        onSaved={(id) => {
          setDialog(undefined)
          peek(id)
        }}
      />
    </>
  )
}

function PatternFilters() {
  const { t } = useTranslation('patterns')
  return (
    <FilterBar label={t('filters')}>
      <UrlSearch label={t('search')} />
      <UrlFilter
        single
        name="scope"
        label={t('filter.scope')}
        options={patternScopes.map((scope) => ({
          value: scope,
          text: t(`scope.${scope}`),
        }))}
      />
      <UrlFilter
        single
        name="state"
        label={t('filter.state')}
        options={patternStates.map((state) => ({
          value: state,
          text: t(`state.${state}`),
        }))}
      />
    </FilterBar>
  )
}
