import type { AuditVerification } from '@watchfloor/contracts/audit'
import { ShieldCheck, ShieldX, X } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { IconButton } from '../../ui/button.tsx'
import { CopyButton } from '../../ui/copy.tsx'
import { formatCount } from '../../ui/format/number.ts'
import { ErrorLine } from '../../ui/states.tsx'

/** What a walk over the whole chain found. */
export function Verification({
  result,
  error,
  onClose,
}: {
  result: AuditVerification | undefined
  error: unknown
  onClose: () => void
}) {
  const { t } = useTranslation('audit')
  const { t: ui } = useTranslation('ui')
  if (error)
    return (
      <div className="px-4 pt-3">
        <ErrorLine error={error} />
      </div>
    )
  if (!result) return null
  const words = result.intact
    ? result.head
      ? t('intact', {
          formatted: formatCount(result.checked),
          ms: formatCount(result.durationMs),
          number: formatCount(result.head.number),
        })
      : t('empty_chain')
    : t('broken', { number: result.firstBroken?.number ?? '?', message: result.firstBroken?.message ?? '' })
  return (
    <div
      role={result.intact ? 'status' : 'alert'}
      className={
        result.intact
          ? 'flex shrink-0 items-start gap-2 border-b border-line bg-good-soft px-4 py-2'
          : 'flex shrink-0 items-start gap-2 border-b border-line bg-bad-soft px-4 py-2'
      }
    >
      {result.intact ? (
        <ShieldCheck size={16} aria-hidden className="mt-0.5 shrink-0 text-good" />
      ) : (
        <ShieldX size={16} aria-hidden className="mt-0.5 shrink-0 text-bad" />
      )}
      <div className="min-w-0 flex-1">
        <p className="font-medium">{words}</p>
        {result.intact && result.head && (
          <p className="flex flex-wrap items-center gap-1 text-12 text-text-2">
            {t('head')} <code className="mono break-all">{result.head.hash}</code>{' '}
            <CopyButton value={`${result.head.number} ${result.head.hash}`} />
          </p>
        )}
      </div>
      <IconButton label={ui('dismiss')} icon={<X size={14} />} onClick={onClose} />
    </div>
  )
}
