import { Link } from '@tanstack/react-router'
import { Download, PanelLeft, SearchX } from 'lucide-react'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { addCondition, lookUpQuery } from '../../app/look-up.ts'
import { useQueryHelp } from '../../app/query-help.ts'
import { SectionTabs } from '../../app/shell/section-tabs.tsx'
import { usePageTime } from '../../app/time.tsx'
import { listOf, textOf, useUrlState } from '../../app/url-state.ts'
import { ActionMenu } from '../../ui/action-menu.tsx'
import { Button, IconButton } from '../../ui/button.tsx'
import { QueryInput } from '../../ui/editor/query-input.tsx'
import { FilterMenu } from '../../ui/filter-menu.tsx'
import { formatCount } from '../../ui/format/number.ts'
import { useShortcuts } from '../../ui/keyboard/keyboard.tsx'
import { PageHeader } from '../../ui/page.tsx'
import { EmptyState, ErrorState, SkeletonRows } from '../../ui/states.tsx'
import { TimeRangePicker, useRangeWords } from '../../ui/time-range-picker.tsx'
import { ValueActionsProvider } from '../../ui/value-chip.tsx'
import { type EventOrder, type EventSearch, exportUrl, useEvents } from './data.ts'
import { EventHistogram, useEventsOverTime } from './event-histogram.tsx'
import { EventList } from './event-list.tsx'
import { FieldList } from './field-list.tsx'

/** Hunt: search over all events. */
export function EventsPage() {
  const { t } = useTranslation('events')
  const [url, setUrl] = useUrlState()
  const time = usePageTime('24h')
  const words = useRangeWords()
  const q = url.q ?? ''
  const order: EventOrder = url.order === 'oldest' ? 'oldest' : 'newest'
  const columns = useMemo(() => listOf(url.columns), [url.columns])
  const search: EventSearch = useMemo(() => ({ q, from: time.from, to: time.to }), [q, time.from, time.to])
  const events = useEvents(search, order)
  const overTime = useEventsOverTime(search, time.range)
  const help = useQueryHelp(search)
  const rows = useMemo(() => events.data?.pages.flatMap((page) => page.items) ?? [], [events.data])
  const first = events.data?.pages[0]
  const showFields = url.fields !== 'hidden'
  const submit = (next: string) => {
    if (next === q) time.refresh()
    else setUrl({ q: next || undefined })
  }
  const narrow = (without: boolean) => (field: string | null, value: string) =>
    setUrl({ q: addCondition(q, lookUpQuery(field, value), without) })
  const toggleFields = () => setUrl({ fields: showFields ? 'hidden' : undefined }, { replace: true })
  useShortcuts([
    { keys: 'f', label: t('key.fields'), group: t('key.group'), run: toggleFields },
    { keys: 'r', label: t('key.refresh'), group: t('key.group'), run: time.refresh },
  ])
  const download = (format: 'ndjson' | 'csv') => window.location.assign(exportUrl(search, format, columns))
  return (
    <>
      <PageHeader
        title={t('title')}
        tabs={<SectionTabs section="hunt" />}
        figure={
          first && (
            <EventFigure
              total={overTime.total ?? first.total}
              loaded={rows.length}
              more={events.hasNextPage}
              tookMs={first.tookMs}
            />
          )
        }
        actions={
          <>
            <ActionMenu
              label={t('export.button')}
              align="end"
              actions={(['ndjson', 'csv'] as const).map((format) => ({
                id: format,
                label: t(`export.${format}`),
                run: () => download(format),
              }))}
              trigger={<Button icon={<Download size={14} aria-hidden />}>{t('export.button')}</Button>}
            />
            <TimeRangePicker
              value={time.range}
              onChange={time.set}
              onRefresh={time.refresh}
              refreshing={events.isRefetching}
            />
          </>
        }
      />
      <search aria-label={t('query')} className="flex shrink-0 flex-wrap items-center gap-2 px-4 pt-2">
        {!showFields && (
          <IconButton
            label={t('fields.show')}
            hint="f"
            icon={<PanelLeft size={16} />}
            className="hidden lg:inline-flex"
            onClick={toggleFields}
          />
        )}
        <QueryInput
          label={t('query')}
          placeholder={t('placeholder')}
          value={q}
          onSubmit={submit}
          complete={help.complete}
          check={help.check}
        />
        <FilterMenu
          choice
          label={t('order.label')}
          value={[order]}
          onChange={(next) => setUrl({ order: next[0] === 'oldest' ? 'oldest' : undefined })}
          options={(['newest', 'oldest'] as const).map((each) => ({
            value: each,
            text: t(`order.${each}`),
          }))}
        />
      </search>
      <EventHistogram overTime={overTime} onChoose={(fromMs, toMs) => time.set({ kind: 'absolute', fromMs, toMs })} />
      <ValueActionsProvider actions={{ filterFor: narrow(false), filterOut: narrow(true) }}>
        <div className="flex min-h-0 flex-1 border-t border-line">
          {showFields && (
            <FieldList
              search={search}
              columns={columns}
              onColumns={(next) => setUrl({ columns: textOf(next) }, { replace: true })}
              onHide={toggleFields}
            />
          )}
          <div className="flex min-w-0 flex-1 flex-col">
            {events.isPending ? (
              <SkeletonRows rows={20} />
            ) : events.isError ? (
              <ErrorState error={events.error} onRetry={() => void events.refetch()} />
            ) : rows.length === 0 ? (
              <EmptyState
                icon={<SearchX size={22} />}
                title={q === '' && time.range.kind === 'all' ? t('empty.noneTitle') : t('empty.title')}
                text={
                  q === '' && time.range.kind === 'all'
                    ? t('empty.noneText')
                    : t('empty.text', { range: words(time.range) })
                }
                action={
                  <>
                    {time.range.kind !== 'all' && (
                      <Button onClick={() => time.set({ kind: 'all' })}>{t('empty.all')}</Button>
                    )}
                    {q !== '' && <Button onClick={() => setUrl({ q: undefined })}>{t('empty.clear')}</Button>}
                    {q === '' && time.range.kind === 'all' && (
                      <Link to="/sources" className="link">
                        {t('empty.sources')}
                      </Link>
                    )}
                  </>
                }
              />
            ) : (
              <EventList
                rows={rows}
                total={overTime.total ?? first?.total}
                columns={columns}
                onEnd={events.hasNextPage && !events.isFetchingNextPage ? () => void events.fetchNextPage() : undefined}
                loadingMore={events.isFetchingNextPage}
              />
            )}
          </div>
        </div>
      </ValueActionsProvider>
    </>
  )
}

function EventFigure({
  total,
  loaded,
  more,
  tookMs,
}: {
  total: number | undefined
  loaded: number
  more: boolean
  tookMs: number
}) {
  const { t } = useTranslation('events')
  const count = total ?? loaded
  const formatted = `${formatCount(count)}${total === undefined && more ? '+' : ''}`
  return (
    <>
      {t('figure', { count, formatted })}{' '}
      <span className="text-12 text-text-3">{t('took', { ms: formatCount(tookMs) })}</span>
    </>
  )
}
