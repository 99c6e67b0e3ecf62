import { Link, useNavigate } from '@tanstack/react-router'
import type { Artifact } from '@watchfloor/contracts/artifacts'
import { FileSearch, Upload as UploadIcon } from 'lucide-react'
import { type DragEvent, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMay } from '../../app/session/me.tsx'
import { SectionTabs } from '../../app/shell/section-tabs.tsx'
import { UrlFilter, UrlSearch } from '../../app/url-filters.tsx'
import { useUrlState } from '../../app/url-state.ts'
import { Button } from '../../ui/button.tsx'
import { Chip } from '../../ui/chip.tsx'
import { CopyButton } from '../../ui/copy.tsx'
import type { Column } from '../../ui/data-table.tsx'
import { RelativeTime } from '../../ui/display.tsx'
import { formatBytes, formatCount } from '../../ui/format/number.ts'
import { useListKeys } from '../../ui/keyboard/list-keys.ts'
import { FilterBar, PageHeader } from '../../ui/page.tsx'
import { PagedList } from '../../ui/paged-list.tsx'
import { EmptyState } from '../../ui/states.tsx'
import { filterFromUrl, useArtifacts } from './data.ts'
import { UploadList } from './upload-list.tsx'
import { useUploads } from './uploads.ts'

/** Files that are looked at: kept in quarantine, scanned, found again by hash. */
export function ArtifactListPage() {
  const { t } = useTranslation('artifacts')
  const navigate = useNavigate()
  const may = useMay()
  const mayUpload = may('artifacts:write')
  const [url, setUrl] = useUrlState()
  const filter = useMemo(() => filterFromUrl(url), [url])
  const artifacts = useArtifacts(filter)
  const { uploads, add, clear } = useUploads()
  const [over, setOver] = useState(false)
  const input = useRef<HTMLInputElement>(null)
  const rows = useMemo(() => artifacts.data?.pages.flatMap((page) => page.items) ?? [], [artifacts.data])
  const ids = useMemo(() => rows.map(({ id }) => id), [rows])
  const open = (artifactId: string | undefined) =>
    artifactId && void navigate({ to: '/artifacts/$artifactId', params: { artifactId } })
  const cursor = useListKeys({
    ids,
    placeKey: 'artifacts',
    group: t('key.group'),
    words: { down: t('key.down'), up: t('key.up'), open: t('key.open'), close: t('key.close') },
    opened: undefined,
    onOpen: open,
  })
  const columns = useColumns()
  const isFiltered = Boolean(url.q || url.matched || url.members)
  const onDrop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    add([...event.dataTransfer.files])
  }
  const uploadButton = mayUpload && (
    <Button tone="primary" icon={<UploadIcon size={14} aria-hidden />} onClick={() => input.current?.click()}>
      {t('upload')}
    </Button>
  )
  return (
    <>
      <PageHeader title={t('title')} tabs={<SectionTabs section="hunt" />} actions={uploadButton} />
      <input
        ref={input}
        type="file"
        multiple
        hidden
        data-testid="artifact-files"
        onChange={(event) => {
          add([...(event.target.files ?? [])])
          event.target.value = ''
        }}
      />
      <FilterBar label={t('filters')}>
        <UrlSearch label={t('search')} />
        <UrlFilter
          single
          name="matched"
          label={t('filter.matched')}
          options={['true', 'false'].map((value) => ({
            value,
            text: t(`matched.${value}`),
          }))}
        />
        <UrlFilter
          single
          name="members"
          label={t('filter.members')}
          options={[{ value: 'true', text: t('members.true') }]}
        />
      </FilterBar>
      <UploadList uploads={uploads} onClear={clear} />
      <section
        aria-label={t('drop')}
        className={over ? 'flex min-h-0 flex-1 flex-col bg-accent-soft' : 'flex min-h-0 flex-1 flex-col'}
        onDragOver={(event) => {
          if (!mayUpload) return
          event.preventDefault()
          setOver(true)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={mayUpload ? onDrop : undefined}
      >
        <PagedList
          list={artifacts}
          skeletonRows={12}
          empty={
            isFiltered ? (
              <EmptyState
                title={t('none.title')}
                text={t('none.text')}
                action={
                  <Button onClick={() => setUrl({ q: undefined, matched: undefined, members: undefined })}>
                    {t('none.action')}
                  </Button>
                }
              />
            ) : (
              <EmptyState
                icon={<FileSearch size={22} />}
                title={t('empty.title')}
                text={`${t('empty.text')} ${mayUpload ? `${t('drop')}.` : ''}`}
                action={uploadButton}
              />
            )
          }
          label={t('list')}
          rows={rows}
          rowId={({ id }) => id}
          columns={columns}
          cursor={cursor.cursor}
          onCursor={(id) => cursor.set(id)}
          placeKey="artifacts"
        />
      </section>
    </>
  )
}

function useColumns(): Column<Artifact>[] {
  const { t } = useTranslation('artifacts')
  return [
    {
      id: 'name',
      header: t('column.name'),
      track: 'minmax(140px, 2fr)',
      cell: ({ id, name }) => (
        <Link to="/artifacts/$artifactId" params={{ artifactId: id }} className="block truncate hover:underline">
          {name}
        </Link>
      ),
    },
    { id: 'type', header: t('column.type'), track: '150px', from: 'tablet', cell: ({ typeTitle }) => typeTitle },
    {
      id: 'size',
      header: t('column.size'),
      track: '76px',
      align: 'end',
      cell: ({ sizeBytes }) => <span className="tabular-nums">{formatBytes(sizeBytes)}</span>,
    },
    { id: 'matches', header: t('column.matches'), track: '96px', cell: (artifact) => <ScanChip artifact={artifact} /> },
    {
      id: 'hash',
      header: t('column.hash'),
      track: '190px',
      from: 'wide',
      cell: ({ id }) => (
        <span className="flex items-center gap-1">
          <span className="mono truncate" title={id}>
            {id.slice(0, 16)}…
          </span>
          <CopyButton value={id} label={t('column.hash')} />
        </span>
      ),
    },
    {
      id: 'by',
      header: t('column.by'),
      track: 'minmax(0, 1fr)',
      from: 'wide',
      cell: ({ uploadedBy }) => <span className="text-text-2">{uploadedBy}</span>,
    },
    {
      id: 'at',
      header: t('column.at'),
      track: '92px',
      from: 'tablet',
      cell: ({ createdAt }) => <RelativeTime at={createdAt} className="text-text-2" />,
    },
  ]
}

/** How the scan went: how many rules matched, or why it says nothing. */
export function ScanChip({ artifact: { scan } }: { artifact: Pick<Artifact, 'scan'> }) {
  const { t } = useTranslation('artifacts')
  if (scan.state === 'waiting') return <Chip>{t('state.waiting')}</Chip>
  if (scan.state === 'failed')
    return (
      <Chip tone="warn" title={scan.error ?? undefined}>
        {t('state.failed')}
      </Chip>
    )
  return scan.matches > 0 ? <Chip tone="bad">{formatCount(scan.matches)}</Chip> : <span className="text-text-3">0</span>
}
