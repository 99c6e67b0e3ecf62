import { Link, useNavigate } from '@tanstack/react-router'
import type { RulePack } from '@watchfloor/contracts/rules'
import { CloudDownload, FileUp, Package, Trash2 } from 'lucide-react'
import { type FormEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMay } from '../../app/session/me.tsx'
import { SectionTabs } from '../../app/shell/section-tabs.tsx'
import { Button, IconButton } from '../../ui/button.tsx'
import { Dialog, useConfirm } from '../../ui/dialog.tsx'
import { RelativeTime } from '../../ui/display.tsx'
import { TextField } from '../../ui/form.tsx'
import { formatCount } from '../../ui/format/number.ts'
import { PageHeader, ScrollPage } from '../../ui/page.tsx'
import { EmptyState, ErrorLine, ErrorState, SkeletonRows } from '../../ui/states.tsx'
import { toastDone, toastError } from '../../ui/toast.tsx'
import { usePackActions, usePacks, useWaitingUpdate } from './packs-data.ts'

const archives = '.zip,.gz,.tgz,.tar,application/zip,application/gzip,application/x-tar'
/** `sigma_all_rules-2026-07-01.zip` → `sigma_all_rules-2026-07-01`. */
const packNameOf = (file: string): string => file.replace(/(\.tar)?\.[a-z0-9]+$/i, '').slice(0, 120)

/** Packs of rules: what is here of each, and the way to a newer one. */
export function PacksPage() {
  const { t } = useTranslation('rules')
  const navigate = useNavigate()
  const may = useMay()
  const packs = usePacks()
  const actions = usePackActions()
  const items = packs.data?.items ?? []
  const look = (updateId: string) => void navigate({ to: '/rules/packs/$updateId', params: { updateId } })
  const upload = (pack: string, file: File) =>
    actions.upload.mutate({ pack, file }, { onSuccess: (update) => look(update.id), onError: toastError })
  const writing = may('rules:write') && (
    <>
      <Button onClick={() => void navigate({ to: '/rules/import' })}>{t('life.packs.import')}</Button>
      <ArchiveButton
        label={t('life.packs.uploadNew')}
        busy={actions.upload.isPending}
        onFile={(file) => upload(packNameOf(file.name), file)}
      />
    </>
  )
  return (
    <>
      <PageHeader title={t('life.packs.title')} tabs={<SectionTabs section="detection" />} actions={writing} />
      {packs.isPending ? (
        <SkeletonRows rows={6} />
      ) : packs.isError ? (
        <ErrorState error={packs.error} onRetry={() => void packs.refetch()} />
      ) : items.length === 0 ? (
        <EmptyState
          icon={<Package size={22} />}
          title={t('life.packs.emptyTitle')}
          text={t('life.packs.emptyText')}
          action={writing}
        />
      ) : (
        <ScrollPage width="max-w-6xl">
          <ul aria-label={t('life.packs.list')} className="flex flex-col gap-3">
            {items.map((pack) => (
              <li key={pack.name}>
                <PackCard
                  pack={pack}
                  actions={actions}
                  mayWrite={may('rules:write')}
                  maySource={may('rules:sources')}
                  onLook={look}
                  onUpload={(file) => upload(pack.name, file)}
                />
              </li>
            ))}
          </ul>
        </ScrollPage>
      )}
    </>
  )
}

function ArchiveButton({ label, busy, onFile }: { label: string; busy: boolean; onFile: (file: File) => void }) {
  const input = useRef<HTMLInputElement>(null)
  return (
    <>
      <input
        ref={input}
        type="file"
        accept={archives}
        aria-label={label}
        className="hidden"
        onChange={(event) => {
          const file = event.target.files?.[0]
          if (file) onFile(file)
          event.target.value = ''
        }}
      />
      <Button icon={<FileUp size={14} aria-hidden />} busy={busy} onClick={() => input.current?.click()}>
        {label}
      </Button>
    </>
  )
}

interface PackCardProps {
  readonly pack: RulePack
  readonly actions: ReturnType<typeof usePackActions>
  readonly mayWrite: boolean
  readonly maySource: boolean
  readonly onLook: (updateId: string) => void
  readonly onUpload: (file: File) => void
}

function PackCard({ pack, actions, mayWrite, maySource, onLook, onUpload }: PackCardProps) {
  const { t } = useTranslation('rules')
  const confirm = useConfirm()
  const [urlOpen, setUrlOpen] = useState(false)
  const waiting = useWaitingUpdate(pack.name).data?.items[0]
  const remove = async () => {
    const yes = await confirm({
      title: t('life.packs.removeTitle', { pack: pack.name }),
      text: t('life.packs.removeText'),
      confirm: t('life.packs.remove'),
      tone: 'danger',
      typeToConfirm: pack.name,
    })
    if (!yes) return
    actions.remove.mutate(pack.name, {
      onSuccess: ({ removed, kept }) => toastDone(t('life.packs.removed', { removed, kept })),
      onError: toastError,
    })
  }
  return (
    <article className="panel flex flex-col gap-2 p-3">
      <div className="flex flex-wrap items-center gap-2">
        <h2 className="font-semibold">
          <Link to="/rules" search={{ pack: pack.name }} className="hover:underline">
            {pack.name}
          </Link>
        </h2>
        {pack.version && <span className="mono text-text-2">{pack.version}</span>}
        <div className="ml-auto flex flex-wrap items-center gap-1.5">
          {maySource && <Button onClick={() => setUrlOpen(true)}>{t('life.packs.setUrl')}</Button>}
          {mayWrite && pack.url && (
            <Button
              icon={<CloudDownload size={14} aria-hidden />}
              busy={actions.fetch.isPending}
              onClick={() =>
                actions.fetch.mutate(pack.name, { onSuccess: (update) => onLook(update.id), onError: toastError })
              }
            >
              {t('life.packs.fetch')}
            </Button>
          )}
          {mayWrite && (
            <>
              <ArchiveButton label={t('life.packs.upload')} busy={actions.upload.isPending} onFile={onUpload} />
              <IconButton label={t('life.packs.remove')} icon={<Trash2 size={14} />} onClick={() => void remove()} />
            </>
          )}
        </div>
      </div>
      <dl className="flex flex-wrap gap-x-6 gap-y-1">
        {(['rules', 'enabled', 'edited', 'offered'] as const).map((name) => (
          <div key={name} className="flex gap-1.5">
            <dt className="text-text-3">{t(`life.packs.${name}`)}</dt>
            <dd className="tabular-nums">{formatCount(pack[name])}</dd>
          </div>
        ))}
        <div className="flex gap-1.5">
          <dt className="text-text-3">{t('life.packs.updated')}</dt>
          <dd>
            {pack.updatedAt === null ? t('life.packs.never') : <RelativeTime at={pack.updatedAt} />}
            {pack.updatedBy && <span className="text-text-3"> · {pack.updatedBy}</span>}
          </dd>
        </div>
      </dl>
      {pack.url && <p className="mono text-12 break-all text-text-3">{pack.url}</p>}
      {waiting && (
        <Link to="/rules/packs/$updateId" params={{ updateId: waiting.id }} className="link self-start">
          {t('life.packs.waiting')}
        </Link>
      )}
      <UrlDialog
        key={String(urlOpen)}
        open={urlOpen}
        pack={pack}
        setUrl={actions.setUrl}
        onClose={() => setUrlOpen(false)}
      />
    </article>
  )
}

function UrlDialog({
  open,
  pack,
  setUrl,
  onClose,
}: {
  open: boolean
  pack: RulePack
  setUrl: ReturnType<typeof usePackActions>['setUrl']
  onClose: () => void
}) {
  const { t } = useTranslation('rules')
  const [text, setText] = useState(pack.url ?? '')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setUrl.mutate(
      { pack: pack.name, url: text.trim() || null },
      {
        onSuccess: () => {
          toastDone(t('life.packs.urlSaved'))
          onClose()
        },
      },
    )
  }
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={t('life.packs.urlTitle', { pack: pack.name })}
      description={t('life.packs.urlText')}
    >
      <form onSubmit={submit} className="flex flex-col gap-3">
        <ErrorLine error={setUrl.error} />
        <TextField
          label={t('life.packs.url')}
          type="url"
          look="mono"
          placeholder="https://"
          value={text}
          onChange={setText}
        />
        <Button type="submit" tone="primary" className="self-end" busy={setUrl.isPending}>
          {t('life.packs.urlSave')}
        </Button>
      </form>
    </Dialog>
  )
}
