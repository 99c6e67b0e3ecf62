import { useTranslation } from 'react-i18next'
import { Button } from '../../ui/button.tsx'
import { formatCount } from '../../ui/format/number.ts'
import type { Triage } from './triage-keys.ts'

/** What can be done with the selection; offers the whole filter once everything listed is selected. */
export function BulkBar({
  count,
  total,
  wholeFilter,
  canWiden,
  onWiden,
  onClear,
  triage,
}: {
  count: number
  total: number | undefined
  wholeFilter: boolean
  canWiden: boolean
  onWiden: () => void
  onClear: () => void
  triage: Triage
}) {
  const { t } = useTranslation('alerts')
  const shown = total === undefined ? '' : formatCount(total)
  return (
    <div className="flex min-h-11 shrink-0 flex-wrap items-center gap-2 border-b border-line bg-accent-soft px-4 py-1.5">
      <span className="font-medium" role="status">
        {wholeFilter
          ? t('select.allChosen', { total: shown })
          : t('select.count', { count, formatted: formatCount(count) })}
      </span>
      {canWiden && !wholeFilter && (
        <button type="button" className="link" onClick={onWiden}>
          {t('select.all', { total: shown })}
        </button>
      )}
      <div className="ml-auto flex flex-wrap gap-1.5">
        {triage.may && (
          <>
            <Button size="sm" hint="m" onClick={triage.take}>
              {t('action.take')}
            </Button>
            <Button size="sm" hint="a" onClick={() => triage.openDialog('assign')}>
              {t('action.assign')}
            </Button>
            <Button size="sm" hint="w" onClick={() => triage.setStatus('acknowledged')}>
              {t('action.acknowledge')}
            </Button>
            <Button size="sm" hint="s" onClick={() => triage.setStatus('in-progress')}>
              {t('action.start')}
            </Button>
            <Button size="sm" tone="primary" hint="e" onClick={() => triage.openDialog('close')}>
              {t('action.close')}
            </Button>
          </>
        )}
        <Button size="sm" tone="quiet" hint="Escape" onClick={onClear}>
          {t('select.clear')}
        </Button>
      </div>
    </div>
  )
}
