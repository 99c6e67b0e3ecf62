import { useTranslation } from 'react-i18next'
import { ErrorState, Skeleton } from '../../ui/states.tsx'
import { Activity } from './activity.tsx'
import { AlertActions } from './alert-actions.tsx'
import { AlertFacts, RuleNotes, Similar } from './alert-facts.tsx'
import { useAlert } from './data.ts'
import { StatusBadge } from './status.tsx'
import type { Triage } from './triage-keys.ts'
import { WhySection } from './why-section.tsx'

/** An alert beside the list: enough to decide on it. */
export default function AlertPanel({ id, triage }: { id: string; triage: Triage }) {
  const { t } = useTranslation('alerts')
  const { data: alert, error, isError, refetch } = useAlert(id)
  if (isError) return <ErrorState error={error} onRetry={() => void refetch()} />
  if (!alert)
    return (
      <div className="flex flex-col gap-3 p-4" role="status" aria-label={t('page.panel')}>
        <Skeleton className="h-6 w-3/4" />
        <Skeleton className="h-7 w-full" />
        <Skeleton className="h-40 w-full" />
        <Skeleton className="h-56 w-full" />
      </div>
    )
  return (
    <div className="flex flex-col gap-4 p-4">
      <div>
        <h2 className="text-16 font-semibold break-words">{alert.title}</h2>
        <div className="mt-1 text-text-2">
          <StatusBadge status={alert.status} />
        </div>
      </div>
      <AlertActions alert={alert} triage={triage} />
      <AlertFacts alert={alert} />
      <WhySection key={alert.id} alert={alert} />
      <Similar alert={alert} />
      <RuleNotes alert={alert} />
      <Activity alert={alert} />
    </div>
  )
}
