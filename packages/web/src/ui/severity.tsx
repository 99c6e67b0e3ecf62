import type { Severity } from '@watchfloor/contracts/kernel'
import { useTranslation } from 'react-i18next'
import type { FilterOption } from './filter-menu.tsx'

/** Worst first. Written out here so that the contracts' validators stay out of the bundle; the record below keeps it complete. */
const order: Record<Severity, number> = { critical: 0, high: 1, medium: 2, low: 3, informational: 4 }
export const severitiesWorstFirst = (Object.keys(order) as Severity[]).sort((a, b) => order[a] - order[b])

export const severityColour = (severity: Severity): string => `var(--sev-${severity})`

/** The letter beside the colour, so that colour never speaks alone. */
export const severityLetter = (severity: Severity): string => severity.charAt(0).toUpperCase()

/** A severity as a lettered square, with its word unless `compact`. */
export function SeverityBadge({ severity, compact = false }: { severity: Severity; compact?: boolean }) {
  const { t } = useTranslation('ui')
  const word = t(`severity.${severity}`)
  return (
    <span
      className="inline-flex items-center gap-1.5 align-middle whitespace-nowrap"
      title={compact ? word : undefined}
    >
      <span
        aria-hidden
        className="inline-flex size-4.5 shrink-0 items-center justify-center rounded-sm text-[0.6875rem] font-bold leading-none"
        style={{ background: severityColour(severity), color: `var(--on-sev-${severity})` }}
      >
        {severityLetter(severity)}
      </span>
      <span className={compact ? 'sr-only' : undefined}>{word}</span>
    </span>
  )
}

/** The severities to filter by, worst first, each with how many there are where that is known. */
export function useSeverityOptions(countOf?: (severity: Severity) => number): FilterOption[] {
  const { t } = useTranslation('ui')
  return severitiesWorstFirst.map((severity) => ({
    value: severity,
    text: t(`severity.${severity}`),
    label: <SeverityBadge severity={severity} />,
    ...(countOf && { count: countOf(severity) }),
  }))
}
