import { useTranslation } from 'react-i18next'

const widthPx = 84
const heightPx = 18

/** Counts of the last days as small bars. */
export function Sparkline({ counts }: { counts: readonly number[] }) {
  const { t } = useTranslation('rules')
  const top = Math.max(1, ...counts)
  const step = widthPx / Math.max(1, counts.length)
  return (
    <svg
      role="img"
      aria-label={t('life.sparkline', { counts: counts.join(', ') })}
      width={widthPx}
      height={heightPx}
      className="inline-block align-middle"
    >
      {counts.map((count, at) => {
        const barPx = count === 0 ? 1 : Math.max(2, (count / top) * heightPx)
        return (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: bars are days, and never move
            key={at}
            x={at * step}
            y={heightPx - barPx}
            width={Math.max(1, step - 1)}
            height={barPx}
            fill={count === 0 ? 'var(--line-strong)' : 'var(--accent)'}
          />
        )
      })}
    </svg>
  )
}
