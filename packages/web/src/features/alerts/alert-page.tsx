import { useCanGoBack, useNavigate, useParams, useRouter } from '@tanstack/react-router'
import type { AlertDetail } from '@watchfloor/contracts/alerts'
import { ArrowLeft } from 'lucide-react'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError } from '../../app/api.ts'
import { ConflictBanner } from '../../app/shell/conflict.tsx'
import { IconButton } from '../../ui/button.tsx'
import { useShortcuts } from '../../ui/keyboard/keyboard.tsx'
import { PageHeader, ScrollPage, Section } from '../../ui/page.tsx'
import { ErrorState, Skeleton } from '../../ui/states.tsx'
import { Activity } from './activity.tsx'
import { AlertActions } from './alert-actions.tsx'
import { AlertFacts, RuleNotes, Similar } from './alert-facts.tsx'
import { Around } from './around.tsx'
import { useAlert, useAlertChange } from './data.ts'
import { DetectionBars } from './detection-bars.tsx'
import { StatusBadge } from './status.tsx'
import { useTriage } from './triage-keys.ts'
import './text.en.ts'
import { WhySection } from './why-section.tsx'

const TriageDialogs = lazy(() => import('./triage-dialogs.tsx'))

/** One alert, whole. */
export function AlertPage() {
  const { alertId } = useParams({ strict: false })
  const { data, error, isError, refetch } = useAlert(alertId)
  const back = useBack()
  const { t } = useTranslation('alerts')
  useShortcuts([{ keys: 'Escape', label: t('key.back'), group: t('key.group'), run: back }])
  if (isError && !data) return <ErrorState error={error} onRetry={() => void refetch()} />
  if (!data)
    return (
      <ScrollPage width="max-w-[1600px]">
        <Skeleton className="h-8 w-1/2" />
        <Skeleton className="h-64" />
        <Skeleton className="h-64" />
      </ScrollPage>
    )
  return <AlertView key={data.id} alert={data} onBack={back} />
}

function useBack(): () => void {
  const navigate = useNavigate()
  const router = useRouter()
  const canGoBack = useCanGoBack()
  return () => (canGoBack ? router.history.back() : void navigate({ to: '/alerts' }))
}

function AlertView({ alert, onBack }: { alert: AlertDetail; onBack: () => void }) {
  const { t } = useTranslation('alerts')
  const change = useAlertChange(alert)
  const triage = useTriage(true, (wanted) => change.mutate(wanted))
  useShortcuts(
    triage.may
      ? [
          {
            keys: 'c',
            label: t('key.comment'),
            group: t('key.group'),
            run: () => document.getElementById('alert-comment')?.focus(),
          },
        ]
      : [],
  )
  const conflict = change.error instanceof ApiError && change.error.code === 'STALE_EDIT' ? change.variables : undefined
  return (
    <>
      <PageHeader
        back={<IconButton label={t('key.back')} hint="Esc" icon={<ArrowLeft size={16} />} onClick={onBack} />}
        title={alert.title}
        figure={<StatusBadge status={alert.status} />}
        actions={<AlertActions alert={alert} triage={triage} />}
      />
      {conflict && (
        <ConflictBanner
          theirs={`${t(`status.${alert.status}`)} · ${alert.assignee?.name ?? t('assignee.none')}`}
          yours={[
            conflict.change.status && t(`status.${conflict.change.status}`),
            conflict.change.resolution && t(`resolution.${conflict.change.resolution}`),
            conflict.change.assignee !== undefined && (conflict.person?.name ?? t('assignee.nobody')),
            conflict.change.severity,
          ]
            .filter(Boolean)
            .join(' · ')}
          onRetry={() => change.mutate(conflict)}
          onDiscard={() => change.reset()}
        />
      )}
      <ScrollPage width="max-w-[1600px]">
        <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,1fr)_380px]">
          <div className="flex min-w-0 flex-col gap-4">
            <WhySection alert={alert} />
            <Around alert={alert} />
          </div>
          <div className="flex min-w-0 flex-col gap-4">
            <Section title={t('page.panel')}>
              <AlertFacts alert={alert} />
            </Section>
            <DetectionBars alert={alert} />
            <Activity alert={alert} />
            <Similar alert={alert} />
            <RuleNotes alert={alert} />
          </div>
        </div>
      </ScrollPage>
      {triage.dialog && (
        <Suspense fallback={null}>
          <TriageDialogs triage={triage} count={1} />
        </Suspense>
      )}
    </>
  )
}
