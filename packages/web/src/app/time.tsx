import { createContext, type ReactNode, useContext, useMemo, useState } from 'react'
import { rangeFromUrl, rangeToUrl, resolveRange, type TimeRange } from '../ui/time-range.ts'
import { useUrlState } from './url-state.ts'

const AnchorContext = createContext<{ nowMs: number; move: () => void } | null>(null)

/** Holds the instant that relative ranges are counted from, so that everything on a page means the same time. */
export function TimeAnchor({ children }: { children: ReactNode }) {
  const [nowMs, setNowMs] = useState(() => Date.now())
  const value = useMemo(() => ({ nowMs, move: () => setNowMs(Date.now()) }), [nowMs])
  return <AnchorContext value={value}>{children}</AnchorContext>
}

export interface PageTime {
  readonly range: TimeRange
  readonly fromMs: number
  readonly toMs: number
  /** RFC 3339, for the server. */
  readonly from: string
  readonly to: string
  readonly set: (range: TimeRange) => void
  /** Counts relative ranges from now. */
  readonly refresh: () => void
}

/** The global time range. @param fallback what a page shows when nobody chose: `24h`, `all` */
export function usePageTime(fallback: string): PageTime {
  const anchor = useContext(AnchorContext)
  if (!anchor) throw new Error('TimeAnchor is missing')
  const [url, setUrl] = useUrlState()
  const { range: spec, from, to } = url
  return useMemo(() => {
    const range = rangeFromUrl({ range: spec, from, to }, fallback)
    const resolved = resolveRange(range, anchor.nowMs)
    return {
      range,
      ...resolved,
      from: new Date(resolved.fromMs).toISOString(),
      to: new Date(resolved.toMs).toISOString(),
      set: (next) => {
        anchor.move()
        setUrl(rangeToUrl(next))
      },
      refresh: anchor.move,
    }
  }, [spec, from, to, fallback, anchor, setUrl])
}
