import { Link } from '@tanstack/react-router'
import type { YaraException } from '@watchfloor/contracts/artifacts'
import { Bell } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Button, IconButton } from '../../ui/button.tsx'
import { useConfirm } from '../../ui/dialog.tsx'
import { RelativeTime } from '../../ui/display.tsx'
import { Section } from '../../ui/page.tsx'
import { ErrorState } from '../../ui/states.tsx'
import { toastDone, toastError } from '../../ui/toast.tsx'
import { useYaraActions, useYaraExceptions } from './data.ts'

/** Of what no alerts are made, and the way back. Nothing where there is none: they are made from an alert. */
export function YaraExceptions({ mayRemove }: { mayRemove: boolean }) {
  const { t } = useTranslation('artifacts')
  const list = useYaraExceptions()
  if (list.isError) return <ErrorState error={list.error} onRetry={() => void list.refetch()} />
  const items = list.data?.pages.flatMap((page) => page.items) ?? []
  if (items.length === 0) return null
  return (
    <Section title={t('yara.exceptions')} padded={false}>
      <p className="px-3 pt-2 text-12 text-text-3">{t('yara.exceptionsText')}</p>
      <ul className="divide-y divide-line">
        {items.map((exception) => (
          <ExceptionRow key={exception.id} exception={exception} mayRemove={mayRemove} />
        ))}
      </ul>
      {list.hasNextPage && (
        <div className="p-2">
          <Button size="sm" busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {t('yara.exception.more')}
          </Button>
        </div>
      )}
    </Section>
  )
}

function ExceptionRow({ exception, mayRemove }: { exception: YaraException; mayRemove: boolean }) {
  const { t } = useTranslation('artifacts')
  const confirm = useConfirm()
  const { removeException } = useYaraActions()
  const { rule, set, sha256 } = exception
  const onRemove = async () => {
    const yes = await confirm({
      title: t('yara.exception.remove'),
      text: t('yara.exception.removeText'),
      confirm: t('yara.exception.remove'),
    })
    if (yes)
      removeException.mutate(exception.id, {
        onSuccess: () => toastDone(t('yara.exception.removed')),
        onError: toastError,
      })
  }
  return (
    <li className="flex items-start gap-3 px-3 py-2">
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-baseline gap-x-2">
          <span className="break-all">
            {rule ? t('yara.exception.rule', { rule, set: set?.name }) : t('yara.exception.file')}
          </span>
          {sha256 && (
            <>
              <span className="text-text-3">{t('yara.exception.on')}</span>
              <Link to="/artifacts/$artifactId" params={{ artifactId: sha256 }} className="link mono" title={sha256}>
                {sha256.slice(0, 16)}…
              </Link>
            </>
          )}
        </p>
        <p className="break-words text-text-2">{exception.reason}</p>
      </div>
      <span className="shrink-0 text-text-3">
        <RelativeTime at={exception.createdAt} /> · {exception.createdBy}
      </span>
      {mayRemove && (
        <IconButton
          label={t('yara.exception.remove')}
          icon={<Bell size={14} />}
          disabled={removeException.isPending}
          onClick={() => void onRemove()}
        />
      )}
    </li>
  )
}
