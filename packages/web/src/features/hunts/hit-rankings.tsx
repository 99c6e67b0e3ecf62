import type { HuntSummary } from '@watchfloor/contracts/hunts'
import { X } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../../ui/button.tsx'
import { RankBars } from '../../ui/charts/rank-bars.tsx'
import { SeverityBadge, severityColour } from '../../ui/severity.tsx'

/** Which hits are listed: all, those on an entity, those of a rule. */
export interface Narrowed {
  readonly entity?: { readonly field: string; readonly value: string }
  readonly rule?: { readonly ruleId: string; readonly title: string }
}

const shownFields = ['host.name', 'user.name', 'source.ip', 'destination.ip', 'process.name']
const most = 6

/** Hosts, users, addresses and rules with most hits; each line lists its own. */
export function Rankings({
  summary,
  narrowed,
  onNarrow,
}: {
  summary: HuntSummary
  narrowed: Narrowed
  onNarrow: (narrowed: Narrowed) => void
}) {
  const { t } = useTranslation('hunts')
  const chosen = narrowed.entity?.value ?? narrowed.rule?.title
  const line = (run: () => void, row: ReactNode) => (
    <button type="button" className="block w-full text-left" onClick={run}>
      {row}
    </button>
  )
  return (
    <aside
      aria-label={t('entities')}
      className="flex shrink-0 flex-col gap-3 overflow-auto border-t border-line p-3 lg:w-72 lg:border-t-0 lg:border-l"
    >
      {chosen !== undefined && (
        <Button size="sm" icon={<X size={14} aria-hidden />} className="self-start" onClick={() => onNarrow({})}>
          <span className="max-w-48 truncate">{t('onlyEntity', { value: chosen })}</span>
        </Button>
      )}
      {summary.rules.length > 1 && (
        <div>
          <h3 className="label mb-1">{t('rules')}</h3>
          <RankBars
            bars={summary.rules.slice(0, most).map((rule) => ({
              key: rule.ruleId,
              count: rule.count,
              colour: severityColour(rule.level),
              label: (
                <span className="flex items-center gap-2" title={rule.title}>
                  <SeverityBadge severity={rule.level} compact />
                  <span className="truncate">{rule.title}</span>
                </span>
              ),
            }))}
            wrap={(bar, row) => {
              const rule = summary.rules.find((one) => one.ruleId === bar.key)
              return line(() => rule && onNarrow({ rule }), row)
            }}
          />
        </div>
      )}
      {summary.entities
        .filter((one) => shownFields.includes(one.field))
        .map(({ field, values }) => (
          <div key={field}>
            <h3 className="label mb-1">{field}</h3>
            <RankBars
              bars={values
                .slice(0, most)
                .map(({ value, count }) => ({ key: value, count, label: <span className="mono">{value}</span> }))}
              wrap={(bar, row) => line(() => onNarrow({ entity: { field, value: bar.key } }), row)}
            />
          </div>
        ))}
    </aside>
  )
}
