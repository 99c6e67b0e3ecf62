import type { Diagnostic } from '@watchfloor/contracts/rules'
import { CircleX, Info, TriangleAlert } from 'lucide-react'
import { useTranslation } from 'react-i18next'

const icons = { error: CircleX, warning: TriangleAlert, hint: Info } as const
const tones = { error: 'text-bad', warning: 'text-warn', hint: 'text-accent-text' } as const

/** Remarks about a rule, each with its place and remedy. */
export function DiagnosticList({ diagnostics }: { diagnostics: readonly Diagnostic[] }) {
  const { t } = useTranslation('rules')
  if (diagnostics.length === 0) return <p className="p-3 text-text-2">{t('page.noDiagnostics')}</p>
  return (
    <ul className="divide-y divide-line">
      {diagnostics.map((each) => {
        const Icon = icons[each.level]
        return (
          <li key={`${each.code}${each.line}:${each.column}${each.message}`} className="flex gap-2 px-3 py-1.5">
            <Icon size={14} aria-hidden className={`mt-0.5 shrink-0 ${tones[each.level]}`} />
            <div className="min-w-0">
              <p className="break-words">{each.message}</p>
              {each.remedy && <p className="text-text-2">{each.remedy}</p>}
              <p className="mono text-text-3">
                {each.code} · {t('page.goToLine', { line: each.line, column: each.column })}
              </p>
            </div>
          </li>
        )
      })}
    </ul>
  )
}
