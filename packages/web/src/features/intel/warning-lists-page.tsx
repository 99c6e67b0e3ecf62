import { useQueryClient } from '@tanstack/react-query'
import type { MispWarningList, WarningList, WarningListEffect } from '@watchfloor/contracts/intel'
import { ShieldCheck, Upload } from 'lucide-react'
import { useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMay } from '../../app/session/me.tsx'
import { SectionTabs } from '../../app/shell/section-tabs.tsx'
import { UrlSearch } from '../../app/url-filters.tsx'
import { useUrlState } from '../../app/url-state.ts'
import { Button } from '../../ui/button.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { RelativeTime } from '../../ui/display.tsx'
import { formatCount } from '../../ui/format/number.ts'
import { useListCursor } from '../../ui/list-cursor.ts'
import { FilterBar, PageHeader } from '../../ui/page.tsx'
import { EmptyState, ErrorState, SkeletonRows } from '../../ui/states.tsx'
import { toastDone, toastError } from '../../ui/toast.tsx'
import { importWarningList, useSetEffect, useWarningLists } from './data.ts'

const effects: readonly WarningListEffect[] = ['block', 'inform', 'off']

/** Values that are known to be harmless, and what is done about them. */
export function WarningListsPage() {
  const { t } = useTranslation('intel')
  const mayWrite = useMay()('intel:write')
  const [url, setUrl] = useUrlState()
  const lists = useWarningLists()
  const columns = useColumns(mayWrite)
  const all = lists.data?.items
  const rows = useMemo(
    () => (all ?? []).filter((list) => list.name.toLowerCase().includes((url.q ?? '').toLowerCase())),
    [all, url.q],
  )
  const cursor = useListCursor(
    useMemo(() => rows.map((list) => list.id as string), [rows]),
    'warning-lists',
  )
  const importing = mayWrite && <ImportButton />
  return (
    <>
      <PageHeader
        title={t('warning.title')}
        figure={all && t('warning.figure', { count: all.length, formatted: formatCount(all.length) })}
        tabs={<SectionTabs section="intelligence" />}
        actions={importing}
      />
      <FilterBar label={t('warning.filters')}>
        <UrlSearch label={t('warning.search')} />
        <span className="text-12 text-text-3">{t('warning.effectHint')}</span>
      </FilterBar>
      {lists.isPending ? (
        <SkeletonRows />
      ) : lists.isError ? (
        <ErrorState error={lists.error} onRetry={() => void lists.refetch()} />
      ) : rows.length === 0 ? (
        all?.length === 0 ? (
          <EmptyState
            icon={<ShieldCheck size={22} />}
            title={t('warning.empty.title')}
            text={t('warning.empty.text')}
            action={importing}
          />
        ) : (
          <EmptyState
            title={t('noneFound.title')}
            action={<Button onClick={() => setUrl({ q: undefined })}>{t('noneFound.action')}</Button>}
          />
        )
      ) : (
        <DataTable
          label={t('warning.list')}
          rows={rows}
          rowId={(list) => list.id}
          columns={columns}
          cursor={cursor.cursor}
          onCursor={cursor.set}
          placeKey="warning-lists"
        />
      )}
    </>
  )
}

function useColumns(mayWrite: boolean): Column<WarningList>[] {
  const { t } = useTranslation('intel')
  const setEffect = useSetEffect()
  return [
    {
      id: 'name',
      header: t('warning.column.name'),
      track: 'minmax(160px, 3fr)',
      cell: (list) => <span title={list.description || list.name}>{list.name}</span>,
    },
    {
      id: 'type',
      header: t('warning.column.type'),
      track: '132px',
      from: 'tablet',
      cell: (list) => <span className="text-text-2">{t(`warning.type.${list.type}`)}</span>,
    },
    {
      id: 'appliesTo',
      header: t('warning.column.appliesTo'),
      track: 'minmax(0, 1.4fr)',
      from: 'wide',
      cell: (list) => (
        <span className="text-text-2">
          {list.appliesTo.length === 0 ? t('warning.all') : list.appliesTo.map((type) => t(`type.${type}`)).join(', ')}
        </span>
      ),
    },
    {
      id: 'entries',
      header: t('warning.column.entries'),
      track: '88px',
      align: 'end',
      from: 'tablet',
      cell: (list) => formatCount(list.entries),
    },
    {
      id: 'updated',
      header: t('warning.column.updated'),
      track: '92px',
      align: 'end',
      from: 'wide',
      cell: (list) => <RelativeTime at={list.updatedAt} className="text-text-2" />,
    },
    {
      id: 'effect',
      header: t('warning.column.effect'),
      track: '124px',
      cell: (list) =>
        mayWrite ? (
          <select
            aria-label={t('warning.effectOf', { name: list.name })}
            className="field h-6 py-0 text-12"
            value={list.effect}
            onChange={(event) => setEffect.mutate({ id: list.id, effect: event.target.value as WarningListEffect })}
          >
            {effects.map((effect) => (
              <option key={effect} value={effect}>
                {t(`warning.effect.${effect}`)}
              </option>
            ))}
          </select>
        ) : (
          t(`warning.effect.${list.effect}`)
        ),
    },
  ]
}

/** A list by its file: `list.json` is called by its name within, another by its own. */
const slugOf = (file: File, list: MispWarningList): string => {
  const [folder] = file.webkitRelativePath.split('/').slice(-2)
  const own = file.name.replace(/\.json$/i, '')
  const name = own === 'list' ? (folder && folder !== file.name ? folder : list.name) : own
  return name.replaceAll(/[^\w.:@-]+/g, '-').slice(0, 120)
}

function ImportButton() {
  const { t } = useTranslation('intel')
  const queries = useQueryClient()
  const input = useRef<HTMLInputElement>(null)
  const [isBusy, setBusy] = useState(false)
  const take = async (files: readonly File[]) => {
    setBusy(true)
    const count = { added: 0, updated: 0, unchanged: 0 }
    let refused = 0
    try {
      for (const file of files) {
        try {
          const list = JSON.parse(await file.text()) as MispWarningList
          count[(await importWarningList(slugOf(file, list), list)).outcome]++
        } catch (error) {
          refused++
          if (files.length === 1) toastError(error)
        }
      }
      if (refused < files.length) toastDone(t('warning.imported', count))
      if (refused > 0 && files.length > 1) toastError(new Error(t('warning.refused', { count: refused })))
    } finally {
      setBusy(false)
      await queries.invalidateQueries({ queryKey: ['warning-lists'] })
    }
  }
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        accept=".json,application/json"
        className="sr-only"
        tabIndex={-1}
        aria-label={t('warning.import')}
        onChange={(event) => {
          const files = [...(event.target.files ?? [])]
          event.target.value = ''
          if (files.length > 0) void take(files)
        }}
      />
      <Button
        tone="primary"
        busy={isBusy}
        icon={<Upload size={14} aria-hidden />}
        onClick={() => input.current?.click()}
      >
        {t('warning.import')}
      </Button>
    </>
  )
}
