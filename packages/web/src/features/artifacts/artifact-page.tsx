import { Link, useNavigate, useParams } from '@tanstack/react-router'
import type { ArtifactDetail } from '@watchfloor/contracts/artifacts'
import { ChevronLeft, Download, RefreshCw, Trash2 } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useMay } from '../../app/session/me.tsx'
import { ActionMenu } from '../../ui/action-menu.tsx'
import { Button } from '../../ui/button.tsx'
import { Chip } from '../../ui/chip.tsx'
import { CopyButton } from '../../ui/copy.tsx'
import { useConfirm } from '../../ui/dialog.tsx'
import { AbsoluteTime, RelativeTime } from '../../ui/display.tsx'
import { formatBytes, formatCount } from '../../ui/format/number.ts'
import { Facts, PageHeader, ScrollPage, Section } from '../../ui/page.tsx'
import { ErrorState, SkeletonRows } from '../../ui/states.tsx'
import { toastDone, toastError } from '../../ui/toast.tsx'
import { ScanChip } from './artifact-list-page.tsx'
import { contentUrl, useArtifact, useArtifactActions } from './data.ts'
import { FactsView } from './facts-view.tsx'
import { FileAlerts } from './file-alerts.tsx'
import { KnownSection } from './known-section.tsx'
import { MatchesView } from './matches-view.tsx'

/** One file: what it is, which rules matched it and where, what is packed in it. */
export function ArtifactPage() {
  const { t } = useTranslation('artifacts')
  const { artifactId = '' } = useParams({ strict: false })
  const artifact = useArtifact(artifactId)
  const back = (
    <Link to="/artifacts" aria-label={t('back')} title={t('back')}>
      <ChevronLeft size={16} aria-hidden />
    </Link>
  )
  if (artifact.isPending)
    return (
      <>
        <PageHeader title={t('title')} back={back} />
        <SkeletonRows />
      </>
    )
  if (artifact.isError)
    return (
      <>
        <PageHeader title={t('title')} back={back} />
        <ErrorState error={artifact.error} onRetry={() => void artifact.refetch()} />
      </>
    )
  const { data } = artifact
  return (
    <>
      <PageHeader
        title={data.name}
        back={back}
        figure={<ScanChip artifact={data} />}
        actions={<Actions artifact={data} />}
      />
      <ScrollPage width="max-w-6xl">
        <FileSection artifact={data} />
        <FileAlerts artifact={data} />
        <MatchesView artifact={data} />
        {data.facts && <FactsView facts={data.facts} />}
        <Related title={t('children')} items={data.children} />
        <Related title={t('parents')} items={data.parents} />
        <KnownSection key={data.id} artifact={data} />
      </ScrollPage>
    </>
  )
}

function Actions({ artifact: { id, name } }: { artifact: ArtifactDetail }) {
  const { t } = useTranslation('artifacts')
  const may = useMay()
  const confirm = useConfirm()
  const navigate = useNavigate()
  const { scan, remove } = useArtifactActions(id)
  const onDelete = async () => {
    const yes = await confirm({
      title: t('deleteTitle'),
      text: t('deleteText'),
      confirm: t('delete'),
      tone: 'danger',
      typeToConfirm: name,
    })
    if (!yes) return
    remove.mutate(name, {
      onSuccess: () => {
        toastDone(t('deleted'))
        void navigate({ to: '/artifacts' })
      },
      onError: toastError,
    })
  }
  return (
    <>
      {may('artifacts:write') && (
        <Button
          icon={<RefreshCw size={14} aria-hidden />}
          busy={scan.isPending}
          onClick={() => scan.mutate(undefined, { onSuccess: () => toastDone(t('scanStarted')), onError: toastError })}
        >
          {t('scan')}
        </Button>
      )}
      {may('artifacts:download') && (
        <ActionMenu
          label={t('download')}
          align="end"
          actions={[
            { id: 'zip', label: t('downloadZip'), run: () => window.location.assign(contentUrl(id, 'zip')) },
            { id: 'bytes', label: t('downloadBytes'), run: () => window.location.assign(contentUrl(id, 'bytes')) },
          ]}
          trigger={<Button icon={<Download size={14} aria-hidden />}>{t('download')}</Button>}
        />
      )}
      {may('artifacts:delete') && (
        <Button icon={<Trash2 size={14} aria-hidden />} busy={remove.isPending} onClick={() => void onDelete()}>
          {t('delete')}
        </Button>
      )}
    </>
  )
}

const Hash = ({ value, label }: { value: string; label: string }) => (
  <span className="flex items-center gap-1">
    <span className="mono break-all">{value}</span>
    <CopyButton value={value} label={label} />
  </span>
)

function FileSection({ artifact }: { artifact: ArtifactDetail }) {
  const { t } = useTranslation('artifacts')
  const { facts, scan } = artifact
  return (
    <Section title={t('facts.title')}>
      {facts === null && <p className="pb-2 text-text-2">{t('facts.waiting')}</p>}
      <Facts
        items={[
          [t('facts.type'), artifact.typeTitle],
          [t('facts.size'), `${formatBytes(artifact.sizeBytes)} · ${formatCount(artifact.sizeBytes)}`],
          ['SHA-256', <Hash key="s" label="SHA-256" value={artifact.id} />],
          ['SHA-1', <Hash key="1" label="SHA-1" value={artifact.sha1} />],
          ['MD5', <Hash key="m" label="MD5" value={artifact.md5} />],
          ...(facts
            ? ([
                [t('facts.entropy'), t('facts.entropyText', { bits: facts.entropy.toFixed(2) })],
                [t('facts.strings'), formatCount(facts.strings)],
              ] as const)
            : []),
          [t('facts.source'), artifact.source],
          [t('facts.tlp'), <Chip key="t">TLP:{artifact.tlp.toUpperCase()}</Chip>],
          ...(artifact.labels.length > 0
            ? ([[t('facts.labels'), <Labels key="l" labels={artifact.labels} />]] as const)
            : []),
          [t('facts.by'), artifact.uploadedBy],
          [t('facts.at'), <AbsoluteTime key="a" at={artifact.createdAt} />],
          [t('facts.scanned'), scan.at ? <RelativeTime key="w" at={scan.at} /> : t(`state.waiting`)],
        ]}
      />
    </Section>
  )
}

function Related({ title, items }: { title: string; items: ArtifactDetail['children'] }) {
  if (items.length === 0) return null
  return (
    <Section title={`${title} · ${formatCount(items.length)}`}>
      <ul className="max-h-72 overflow-auto">
        {items.map(({ id, path, type, sizeBytes, matches }) => (
          <li key={`${id} ${path}`} className="flex items-center gap-3 py-0.5">
            <Link to="/artifacts/$artifactId" params={{ artifactId: id }} className="link min-w-0 flex-1 truncate">
              {path}
            </Link>
            <span className="text-text-3">{type}</span>
            <span className="text-text-3 tabular-nums">{formatBytes(sizeBytes)}</span>
            {matches > 0 && <Chip tone="bad">{formatCount(matches)}</Chip>}
          </li>
        ))}
      </ul>
    </Section>
  )
}

const Labels = ({ labels }: { labels: readonly string[] }) => (
  <span className="flex flex-wrap gap-1">
    {labels.map((label) => (
      <Link key={label} to="/artifacts" search={{ q: label }}>
        <Chip tone="accent">{label}</Chip>
      </Link>
    ))}
  </span>
)
