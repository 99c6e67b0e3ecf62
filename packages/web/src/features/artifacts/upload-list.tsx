import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Button } from '../../ui/button.tsx'
import { formatBytes, formatPercent } from '../../ui/format/number.ts'
import type { Upload } from './uploads.ts'

/** What was sent since the page was opened, and how far it is. */
export function UploadList({ uploads, onClear }: { uploads: readonly Upload[]; onClear: () => void }) {
  const { t } = useTranslation('artifacts')
  if (uploads.length === 0) return null
  return (
    <section aria-label={t('uploads.title')} className="max-h-48 overflow-auto border-b border-line bg-surface-2">
      <ul>
        {uploads.map((upload) => (
          <li key={upload.id} className="flex h-8 items-center gap-3 px-4">
            <span className="min-w-0 flex-1 truncate">{upload.name}</span>
            <span className="text-text-3 tabular-nums">{formatBytes(upload.sizeBytes)}</span>
            {upload.state === 'sending' && (
              <progress
                aria-label={upload.name}
                className="w-32 accent-accent"
                value={upload.sentBytes}
                max={Math.max(1, upload.sizeBytes)}
              />
            )}
            <span className={upload.state === 'failed' ? 'text-bad' : 'text-text-2'} title={upload.message}>
              {upload.state === 'sending'
                ? formatPercent(Math.round((100 * upload.sentBytes) / Math.max(1, upload.sizeBytes)))
                : upload.state === 'failed'
                  ? upload.message
                  : t(`uploads.${upload.state}`)}
            </span>
            {upload.artifactId && (
              <Link to="/artifacts/$artifactId" params={{ artifactId: upload.artifactId }} className="link">
                {t('uploads.open')}
              </Link>
            )}
          </li>
        ))}
      </ul>
      <div className="flex justify-end px-4 pb-1">
        <Button size="sm" tone="quiet" onClick={onClear}>
          {t('uploads.clear')}
        </Button>
      </div>
    </section>
  )
}
