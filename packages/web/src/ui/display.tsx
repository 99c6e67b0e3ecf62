import { createContext, type ReactNode, useCallback, useContext, useMemo, useSyncExternalStore } from 'react'
import { formatClock, formatInstant, formatRelative, formatZone, type Zone } from './format/time.ts'

/** How a person wants things shown. */
export interface Display {
  readonly zone: Zone
  readonly density: 'dense' | 'normal'
}

const DisplayContext = createContext<Display>({ zone: 'local', density: 'dense' })
export const DisplayProvider = ({ value, children }: { value: Display; children: ReactNode }) => (
  <DisplayContext value={value}>{children}</DisplayContext>
)
export const useDisplay = (): Display => useContext(DisplayContext)

/** One clock for all relative times, so that a thousand rows cost one timer. */
const clockListeners = new Set<() => void>()
let tick = Date.now()
let timer: ReturnType<typeof setInterval> | undefined
function subscribeClock(listener: () => void): () => void {
  clockListeners.add(listener)
  timer ??= setInterval(() => {
    tick = Date.now()
    for (const each of clockListeners) each()
  }, 10_000)
  return () => {
    clockListeners.delete(listener)
    if (clockListeners.size === 0) {
      clearInterval(timer)
      timer = undefined
    }
  }
}

/** The time, moving every ten seconds. */
export const useNow = (): number => useSyncExternalStore(subscribeClock, () => tick)

/** `5 min ago`, with the whole instant and zone on hover. */
export function RelativeTime({ at, className }: { at: string | number | null; className?: string }) {
  const { zone } = useDisplay()
  useNow()
  if (at === null) return <span className={className}>–</span>
  const ms = typeof at === 'number' ? at : Date.parse(at)
  return (
    <time
      dateTime={new Date(ms).toISOString()}
      title={`${formatInstant(ms, zone)} ${formatZone(ms, zone)}`}
      className={className}
    >
      {formatRelative(ms, Date.now())}
    </time>
  )
}

/** An instant in a list: whole where there is room, `12:00:00` on a phone with the rest on hover. */
export function ListTime({ at, className }: { at: string; className?: string }) {
  const { zone } = useDisplay()
  const breadth = useBreadth()
  if (breadth !== 'phone') return <AbsoluteTime at={at} {...(className && { className })} />
  const ms = Date.parse(at)
  return (
    <time dateTime={at} title={`${formatInstant(ms, zone)} ${formatZone(ms, zone)}`} className={className}>
      {formatClock(ms, zone).slice(0, 8)}
    </time>
  )
}

/** How wide a column of `ListTime` is. */
export const listTimeTrack = (breadth: Breadth): string => (breadth === 'phone' ? '64px' : '172px')

/** `2026-03-01 12:00:00.000`, with the relative words on hover. */
export function AbsoluteTime({ at, className }: { at: string | number; className?: string }) {
  const { zone } = useDisplay()
  const ms = typeof at === 'number' ? at : Date.parse(at)
  return (
    <time
      dateTime={new Date(ms).toISOString()}
      title={`${formatRelative(ms, Date.now())} · ${formatZone(ms, zone)}`}
      className={className}
    >
      {formatInstant(ms, zone)}
    </time>
  )
}

/** Follows a media query. What is shown changes before the browser paints the new size. */
export function useMedia(query: string): boolean {
  const list = useMemo(() => matchMedia(query), [query])
  const subscribe = useCallback(
    (changed: () => void) => {
      list.addEventListener('change', changed)
      return () => list.removeEventListener('change', changed)
    },
    [list],
  )
  return useSyncExternalStore(subscribe, () => list.matches)
}

export type Breadth = 'phone' | 'tablet' | 'wide'

/** How much room there is: below 768, below 1200, or more. */
export function useBreadth(): Breadth {
  const tablet = useMedia('(min-width: 768px)')
  const wide = useMedia('(min-width: 1200px)')
  return wide ? 'wide' : tablet ? 'tablet' : 'phone'
}
