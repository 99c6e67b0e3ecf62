import type { RuleDetail } from '@watchfloor/contracts/rules'
import { useTranslation } from 'react-i18next'
import { useUrlState } from '../../app/url-state.ts'

export const ruleTabs = ['text', 'versions', 'samples', 'exceptions', 'noise'] as const
export type RuleTab = (typeof ruleTabs)[number]

/** Which part of the rule is looked at; it stands in the URL. */
export function useRuleTab(): [RuleTab, (tab: RuleTab) => void] {
  const [url, setUrl] = useUrlState()
  return [
    ruleTabs.find((tab) => tab === url.tab) ?? 'text',
    (tab) => setUrl({ tab: tab === 'text' ? undefined : tab }, { replace: true }),
  ]
}

/** The parts of a rule, with how much there is of each. */
export function RuleTabs({ rule, tab, onTab }: { rule: RuleDetail; tab: RuleTab; onTab: (tab: RuleTab) => void }) {
  const { t } = useTranslation('rules')
  const counts: Partial<Record<RuleTab, number>> = {
    versions: rule.version,
    samples: rule.samples.total,
    exceptions: rule.exceptions,
  }
  const shown = ruleTabs.filter((each) => rule.kind === 'rule' || (each !== 'samples' && each !== 'exceptions'))
  return (
    <nav aria-label={t('life.tabs.label')} className="flex flex-wrap gap-0.5 border-b border-line px-4 py-1">
      {shown.map((each) => (
        <button
          key={each}
          type="button"
          aria-current={each === tab ? 'page' : undefined}
          onClick={() => onTab(each)}
          className="inline-flex h-7 items-center gap-1.5 rounded px-2 text-text-2 hover:bg-surface-2 hover:text-text aria-[current=page]:bg-surface-3 aria-[current=page]:font-medium aria-[current=page]:text-text"
        >
          {t(`life.tabs.${each}`)}
          {counts[each] !== undefined && counts[each] > 0 && (
            <span
              className={
                each === 'samples' && rule.samples.failing > 0 ? 'text-12 text-bad' : 'text-12 text-text-3 tabular-nums'
              }
            >
              {each === 'samples' && rule.samples.failing > 0
                ? `${rule.samples.failing}/${rule.samples.total}`
                : counts[each]}
            </span>
          )}
        </button>
      ))}
    </nav>
  )
}
