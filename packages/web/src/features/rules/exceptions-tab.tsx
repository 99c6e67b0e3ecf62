import type { RuleException } from '@watchfloor/contracts/rules'
import { BellOff, Trash2 } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { IconButton } from '../../ui/button.tsx'
import { Chip } from '../../ui/chip.tsx'
import { useConfirm } from '../../ui/dialog.tsx'
import { AbsoluteTime, RelativeTime } from '../../ui/display.tsx'
import { ScrollPage } from '../../ui/page.tsx'
import { EmptyState, ErrorState, Skeleton } from '../../ui/states.tsx'
import { toastDone, toastError } from '../../ui/toast.tsx'
import { useExceptions, useRemoveException } from './life-data.ts'

const tones = { active: 'good', expired: 'plain', off: 'warn' } as const

/** What the rule is told to leave alone: by whom, why, until when. */
export function ExceptionsTab({ ruleId, mayExcept }: { ruleId: string; mayExcept: boolean }) {
  const { t } = useTranslation('rules')
  const list = useExceptions(ruleId)
  if (list.isError) return <ErrorState error={list.error} onRetry={() => void list.refetch()} />
  if (list.isPending) return <Skeleton className="m-4 h-40" />
  if (list.data.items.length === 0)
    return (
      <EmptyState
        icon={<BellOff size={22} />}
        title={t('life.exceptions.emptyTitle')}
        text={t('life.exceptions.emptyText')}
      />
    )
  return (
    <ScrollPage width="max-w-4xl">
      <p className="text-text-2">{t('life.exceptions.text')}</p>
      <ul aria-label={t('life.tabs.exceptions')} className="flex flex-col gap-3">
        {list.data.items.map((one) => (
          <li key={one.id}>
            <ExceptionCard ruleId={ruleId} exception={one} mayExcept={mayExcept} />
          </li>
        ))}
      </ul>
    </ScrollPage>
  )
}

function ExceptionCard({
  ruleId,
  exception,
  mayExcept,
}: {
  ruleId: string
  exception: RuleException
  mayExcept: boolean
}) {
  const { t } = useTranslation('rules')
  const confirm = useConfirm()
  const remove = useRemoveException(ruleId)
  const onRemove = async () => {
    const yes = await confirm({
      title: t('life.exceptions.removeTitle'),
      text: t('life.exceptions.removeText'),
      confirm: t('life.exceptions.remove'),
      tone: 'danger',
    })
    if (!yes) return
    remove.mutate(exception.id, { onSuccess: () => toastDone(t('life.exceptions.removed')), onError: toastError })
  }
  return (
    <article className="panel flex flex-col gap-2 p-3">
      <div className="flex flex-wrap items-center gap-2">
        <Chip tone={tones[exception.state]}>{t(`life.exceptions.${exception.state}`)}</Chip>
        <span className="font-medium">{exception.reason}</span>
        {mayExcept && (
          <span className="ml-auto">
            <IconButton
              label={t('life.exceptions.remove')}
              icon={<Trash2 size={14} />}
              disabled={remove.isPending}
              onClick={() => void onRemove()}
            />
          </span>
        )}
      </div>
      <ul className="flex flex-col gap-1">
        {exception.conditions.map((one, at) => (
          <li key={`${one.field}${one.op}${one.value}`} className="mono break-all">
            {at > 0 && <span className="text-text-3">{t('life.exceptions.and')} </span>}
            {one.field} <span className="text-text-3">{t(`life.exceptions.ops.${one.op}`)}</span>{' '}
            <mark>{one.value}</mark>
          </li>
        ))}
      </ul>
      <p className="flex flex-wrap gap-x-2 text-12 text-text-3">
        <span>{t('life.exceptions.by', { name: exception.author })}</span>
        <RelativeTime at={exception.createdAt} />
        <span aria-hidden>·</span>
        {exception.expiresAt === null ? (
          <span>{t('life.exceptions.open')}</span>
        ) : (
          <span>
            {t(exception.state === 'expired' ? 'life.exceptions.ended' : 'life.exceptions.ends')}{' '}
            <AbsoluteTime at={exception.expiresAt} />
          </span>
        )}
      </p>
      <details>
        <summary className="cursor-pointer text-12 text-text-2">{t('life.exceptions.filter')}</summary>
        <pre className="mono mt-1 overflow-auto rounded border border-line bg-bg p-2">{exception.yaml}</pre>
      </details>
    </article>
  )
}
