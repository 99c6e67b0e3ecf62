import { useNavigate } from '@tanstack/react-router'
import type { AlertDetail } from '@watchfloor/contracts/alerts'
import { BellOff, FlaskConical } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMay } from '../../app/session/me.tsx'
import { Button, IconButton } from '../../ui/button.tsx'
import { toastDone, toastError } from '../../ui/toast.tsx'
import type { AlertWhy } from './data.ts'
import { useAddSample } from './exception-data.ts'

const ExceptionDialog = lazy(() => import('./exception-dialog.tsx'))

interface WhyActionsProps {
  readonly alert: AlertDetail
  readonly why: AlertWhy
  readonly raw: string | undefined
}

/** What can be done with an event that a rule matched: an exception for such events, or keeping it as a sample of the rule. */
export function WhyActions({ alert, why, raw }: WhyActionsProps) {
  const { t } = useTranslation('alerts')
  const navigate = useNavigate()
  const may = useMay()
  const [open, setOpen] = useState(false)
  const sample = useAddSample(alert.ruleId)
  if (!may('rules:except')) return null
  const keep = () =>
    sample.mutate(
      { name: alert.title.slice(0, 200), expected: 'match', eventId: why.eventId },
      {
        onSuccess: () =>
          toastDone(t('sample.done'), {
            label: t('sample.show'),
            run: () =>
              void navigate({ to: '/rules/$ruleId', params: { ruleId: alert.ruleId }, search: { tab: 'samples' } }),
          }),
        onError: toastError,
      },
    )
  return (
    <>
      <IconButton
        label={t('sample.keep')}
        icon={<FlaskConical size={14} />}
        disabled={sample.isPending}
        onClick={keep}
      />
      <Button tone="quiet" icon={<BellOff size={14} aria-hidden />} onClick={() => setOpen(true)}>
        {t('exception.open')}
      </Button>
      {open && (
        <Suspense fallback={null}>
          <ExceptionDialog alert={alert} hits={why.hits} raw={raw} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  )
}
