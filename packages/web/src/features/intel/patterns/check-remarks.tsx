import type { PatternCheckResult } from '@watchfloor/contracts/intel'
import { CircleCheck, CircleX, TriangleAlert } from 'lucide-react'
import { useTranslation } from 'react-i18next'

const shownRemarks = 6

/** What there is to say about a pattern while it is written: how it is matched, or what is wrong, where, and the remedy. */
export function CheckRemarks({ check }: { check: PatternCheckResult | undefined }) {
  const { t } = useTranslation('patterns')
  return (
    <div role="status" className="flex min-h-5 flex-col gap-1 text-12">
      {check?.scope && (
        <p className="flex items-center gap-1.5 text-text-2">
          <CircleCheck size={14} aria-hidden className="shrink-0 text-good" />
          {t(`editor.ready.${check.scope}`, { count: check.values.length })}
        </p>
      )}
      {check?.diagnostics.slice(0, shownRemarks).map((one) => (
        <p key={`${one.line}:${one.column}${one.code}`} className="flex items-start gap-1.5">
          {one.level === 'error' ? (
            <CircleX size={14} aria-hidden className="mt-px shrink-0 text-bad" />
          ) : (
            <TriangleAlert size={14} aria-hidden className="mt-px shrink-0 text-warn" />
          )}
          <span className="min-w-0 break-words">
            <span className="text-text-3">{t('editor.at', { line: one.line, column: one.column })}</span> {one.message}
            <span className="text-text-2">; {one.remedy}</span>
          </span>
        </p>
      ))}
    </div>
  )
}
