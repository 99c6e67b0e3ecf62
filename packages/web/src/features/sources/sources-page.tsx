import { DatabaseZap, Plus } from 'lucide-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMay } from '../../app/session/me.tsx'
import { SectionTabs } from '../../app/shell/section-tabs.tsx'
import { UrlSearch } from '../../app/url-filters.tsx'
import { useUrlState } from '../../app/url-state.ts'
import { Button } from '../../ui/button.tsx'
import { DataTable } from '../../ui/data-table.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { formatCount } from '../../ui/format/number.ts'
import { useShortcuts } from '../../ui/keyboard/keyboard.tsx'
import { useListKeys } from '../../ui/keyboard/list-keys.ts'
import { FilterBar, PageHeader } from '../../ui/page.tsx'
import { BesidePanel, SidePanel } from '../../ui/side-panel.tsx'
import { EmptyState, ErrorState, SkeletonRows } from '../../ui/states.tsx'
import { useCreateSource, useSources } from './data.ts'
import { useSourceColumns } from './source-columns.tsx'
import { SourceFields } from './source-form.tsx'
import { SourcePanel } from './source-panel.tsx'

/** Where logs come from, and how each of them is. */
export function SourcesPage() {
  const { t } = useTranslation('sources')
  const may = useMay()
  const [url, setUrl] = useUrlState()
  const sources = useSources()
  const create = useCreateSource()
  const [adding, setAdding] = useState(false)
  const columns = useSourceColumns(url.open !== undefined)
  const all = sources.data?.items
  const rows = useMemo(
    () => (all ?? []).filter((source) => source.name.toLowerCase().includes((url.q ?? '').toLowerCase())),
    [all, url.q],
  )
  const ids = useMemo(() => rows.map((source) => source.id as string), [rows])
  const open = all?.find((source) => source.id === url.open)
  const peek = (id: string | undefined) => setUrl({ open: id }, { replace: true })
  const cursor = useListKeys({
    ids,
    placeKey: 'sources',
    group: t('key.group'),
    words: { down: t('key.down'), up: t('key.up'), open: t('key.open'), close: t('key.close') },
    opened: url.open,
    onOpen: peek,
  })
  const mayAdd = may('sources:write')
  useShortcuts(mayAdd ? [{ keys: '+', label: t('key.add'), group: t('key.group'), run: () => setAdding(true) }] : [])
  const addButton = mayAdd && (
    <Button tone="primary" icon={<Plus size={14} aria-hidden />} onClick={() => setAdding(true)}>
      {t('add')}
    </Button>
  )
  return (
    <>
      <PageHeader
        title={t('title')}
        figure={all && t('figure', { count: all.length, formatted: formatCount(all.length) })}
        tabs={<SectionTabs section="detection" />}
        actions={addButton}
      />
      <FilterBar label={t('filters')}>
        <UrlSearch label={t('search')} />
      </FilterBar>
      <BesidePanel
        panel={
          open && (
            <SidePanel label={t('panel.title')} onClose={() => peek(undefined)}>
              <SourcePanel source={open} />
            </SidePanel>
          )
        }
      >
        {sources.isPending ? (
          <SkeletonRows />
        ) : sources.isError ? (
          <ErrorState error={sources.error} onRetry={() => void sources.refetch()} />
        ) : rows.length === 0 ? (
          all?.length === 0 ? (
            <EmptyState
              icon={<DatabaseZap size={22} />}
              title={t('empty.title')}
              text={t('empty.text')}
              action={addButton}
            />
          ) : (
            <EmptyState
              title={t('noneFound.title')}
              action={<Button onClick={() => setUrl({ q: undefined })}>{t('noneFound.action')}</Button>}
            />
          )
        ) : (
          <DataTable
            label={t('list')}
            rows={rows}
            rowId={(source) => source.id}
            columns={columns}
            cursor={cursor.cursor}
            onCursor={(id) => {
              cursor.set(id)
              peek(id)
            }}
            placeKey="sources"
          />
        )}
      </BesidePanel>
      <Dialog open={adding} onClose={() => setAdding(false)} title={t('form.title')} description={t('form.text')}>
        <SourceFields
          error={create.error}
          busy={create.isPending}
          onCreate={(form) =>
            create.mutate(form, {
              onSuccess: (source) => {
                setAdding(false)
                peek(source.id)
              },
            })
          }
        />
      </Dialog>
    </>
  )
}
