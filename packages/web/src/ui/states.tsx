import { clsx } from 'clsx'
import { CircleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from './button.tsx'
import { CopyButton } from './copy.tsx'

/** A grey place of the final size. */
export const Skeleton = ({ className }: { className?: string }) => (
  <div aria-hidden className={clsx('skeleton', className)} />
)

/** Rows of a list that is on its way, at their final height. */
export function SkeletonRows({ rows = 12 }: { rows?: number }) {
  const { t } = useTranslation('ui')
  return (
    <div role="status" aria-label={t('loading')} className="min-h-0 flex-1 overflow-hidden">
      {Array.from({ length: rows }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all the same
        <div key={index} className="flex h-8 items-center gap-3 border-b border-line px-3">
          <Skeleton className="size-4" />
          <Skeleton className={['h-3.5', index % 3 === 0 ? 'w-1/2' : index % 3 === 1 ? 'w-2/5' : 'w-1/3'].join(' ')} />
          <Skeleton className="ml-auto h-3.5 w-24" />
        </div>
      ))}
    </div>
  )
}

/** Says what would be here, and the one next step. */
export function EmptyState({
  icon,
  title,
  text,
  action,
}: {
  icon?: ReactNode
  title: string
  text?: string
  action?: ReactNode
}) {
  return (
    <div className="flex flex-1 flex-col items-center justify-center gap-2 px-6 py-12 text-center">
      {icon && <div className="mb-1 text-text-3">{icon}</div>}
      <h2 className="text-14 font-semibold">{title}</h2>
      {text && <p className="max-w-md text-text-2">{text}</p>}
      {action && <div className="mt-2 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  )
}

/** What a failed call says; `api.ts` makes every error into this shape. */
export interface ShownError {
  readonly message: string
  readonly remedy?: string | undefined
  readonly requestId?: string | undefined
  readonly code?: string | undefined
  readonly issues?: readonly { at: string; message: string }[] | undefined
}

/** Reads any thrown thing as something that can be shown: sentences, and nothing said twice. */
export function shownError(error: unknown): ShownError {
  if (!(error instanceof Error)) return { message: String(error) }
  const { message, remedy, requestId, code, issues }: ShownError = error
  return {
    message: asSentence(message),
    remedy: remedy && asSentence(remedy),
    requestId,
    code,
    issues: issues?.filter((issue) => issue.message !== message),
  }
}

const asSentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/** What happened, why, what to do, and the id to find it in the logs. */
export function ErrorState({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t } = useTranslation('ui')
  const { message, remedy, requestId, issues } = shownError(error)
  return (
    <div role="alert" className="flex flex-1 flex-col items-center justify-center gap-2 px-6 py-12 text-center">
      <CircleAlert className="mb-1 text-bad" size={22} aria-hidden />
      <h2 className="max-w-xl text-14 font-semibold">{message}</h2>
      {remedy && <p className="max-w-md text-text-2">{remedy}</p>}
      {issues?.slice(0, 5).map((issue) => (
        <p key={`${issue.at}${issue.message}`} className="mono text-text-2">
          {issue.at}: {issue.message}
        </p>
      ))}
      {requestId && (
        <p className="flex items-center gap-1 text-12 text-text-3">
          {t('error.requestId')} <code className="mono">{requestId}</code>{' '}
          <CopyButton value={requestId} label={t('error.copyRequestId')} />
        </p>
      )}
      {onRetry && (
        <Button className="mt-2" onClick={onRetry}>
          {t('error.retry')}
        </Button>
      )}
    </div>
  )
}

/** The same, as one line above a form. */
export function ErrorLine({ error }: { error: unknown }) {
  const { t } = useTranslation('ui')
  if (!error) return null
  const { message, remedy, requestId, issues } = shownError(error)
  return (
    <div role="alert" className="rounded border border-bad/40 bg-bad-soft px-3 py-2 text-13">
      <p className="font-medium">{message}</p>
      {remedy && <p className="text-text-2">{remedy}</p>}
      {issues?.slice(0, 5).map((issue) => (
        <p key={`${issue.at}${issue.message}`} className="mono text-text-2">
          {issue.at}: {issue.message}
        </p>
      ))}
      {requestId && (
        <p className="mt-0.5 text-12 text-text-2">
          {t('error.requestId')} <code className="mono">{requestId}</code>
        </p>
      )}
    </div>
  )
}
