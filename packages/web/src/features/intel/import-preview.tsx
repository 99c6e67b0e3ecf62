import type { IndicatorImportResult } from '@watchfloor/contracts/intel'
import { useTranslation } from 'react-i18next'
import { formatCount } from '../../ui/format/number.ts'
import { ErrorLine, Skeleton } from '../../ui/states.tsx'
import type { Preview } from './import-dialog.tsx'

const shownValues = 8

/** What would be read of a list, and what would not, before anything is kept. */
export function ImportPreview({ preview, partOf }: { preview: Preview; partOf: boolean | undefined }) {
  const { t } = useTranslation('intel')
  const { result, error, isReading } = preview
  if (error) return <ErrorLine error={error} />
  if (!result) return isReading ? <Skeleton className="h-16" /> : null
  return (
    <div className="panel" role="status">
      <div className="flex flex-wrap items-center gap-x-3 border-b border-line px-3 py-1.5">
        <h3 className="label">{t('importing.preview')}</h3>
        <span className="text-12 text-text-2">
          {t('importing.counts', {
            fresh: formatCount(result.added),
            known: formatCount(result.unchanged),
            refused: formatCount(result.refused),
          })}
        </span>
        {partOf && <span className="text-12 text-text-3">{t('importing.ofFirstPart', { size: '64 KB' })}</span>}
      </div>
      <ul className="divide-y divide-line">
        {result.preview.slice(0, shownValues).map((one) => (
          <li key={one.line} className="flex items-center gap-3 px-3 py-1">
            <span className="w-24 shrink-0 text-12 text-text-3">{t(`type.${one.type}`)}</span>
            <span className="mono min-w-0 truncate" title={one.value}>
              {one.value}
            </span>
          </li>
        ))}
      </ul>
      <ProblemList problems={result.problems} />
    </div>
  )
}

/** Lines that were not read, with why. */
export function ProblemList({ problems }: { problems: IndicatorImportResult['problems'] }) {
  const { t } = useTranslation('intel')
  if (problems.length === 0) return null
  return (
    <details className="border-t border-line px-3 py-1.5">
      <summary className="cursor-pointer text-warn">{t('importing.problems')}</summary>
      <ul className="mt-1 max-h-40 overflow-auto text-12">
        {problems.map((one) => (
          <li key={one.line} className="flex gap-3">
            <span className="w-20 shrink-0 text-text-3">{t('importing.line', { line: formatCount(one.line) })}</span>
            <span className="min-w-0 break-all text-text-2">{one.message}</span>
          </li>
        ))}
      </ul>
    </details>
  )
}
