import type { RuleDetail } from '@watchfloor/contracts/rules'
import { PackageOpen } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { ErrorLine, Skeleton } from '../../ui/states.tsx'
import { toastDone, toastError } from '../../ui/toast.tsx'
import { DiffView } from './diff-view.tsx'
import { useAnswerOffer, useOffer } from './life-data.ts'

/** A pack's newer text of a rule that was changed here: compared, taken or declined. */
export function OfferBanner({ rule, mayWrite }: { rule: RuleDetail; mayWrite: boolean }) {
  const { t } = useTranslation('rules')
  const [open, setOpen] = useState(false)
  const offer = useOffer(rule.id, open)
  const answer = useAnswerOffer(rule.id)
  const say = (action: 'take' | 'decline') =>
    answer.mutate(
      { action, expectedVersion: rule.version },
      {
        onSuccess: () => {
          setOpen(false)
          toastDone(t(action === 'take' ? 'life.offer.taken' : 'life.offer.declined'))
        },
        onError: toastError,
      },
    )
  return (
    <div className="flex flex-wrap items-center gap-2 border-b border-line bg-warn-soft px-4 py-2">
      <PackageOpen size={14} aria-hidden className="text-warn" />
      <span>{t('life.offer.text', { pack: rule.pack })}</span>
      <span className="ml-auto flex gap-2">
        <Button onClick={() => setOpen(true)}>{t('life.offer.look')}</Button>
        {mayWrite && (
          <>
            <Button busy={answer.isPending} onClick={() => say('decline')}>
              {t('life.offer.decline')}
            </Button>
            <Button busy={answer.isPending} onClick={() => say('take')}>
              {t('life.offer.take')}
            </Button>
          </>
        )}
      </span>
      <Dialog open={open} onClose={() => setOpen(false)} title={t('life.offer.title')} width="max-w-4xl">
        {offer.isError ? (
          <ErrorLine error={offer.error} />
        ) : offer.data ? (
          <DiffView diff={offer.data.diff} />
        ) : (
          <Skeleton className="h-40" />
        )}
      </Dialog>
    </div>
  )
}
