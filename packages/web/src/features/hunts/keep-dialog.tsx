import type { HuntRun } from '@watchfloor/contracts/hunts'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Toggle } from '../../ui/form.tsx'
import { formatCount } from '../../ui/format/number.ts'
import { ErrorLine } from '../../ui/states.tsx'
import { useKeep } from './data.ts'

/** Asks whether the hits become detections, and whether alerts follow. */
export function KeepDialog({ open, onClose, run }: { open: boolean; onClose: () => void; run: HuntRun }) {
  const { t } = useTranslation('hunts')
  const { t: ui } = useTranslation('ui')
  const [alerts, setAlerts] = useState(true)
  const keep = useKeep(run.id)
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={t('keep.title', { count: run.hitsKept, formatted: formatCount(run.hitsKept) })}
      description={t('keep.text')}
      width="max-w-md"
    >
      <div className="flex flex-col gap-3">
        <Toggle label={t('keep.alerts')} checked={alerts} onChange={setAlerts} />
        <ErrorLine error={keep.error} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{ui('cancel')}</Button>
          <Button tone="primary" busy={keep.isPending} onClick={() => keep.mutate(alerts, { onSuccess: onClose })}>
            {t('keep.confirm')}
          </Button>
        </div>
      </div>
    </Dialog>
  )
}
