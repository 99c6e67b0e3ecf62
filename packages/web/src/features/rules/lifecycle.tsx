import type { Rule } from '@watchfloor/contracts/rules'
import { useTranslation } from 'react-i18next'
import { Chip } from '../../ui/chip.tsx'
import type { BulkAction } from './data.ts'

/** What somebody may decide of a rule, and what was decided last. */
export const decisions = [
  'policy',
  'stable',
  'test',
  'experimental',
  'on',
  'off',
] as const satisfies readonly BulkAction[]

const decisionOf = (rule: Pick<Rule, 'switch' | 'ownStatus'>): BulkAction =>
  rule.switch !== 'policy' ? rule.switch : (rule.ownStatus ?? 'policy')

/** The one status that counts here: disabled, ours, or its author's. */
export const lifecycleOf = (rule: Pick<Rule, 'switch' | 'ownStatus' | 'status'>): Rule['status'] | 'disabled' =>
  rule.switch === 'off' ? 'disabled' : (rule.ownStatus ?? rule.status)

const tones = {
  stable: 'good',
  test: 'accent',
  experimental: 'warn',
  deprecated: 'plain',
  unsupported: 'plain',
  disabled: 'bad',
} as const

export function LifecycleChip({ rule }: { rule: Pick<Rule, 'switch' | 'ownStatus' | 'status'> }) {
  const { t } = useTranslation('rules')
  const status = lifecycleOf(rule)
  const isOurs = rule.switch === 'off' || rule.ownStatus !== null
  const title = isOurs ? t('life.lifecycle.ours', { status: t(`status.${rule.status}`) }) : t('life.lifecycle.authors')
  return (
    <Chip tone={tones[status]} title={title}>
      {t(`life.lifecycle.${status}`)}
      {isOurs && <span aria-hidden> •</span>}
      {isOurs && <span className="sr-only">, {title}</span>}
    </Chip>
  )
}

/** Chooses what becomes of a rule here. */
export function LifecycleSelect({
  rule,
  disabled,
  onDecide,
}: {
  rule: Rule
  disabled: boolean
  onDecide: (decision: BulkAction) => void
}) {
  const { t } = useTranslation('rules')
  return (
    <label className="flex items-center gap-1.5">
      <span className="text-text-2">{t('life.lifecycle.label')}</span>
      <select
        className="field w-auto!"
        value={decisionOf(rule)}
        disabled={disabled}
        onChange={(event) => {
          const decision = decisions.find((each) => each === event.target.value)
          if (decision) onDecide(decision)
        }}
      >
        {decisions.map((each) => (
          <option key={each} value={each}>
            {t(`life.lifecycle.decide.${each}`)}
          </option>
        ))}
      </select>
    </label>
  )
}
