import type { Alert } from '@watchfloor/contracts/alerts'
import type { DetectionKind } from '@watchfloor/contracts/kernel'
import { Binary, Crosshair, FileSearch, History, Layers, ScrollText, Telescope } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Chip } from '../../ui/chip.tsx'

/** Written out with the compiler watching that none is missing; the contracts' validators stay out of the bundle. */
const icons: Record<DetectionKind, typeof Layers> = {
  sigma: ScrollText,
  correlation: Layers,
  indicator: Crosshair,
  pattern: Binary,
  yara: FileSearch,
  hunt: Telescope,
}
export const detectionKinds = Object.keys(icons) as DetectionKind[]

/** What detected it, and whether in stored history alone. */
export function KindChips({ alert }: { alert: Pick<Alert, 'kind' | 'retrospective'> }) {
  const { t } = useTranslation('alerts')
  const Icon = icons[alert.kind]
  return (
    <span className="flex flex-wrap gap-1">
      <Chip icon={<Icon size={12} aria-hidden />}>{t(`kind.${alert.kind}`)}</Chip>
      {alert.retrospective && (
        <Chip icon={<History size={12} aria-hidden />} title={t('retrospectiveHint')}>
          {t('retrospective')}
        </Chip>
      )}
    </span>
  )
}

/** In a row: a mark where an alert is not the usual rule on the live stream. */
export function KindMarks({ alert }: { alert: Pick<Alert, 'kind' | 'retrospective'> }) {
  const { t } = useTranslation('alerts')
  const Icon = icons[alert.kind]
  const word = t(`kind.${alert.kind}`)
  return (
    <>
      {alert.kind !== 'sigma' && (
        <span role="img" aria-label={word} title={word} className="shrink-0 text-text-3">
          <Icon size={12} aria-hidden />
        </span>
      )}
      {alert.retrospective && (
        <span
          role="img"
          aria-label={t('retrospective')}
          title={t('retrospectiveHint')}
          className="shrink-0 text-text-3"
        >
          <History size={12} aria-hidden />
        </span>
      )}
    </>
  )
}
