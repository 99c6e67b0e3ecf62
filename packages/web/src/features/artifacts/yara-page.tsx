import type { YaraSet } from '@watchfloor/contracts/artifacts'
import { FileUp, ScanSearch, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMay } from '../../app/session/me.tsx'
import { SectionTabs } from '../../app/shell/section-tabs.tsx'
import { Button, IconButton } from '../../ui/button.tsx'
import { Chip } from '../../ui/chip.tsx'
import { useConfirm } from '../../ui/dialog.tsx'
import { RelativeTime } from '../../ui/display.tsx'
import { Toggle } from '../../ui/form.tsx'
import { formatCount } from '../../ui/format/number.ts'
import { PageHeader, ScrollPage } from '../../ui/page.tsx'
import { EmptyState, ErrorState, SkeletonRows } from '../../ui/states.tsx'
import { toastDone, toastError } from '../../ui/toast.tsx'
import { useYaraActions, useYaraSet, useYaraSets } from './data.ts'
import { Diagnostics } from './diagnostics.tsx'
import { YaraExceptions } from './yara-exceptions.tsx'
import { YaraImportDialog } from './yara-import.tsx'

/** Sets of YARA rules: which run, what is wrong with them, the way to newer ones. */
export function YaraPage() {
  const { t } = useTranslation('artifacts')
  const may = useMay()
  const sets = useYaraSets()
  const [isImporting, setImporting] = useState(false)
  const items = sets.data?.items ?? []
  const importButton = may('yara:write') && (
    <Button tone="primary" icon={<FileUp size={14} aria-hidden />} onClick={() => setImporting(true)}>
      {t('yara.import')}
    </Button>
  )
  return (
    <>
      <PageHeader title={t('yara.title')} tabs={<SectionTabs section="detection" />} actions={importButton} />
      {sets.isPending ? (
        <SkeletonRows rows={6} />
      ) : sets.isError ? (
        <ErrorState error={sets.error} onRetry={() => void sets.refetch()} />
      ) : items.length === 0 ? (
        <EmptyState
          icon={<ScanSearch size={22} />}
          title={t('yara.emptyTitle')}
          text={t('yara.emptyText')}
          action={importButton}
        />
      ) : (
        <ScrollPage width="max-w-5xl">
          <ul aria-label={t('yara.list')} className="flex flex-col gap-3">
            {items.map((set) => (
              <li key={set.id}>
                <SetCard set={set} mayWrite={may('yara:write')} />
              </li>
            ))}
          </ul>
          <YaraExceptions mayRemove={may('yara:except')} />
        </ScrollPage>
      )}
      {isImporting && <YaraImportDialog onClose={() => setImporting(false)} />}
    </>
  )
}

function SetCard({ set, mayWrite }: { set: YaraSet; mayWrite: boolean }) {
  const { t } = useTranslation('artifacts')
  const confirm = useConfirm()
  const { edit, remove } = useYaraActions()
  const [isOpen, setOpen] = useState(false)
  const onRemove = async () => {
    const yes = await confirm({
      title: t('yara.removeTitle', { name: set.name }),
      text: t('yara.removeText'),
      confirm: t('yara.remove'),
      tone: 'danger',
      typeToConfirm: set.name,
    })
    if (yes) remove.mutate(set.id, { onSuccess: () => toastDone(t('yara.removed')), onError: toastError })
  }
  return (
    <article className="panel flex flex-col gap-2 p-3">
      <div className="flex flex-wrap items-center gap-3">
        <h2 className="font-semibold">{set.name}</h2>
        <span className="text-text-3">{t('yara.version', { version: set.version })}</span>
        <div className="ml-auto flex flex-wrap items-center gap-x-4 gap-y-1">
          <Toggle
            label={t('yara.runs')}
            checked={set.enabled}
            disabled={!mayWrite || edit.isPending}
            onChange={(enabled) =>
              edit.mutate(
                { setId: set.id, enabled },
                { onSuccess: () => toastDone(t('yara.enabled')), onError: toastError },
              )
            }
          />
          <Toggle
            label={t('yara.alerts')}
            checked={set.alerts}
            disabled={!mayWrite || edit.isPending}
            onChange={(alerts) =>
              edit.mutate(
                { setId: set.id, alerts },
                {
                  onSuccess: () => toastDone(t(alerts ? 'yara.alertsOn' : 'yara.alertsOff')),
                  onError: toastError,
                },
              )
            }
          />
          {mayWrite && (
            <IconButton label={t('yara.remove')} icon={<Trash2 size={14} />} onClick={() => void onRemove()} />
          )}
        </div>
      </div>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1 text-text-2">
        <span>{t('yara.rules', { count: set.rules, formatted: formatCount(set.rules) })}</span>
        {set.refused > 0 && <Chip tone="warn">{t('yara.refused', { formatted: formatCount(set.refused) })}</Chip>}
        <span>{t('yara.files', { count: set.files, formatted: formatCount(set.files) })}</span>
        <span className="text-text-3">
          <RelativeTime at={set.updatedAt} /> · {set.updatedBy}
        </span>
        <Button size="sm" tone="quiet" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {t('yara.diagnostics')}
        </Button>
      </div>
      {isOpen && <SetDetail setId={set.id} />}
    </article>
  )
}

function SetDetail({ setId }: { setId: string }) {
  const { t } = useTranslation('artifacts')
  const set = useYaraSet(setId)
  if (set.isPending) return <SkeletonRows rows={3} />
  if (set.isError) return <ErrorState error={set.error} onRetry={() => void set.refetch()} />
  return (
    <div className="flex flex-col gap-3">
      <Diagnostics items={set.data.diagnostics} />
      <section aria-label={t('yara.versions')}>
        <h3 className="text-text-3">{t('yara.versions')}</h3>
        <ul>
          {set.data.versions.map(({ version, rules, files, at, by }) => (
            <li key={version} className="flex gap-3">
              <span className="tabular-nums">{version}</span>
              <span>
                {t('yara.rules', { count: rules, formatted: formatCount(rules) })} ·{' '}
                {t('yara.files', { count: files, formatted: formatCount(files) })}
              </span>
              <span className="text-text-3">
                <RelativeTime at={at} /> · {by}
              </span>
            </li>
          ))}
        </ul>
      </section>
    </div>
  )
}
