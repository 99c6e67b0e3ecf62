import type { AlertStatus } from '@watchfloor/contracts/alerts'
import { Circle, CircleCheck, CircleDashed, CircleDot } from 'lucide-react'
import { useTranslation } from 'react-i18next'

const icons = { new: CircleDashed, acknowledged: Circle, 'in-progress': CircleDot, closed: CircleCheck } as const

/** A status with its shape. */
export function StatusBadge({ status }: { status: AlertStatus }) {
  const { t } = useTranslation('alerts')
  const Icon = icons[status]
  return (
    <span className="inline-flex items-center align-middle gap-1.5 whitespace-nowrap">
      <Icon
        size={14}
        aria-hidden
        className={status === 'new' ? 'text-accent-text' : status === 'closed' ? 'text-text-3' : 'text-text-2'}
      />
      {t(`status.${status}`)}
    </span>
  )
}
