import type { YaraDiagnostic } from '@watchfloor/contracts/artifacts'
import { useTranslation } from 'react-i18next'

/** What the compiler says of rules: the file, the place, the words. */
export function Diagnostics({ items }: { items: readonly YaraDiagnostic[] }) {
  const { t } = useTranslation('artifacts')
  if (items.length === 0) return <p className="text-text-2">{t('yara.noDiagnostics')}</p>
  return (
    <ul aria-label={t('yara.diagnostics')} className="max-h-64 overflow-auto text-12">
      {items.map((one, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: one place may be wrong in one way twice
        <li key={index} className="py-0.5">
          <span className={one.level === 'error' ? 'mono text-bad' : 'mono text-warn'}>{one.code}</span>{' '}
          <span className="mono break-all">
            {one.file}:{one.line}:{one.column}
          </span>{' '}
          {one.message}
        </li>
      ))}
    </ul>
  )
}
