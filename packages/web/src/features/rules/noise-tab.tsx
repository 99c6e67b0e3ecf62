import type { RuleNoiseDetail } from '@watchfloor/contracts/rules'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { TimeBars } from '../../ui/charts/time-bars.tsx'
import { formatCount, formatPercent } from '../../ui/format/number.ts'
import { ScrollPage, Section } from '../../ui/page.tsx'
import { ErrorState, Skeleton } from '../../ui/states.tsx'
import { cpuText } from './cpu-text.ts'
import { useNoise } from './life-data.ts'

const dayMs = 86_400_000
const spans = [14, 30, 90] as const

/** How loud the rule is, what it costs, and what became of its alerts. */
export function NoiseTab({ ruleId }: { ruleId: string }) {
  const { t } = useTranslation('rules')
  const [days, setDays] = useState<number>(30)
  const noise = useNoise(ruleId, days)
  if (noise.isError) return <ErrorState error={noise.error} onRetry={() => void noise.refetch()} />
  return (
    <ScrollPage width="max-w-5xl">
      <fieldset aria-label={t('life.noise.detections')} className="flex gap-1">
        {spans.map((span) => (
          <button
            key={span}
            type="button"
            aria-pressed={span === days}
            onClick={() => setDays(span)}
            className="h-7 rounded px-2 text-text-2 hover:bg-surface-2 aria-pressed:bg-surface-3 aria-pressed:font-medium aria-pressed:text-text"
          >
            {t('life.noise.days', { days: span })}
          </button>
        ))}
      </fieldset>
      {noise.data ? <NoiseView noise={noise.data} /> : <Skeleton className="h-64" />}
    </ScrollPage>
  )
}

function NoiseView({ noise }: { noise: RuleNoiseDetail }) {
  const { t } = useTranslation('rules')
  const total = noise.days.reduce((sum, day) => sum + day.detections, 0)
  const bars = (measure: (day: RuleNoiseDetail['days'][number]) => number, label: string, colour: string) =>
    noise.days.map((day) => ({
      startMs: Date.parse(day.day),
      parts: [{ key: 'all', label, colour, count: measure(day) }],
    }))
  return (
    <>
      <dl className="grid grid-cols-2 gap-3 lg:grid-cols-4">
        <Tile name={t('life.noise.total', { days: noise.days.length })} value={formatCount(total)} />
        <Tile name={t('life.noise.alerts')} value={formatCount(noise.alerts30d)} />
        <Tile
          name={t('life.noise.falsePositives')}
          value={noise.closed30d === 0 ? '–' : formatPercent((100 * noise.falsePositives30d) / noise.closed30d)}
          note={t('life.noise.ofClosed', {
            count: noise.falsePositives30d,
            closed: formatCount(noise.closed30d),
          })}
        />
        <Tile
          name={t('life.noise.cpu')}
          value={cpuText(noise.cpuMs7d)}
          note={t('life.noise.share', { pct: formatPercent(noise.cpuSharePct) })}
        />
      </dl>
      <Section title={t('life.noise.detections')}>
        <TimeBars
          label={t('life.noise.detections')}
          intervalMs={dayMs}
          heightPx={140}
          bars={bars((day) => day.detections, t('life.noise.detections'), 'var(--accent)')}
        />
      </Section>
      <Section title={t('life.noise.cost')}>
        <TimeBars
          label={t('life.noise.cost')}
          intervalMs={dayMs}
          heightPx={100}
          bars={bars((day) => Math.round(day.cpuMs), t('life.noise.cost'), 'var(--text-3)')}
        />
        <p className="mt-2 text-12 text-text-3">{t('life.noise.costText')}</p>
      </Section>
    </>
  )
}

const Tile = ({ name, value, note }: { name: string; value: string; note?: string }) => (
  <div className="panel p-3">
    <dt className="text-12 text-text-3">{name}</dt>
    <dd className="text-16 font-semibold tabular-nums">{value}</dd>
    {note && <dd className="text-12 text-text-3">{note}</dd>}
  </div>
)
