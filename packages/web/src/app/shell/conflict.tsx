import { useTranslation } from 'react-i18next'
import { Button } from '../../ui/button.tsx'

/** Somebody else was faster: shows what it is now and what one wanted, and lets one choose. */
export function ConflictBanner({
  theirs,
  yours,
  onRetry,
  onDiscard,
}: {
  theirs: string
  yours: string
  onRetry: () => void
  onDiscard: () => void
}) {
  const { t } = useTranslation('app')
  return (
    <div
      role="alert"
      className="flex shrink-0 flex-wrap items-center gap-x-4 gap-y-1 border-b border-warn/40 bg-warn-soft px-4 py-2"
    >
      <div className="min-w-0 flex-1">
        <p className="font-medium text-warn">{t('conflict.title')}</p>
        <p className="text-text-2">{t('conflict.text')}</p>
        <dl className="mt-1 flex flex-wrap gap-x-4">
          <div>
            <dt className="inline text-text-2">{t('conflict.theirs')}: </dt>
            <dd className="inline font-medium">{theirs}</dd>
          </div>
          <div>
            <dt className="inline text-text-2">{t('conflict.yours')}: </dt>
            <dd className="inline font-medium">{yours}</dd>
          </div>
        </dl>
      </div>
      <Button onClick={onDiscard}>{t('conflict.discard')}</Button>
      <Button tone="primary" onClick={onRetry}>
        {t('conflict.retry')}
      </Button>
    </div>
  )
}
