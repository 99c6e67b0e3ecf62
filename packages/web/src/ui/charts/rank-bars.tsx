import type { ReactNode } from 'react'
import { formatCount } from '../format/number.ts'

export interface RankedBar {
  readonly key: string
  readonly label: ReactNode
  readonly count: number
  readonly colour?: string
}

/** A ranking with direct labels. `wrap` makes each row a link to the list that it counts. */
export function RankBars({
  bars,
  wrap,
}: {
  bars: readonly RankedBar[]
  wrap: (bar: RankedBar, row: ReactNode) => ReactNode
}) {
  const top = Math.max(1, ...bars.map((bar) => bar.count))
  return (
    <ol>
      {bars.map((bar) => (
        <li key={bar.key}>
          {wrap(
            bar,
            <span className="relative flex h-7 items-center gap-2 overflow-hidden rounded-sm px-2 hover:bg-surface-2">
              <span
                aria-hidden
                className="absolute bottom-0 left-0 h-0.5 rounded-full"
                style={{ width: `${(bar.count / top) * 100}%`, background: bar.colour ?? 'var(--bar)' }}
              />
              <span className="min-w-0 flex-1 truncate">{bar.label}</span>
              <span className="font-medium">{formatCount(bar.count)}</span>
            </span>,
          )}
        </li>
      ))}
    </ol>
  )
}
