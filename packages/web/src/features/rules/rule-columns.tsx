import { Link } from '@tanstack/react-router'
import type { Rule } from '@watchfloor/contracts/rules'
import { CircleSlash, Hourglass, Power, PowerOff } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Chip } from '../../ui/chip.tsx'
import type { Column } from '../../ui/data-table.tsx'
import { formatCompact, formatPercent } from '../../ui/format/number.ts'
import { SeverityBadge } from '../../ui/severity.tsx'
import { cpuText } from './cpu-text.ts'
import { logSourceText } from './filter.ts'
import { LifecycleChip } from './lifecycle.tsx'
import { Sparkline } from './sparkline.tsx'

/** Whether a rule runs, and who decided. */
export function RunsMark({ rule }: { rule: Rule }) {
  const { t } = useTranslation('rules')
  if (rule.state === 'refused')
    return (
      <Chip tone="bad" icon={<CircleSlash size={12} aria-hidden />} title={t('stateHint.refused')}>
        {t('state.refused')}
      </Chip>
    )
  if (rule.state === 'waiting')
    return (
      <Chip tone="warn" icon={<Hourglass size={12} aria-hidden />} title={t('stateHint.waiting')}>
        {t('state.waiting')}
      </Chip>
    )
  return (
    <span className="inline-flex items-center gap-1.5 align-middle whitespace-nowrap">
      {rule.enabled ? (
        <Power size={14} aria-hidden className="text-good" />
      ) : (
        <PowerOff size={14} aria-hidden className="text-text-3" />
      )}
      {t(`enabled.${rule.enabled}`)} <span className="text-12 text-text-3">{t(`switchShort.${rule.switch}`)}</span>
    </span>
  )
}

export function useRuleColumns(): Column<Rule>[] {
  const { t } = useTranslation('rules')
  return [
    { id: 'level', header: '', track: '20px', cell: (rule) => <SeverityBadge severity={rule.level} compact /> },
    {
      id: 'title',
      header: t('column.title'),
      track: 'minmax(0, 3fr)',
      sort: { value: 'title', direction: 'ascending' },
      cell: (rule) => (
        <Link to="/rules/$ruleId" params={{ ruleId: rule.id }} className="hover:underline" title={rule.title}>
          {rule.title}
        </Link>
      ),
    },
    {
      id: 'logSource',
      header: t('column.logSource'),
      track: 'minmax(0, 1.2fr)',
      from: 'tablet',
      cell: (rule) => <span className="text-text-2">{logSourceText(rule.logSource)}</span>,
    },
    {
      id: 'status',
      header: t('column.status'),
      track: '100px',
      from: 'wide',
      cell: (rule) => <LifecycleChip rule={rule} />,
    },
    { id: 'switch', header: t('column.switch'), track: '108px', cell: (rule) => <RunsMark rule={rule} /> },
    {
      id: 'noise',
      header: t('life.column.noise'),
      track: '148px',
      align: 'end',
      from: 'tablet',
      sort: { value: 'noise', direction: 'descending' },
      cell: (rule) => (
        <span className="inline-flex items-center gap-2 align-middle">
          <Sparkline counts={rule.noise.daily} />
          <span className={rule.detections7d === 0 ? 'min-w-9 text-text-3' : 'min-w-9'}>
            {formatCompact(rule.detections7d)}
          </span>
        </span>
      ),
    },
    {
      id: 'falsePositives',
      header: t('life.column.falsePositives'),
      track: '60px',
      align: 'end',
      from: 'wide',
      sort: { value: 'false-positives', direction: 'descending' },
      cell: (rule) =>
        rule.noise.closed30d === 0 ? (
          <span className="text-text-3">–</span>
        ) : (
          formatPercent((100 * rule.noise.falsePositives30d) / rule.noise.closed30d)
        ),
    },
    {
      id: 'cost',
      header: t('life.column.cost'),
      track: '76px',
      align: 'end',
      from: 'wide',
      sort: { value: 'cost', direction: 'descending' },
      cell: (rule) => (rule.noise.cpuMs7d === 0 ? <span className="text-text-3">–</span> : cpuText(rule.noise.cpuMs7d)),
    },
  ]
}
