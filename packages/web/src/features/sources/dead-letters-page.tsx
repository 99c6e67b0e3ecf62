import { MailCheck } from 'lucide-react'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { SectionTabs } from '../../app/shell/section-tabs.tsx'
import { useUrlState } from '../../app/url-state.ts'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { AbsoluteTime, RelativeTime } from '../../ui/display.tsx'
import { formatBytes } from '../../ui/format/number.ts'
import { useListKeys } from '../../ui/keyboard/list-keys.ts'
import { Facts, PageHeader, Section } from '../../ui/page.tsx'
import { BesidePanel, SidePanel } from '../../ui/side-panel.tsx'
import { EmptyState, ErrorState, SkeletonRows } from '../../ui/states.tsx'
import { type DeadLetter, useDeadLetters, useSources } from './data.ts'

/** What could not be read at all, kept with the reason. */
export function DeadLettersPage() {
  const { t } = useTranslation('sources')
  const [url, setUrl] = useUrlState()
  const letters = useDeadLetters()
  const sources = useSources()
  const rows = useMemo(() => letters.data?.pages.flatMap((page) => page.items) ?? [], [letters.data])
  const ids = useMemo(() => rows.map((letter) => String(letter.id)), [rows])
  const nameOf = (id: string | null) =>
    sources.data?.items.find((source) => source.id === id)?.name ?? id ?? t('dead.unknown')
  const peek = (id: string | undefined) => setUrl({ open: id }, { replace: true })
  const cursor = useListKeys({
    ids,
    placeKey: 'dead-letters',
    group: t('dead.title'),
    words: { down: t('key.down'), up: t('key.up'), open: t('key.open'), close: t('key.close') },
    opened: url.open,
    onOpen: peek,
  })
  const open = rows.find((letter) => String(letter.id) === url.open)
  const columns: Column<DeadLetter>[] = [
    {
      id: 'at',
      header: t('dead.column.at'),
      track: '92px',
      cell: (letter) => <RelativeTime at={letter.at} className="text-text-2" />,
    },
    {
      id: 'reason',
      header: t('dead.column.reason'),
      track: 'minmax(120px, 1fr)',
      cell: (letter) => <span title={letter.reason}>{letter.reason}</span>,
    },
    {
      id: 'source',
      header: t('dead.column.source'),
      track: '140px',
      from: 'tablet',
      cell: (letter) => nameOf(letter.sourceId),
    },
    {
      id: 'size',
      header: t('dead.column.size'),
      track: '72px',
      align: 'end',
      from: 'tablet',
      cell: (letter) => formatBytes(letter.sizeBytes),
    },
    {
      id: 'sample',
      header: t('dead.column.sample'),
      track: 'minmax(0, 2fr)',
      from: 'tablet',
      cell: (letter) => <span className="mono">{letter.sample.slice(0, 300)}</span>,
    },
  ]
  return (
    <>
      <PageHeader title={t('dead.title')} tabs={<SectionTabs section="detection" />} />
      <BesidePanel
        panel={
          open && (
            <SidePanel label={t('dead.panel')} onClose={() => peek(undefined)}>
              <div className="flex flex-col gap-4 p-4">
                <Facts
                  items={[
                    [t('dead.column.at'), <AbsoluteTime key="a" at={open.at} />],
                    [t('dead.column.reason'), open.reason],
                    [t('dead.column.source'), nameOf(open.sourceId)],
                    [t('dead.column.size'), formatBytes(open.sizeBytes)],
                  ]}
                />
                <Section title={t('dead.sample')}>
                  <pre className="mono break-all whitespace-pre-wrap">{open.sample}</pre>
                </Section>
              </div>
            </SidePanel>
          )
        }
      >
        {letters.isPending ? (
          <SkeletonRows />
        ) : letters.isError ? (
          <ErrorState error={letters.error} onRetry={() => void letters.refetch()} />
        ) : rows.length === 0 ? (
          <EmptyState icon={<MailCheck size={22} />} title={t('dead.empty.title')} text={t('dead.empty.text')} />
        ) : (
          <DataTable
            label={t('dead.list')}
            rows={rows}
            rowId={(letter) => String(letter.id)}
            columns={columns}
            cursor={cursor.cursor}
            onCursor={(id) => {
              cursor.set(id)
              peek(id)
            }}
            onEnd={letters.hasNextPage && !letters.isFetchingNextPage ? () => void letters.fetchNextPage() : undefined}
            loadingMore={letters.isFetchingNextPage}
          />
        )}
      </BesidePanel>
    </>
  )
}
