import type { Alert } from '@watchfloor/contracts/alerts'
import { ChevronDown } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { ActionMenu } from '../../ui/action-menu.tsx'
import { Button } from '../../ui/button.tsx'
import { SeverityBadge, severitiesWorstFirst } from '../../ui/severity.tsx'
import type { Triage } from './triage-keys.ts'

/** The buttons of one alert; each shows its key. */
export function AlertActions({ alert, triage }: { alert: Alert; triage: Triage }) {
  const { t } = useTranslation('alerts')
  if (!triage.may) return null
  const closed = alert.status === 'closed'
  return (
    <div className="flex flex-wrap gap-1.5">
      <ActionMenu
        label={t('action.severity')}
        actions={severitiesWorstFirst.map((severity) => ({
          id: severity,
          label: <SeverityBadge severity={severity} />,
          active: severity === alert.severity,
          run: () => triage.change({ severity }),
        }))}
        trigger={
          <Button size="sm" title={t('action.severity')}>
            <SeverityBadge severity={alert.severity} />
            <ChevronDown size={12} aria-hidden />
          </Button>
        }
      />
      <Button size="sm" hint="m" onClick={triage.take}>
        {t('action.take')}
      </Button>
      <Button size="sm" hint="a" onClick={() => triage.openDialog('assign')}>
        {t('action.assign')}
      </Button>
      {alert.status === 'new' && (
        <Button size="sm" hint="w" onClick={() => triage.setStatus('acknowledged')}>
          {t('action.acknowledge')}
        </Button>
      )}
      {alert.status !== 'in-progress' && (
        <Button size="sm" hint="s" onClick={() => triage.setStatus('in-progress')}>
          {closed ? t('action.reopen') : t('action.start')}
        </Button>
      )}
      {!closed && (
        <Button size="sm" tone="primary" hint="e" onClick={() => triage.openDialog('close')}>
          {t('action.close')}
        </Button>
      )}
    </div>
  )
}
