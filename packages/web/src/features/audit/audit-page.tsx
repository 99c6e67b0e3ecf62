import { Download, ShieldCheck } from 'lucide-react'
import { useCallback, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useMay } from '../../app/session/me.tsx'
import { SectionTabs } from '../../app/shell/section-tabs.tsx'
import { usePageTime } from '../../app/time.tsx'
import { UrlFilter, UrlSearch } from '../../app/url-filters.tsx'
import { useUrlState } from '../../app/url-state.ts'
import { ActionMenu } from '../../ui/action-menu.tsx'
import { Button } from '../../ui/button.tsx'
import { FilterChip } from '../../ui/chip.tsx'
import type { Column } from '../../ui/data-table.tsx'
import { ListTime, listTimeTrack, useBreadth } from '../../ui/display.tsx'
import { formatCount } from '../../ui/format/number.ts'
import { useListKeys } from '../../ui/keyboard/list-keys.ts'
import { FilterBar, PageHeader } from '../../ui/page.tsx'
import { PagedList } from '../../ui/paged-list.tsx'
import { SearchField } from '../../ui/search-field.tsx'
import { BesidePanel, SidePanel } from '../../ui/side-panel.tsx'
import { EmptyState } from '../../ui/states.tsx'
import { TimeRangePicker } from '../../ui/time-range-picker.tsx'
import { AuditPanel } from './audit-panel.tsx'
import { type AuditLine, auditExportUrl, auditFilterFromUrl, useAudit, useVerifyAudit } from './data.ts'
import { Verification } from './verification.tsx'

/** Areas that actions belong to; `alerts.` finds every action of alerts. */
const areas = ['alerts', 'audit', 'identity', 'rules', 'settings', 'sources']

/** Every change: who, when, what, from where. */
export function AuditPage() {
  const { t } = useTranslation('audit')
  const may = useMay()
  const [url, setUrl] = useUrlState()
  const time = usePageTime('all')
  const filter = useMemo(() => auditFilterFromUrl(url, time.range.kind === 'all' ? null : time), [url, time])
  const audit = useAudit(filter)
  const verify = useVerifyAudit()
  const rows = useMemo(() => audit.data?.pages.flatMap((page) => page.items) ?? [], [audit.data])
  const ids = useMemo(() => rows.map((record) => record.id), [rows])
  const peek = (id: string | undefined) => setUrl({ open: id }, { replace: true })
  const cursor = useListKeys({
    ids,
    placeKey: 'audit',
    group: t('key.group'),
    words: { down: t('key.down'), up: t('key.up'), open: t('key.open'), close: t('key.close') },
    opened: url.open,
    onOpen: peek,
  })
  const open = rows.find((record) => record.id === url.open)
  const onActor = useCallback((actor: string) => setUrl({ actor: actor || undefined }, { replace: true }), [setUrl])
  const columns = useAuditColumns(open !== undefined)
  return (
    <>
      <PageHeader
        title={t('title')}
        tabs={<SectionTabs section="settings" />}
        actions={
          <>
            {may('audit:verify') && (
              <Button
                icon={<ShieldCheck size={14} aria-hidden />}
                busy={verify.isPending}
                onClick={() => verify.mutate()}
              >
                {verify.isPending ? t('verifying') : t('verify')}
              </Button>
            )}
            <ActionMenu
              label={t('export.button')}
              align="end"
              actions={(['ndjson', 'csv'] as const).map((format) => ({
                id: format,
                label: t(`export.${format}`),
                run: () => window.location.assign(auditExportUrl(filter, format)),
              }))}
              trigger={<Button icon={<Download size={14} aria-hidden />}>{t('export.button')}</Button>}
            />
            <TimeRangePicker
              value={time.range}
              onChange={time.set}
              onRefresh={() => void audit.refetch()}
              refreshing={audit.isRefetching}
            />
          </>
        }
      />
      <Verification result={verify.data} error={verify.error} onClose={verify.reset} />
      <FilterBar label={t('filters')}>
        <UrlSearch label={t('search')} />
        <SearchField
          keyHint={false}
          label={t('actor')}
          value={url.actor ?? ''}
          onChange={onActor}
          className="w-full md:w-52"
        />
        <UrlFilter
          single
          name="action"
          label={t('filter.area')}
          options={areas.map((area) => ({ value: `${area}.`, text: area }))}
        />
        {url.type && (
          <FilterChip
            label={t('filter.objectType')}
            value={`${url.type}${url.object ? ` ${url.object}` : ''}`}
            onRemove={() => setUrl({ type: undefined, object: undefined })}
          />
        )}
      </FilterBar>
      <BesidePanel
        panel={
          open && (
            <SidePanel label={t('panel.title')} onClose={() => peek(undefined)}>
              <AuditPanel record={open} />
            </SidePanel>
          )
        }
      >
        <PagedList
          list={audit}
          empty={
            <EmptyState
              title={t('empty.title')}
              text={t('empty.text')}
              action={
                <Button
                  onClick={() =>
                    setUrl({
                      q: undefined,
                      actor: undefined,
                      action: undefined,
                      type: undefined,
                      object: undefined,
                      range: 'all',
                      from: undefined,
                      to: undefined,
                    })
                  }
                >
                  {t('empty.action')}
                </Button>
              }
            />
          }
          label={t('list')}
          rows={rows}
          rowId={(record) => record.id}
          columns={columns}
          cursor={cursor.cursor}
          onCursor={(id) => {
            cursor.set(id)
            peek(id)
          }}
          placeKey="audit"
        />
      </BesidePanel>
    </>
  )
}

function useAuditColumns(narrow: boolean): Column<AuditLine>[] {
  const { t } = useTranslation('audit')
  const breadth = useBreadth()
  const at: Column<AuditLine> = {
    id: 'at',
    header: t('column.at'),
    track: listTimeTrack(breadth),
    cell: (record) => <ListTime at={record.at} className="mono text-text-2" />,
  }
  const actor: Column<AuditLine> = {
    id: 'actor',
    header: t('column.actor'),
    track: 'minmax(150px, 1fr)',
    from: 'tablet',
    cell: (record) => <span title={record.actor.name}>{record.actor.name}</span>,
  }
  const action: Column<AuditLine> = {
    id: 'action',
    header: t('column.action'),
    track: '184px',
    cell: (record) => <code className="mono">{record.action}</code>,
  }
  if (narrow) return [at, actor, action]
  return [
    at,
    actor,
    action,
    {
      id: 'count',
      header: t('column.count'),
      track: '72px',
      align: 'end',
      from: 'wide',
      cell: (record) => (record.count === null ? '' : formatCount(record.count)),
    },
    {
      id: 'object',
      header: t('column.object'),
      track: 'minmax(0, 2fr)',
      from: 'tablet',
      cell: (record) => (
        <span title={record.object.title ?? record.object.id}>
          {record.object.title ?? record.object.id} <span className="text-12 text-text-3">{record.object.type}</span>
        </span>
      ),
    },
    {
      id: 'ip',
      header: t('column.ip'),
      track: '116px',
      from: 'wide',
      cell: (record) => <span className="mono text-text-2">{record.ip ?? '–'}</span>,
    },
    {
      id: 'number',
      header: t('column.number'),
      track: '88px',
      align: 'end',
      from: 'wide',
      cell: (record) => (
        <span className="text-text-3">{record.number === null ? '–' : formatCount(record.number)}</span>
      ),
    },
  ]
}
