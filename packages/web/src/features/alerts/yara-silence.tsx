import type { YaraEvidence } from '@watchfloor/contracts/kernel'
import { BellOff } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMay } from '../../app/session/me.tsx'
import { Button } from '../../ui/button.tsx'

const YaraSilenceDialog = lazy(() => import('./yara-silence-dialog.tsx'))

/** The way to no more alerts of a rule, of a file, or of both together. */
export function YaraSilence({ evidence }: { evidence: YaraEvidence }) {
  const { t } = useTranslation('alerts')
  const may = useMay()
  const [open, setOpen] = useState(false)
  if (!may('yara:except')) return null
  return (
    <>
      <Button tone="quiet" icon={<BellOff size={14} aria-hidden />} onClick={() => setOpen(true)}>
        {t('yara.silence')}
      </Button>
      {open && (
        <Suspense fallback={null}>
          <YaraSilenceDialog evidence={evidence} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  )
}
