import { type CSSProperties, type KeyboardEvent, type PointerEvent, useId, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useBreadth, useDisplay } from '../display.tsx'
import { formatCompact, formatCount } from '../format/number.ts'
import { formatDay, formatTick, offsetMinutes } from '../format/time.ts'
import { niceCeiling, timeTicks } from './scale.ts'

export interface TimeBar {
  readonly startMs: number
  /** Parts of the bar, bottom first. */
  readonly parts: readonly {
    readonly key: string
    readonly label: string
    readonly colour: string
    readonly count: number
  }[]
}

export interface TimeBarsProps {
  readonly label: string
  readonly bars: readonly TimeBar[]
  readonly intervalMs: number
  readonly heightPx?: number
  /** A stretch of time was chosen, with the mouse or with the arrows and Enter. */
  readonly onChoose?: (fromMs: number, toMs: number) => void
}

/** Centred beneath its instant, but never beyond the ends of the axis. */
const tickPlace = (share: number): CSSProperties => ({
  left: `${share * 100}%`,
  translate: share < 0.03 ? '0' : share > 0.97 ? '-100%' : '-50%',
})

/** Counts over time. Drag to choose a stretch; with the keyboard, arrows move and Enter chooses a bar. */
export function TimeBars({ label, bars, intervalMs, heightPx = 96, onChoose }: TimeBarsProps) {
  const { t } = useTranslation('ui')
  const { zone } = useDisplay()
  const breadth = useBreadth()
  const box = useRef<HTMLDivElement>(null)
  const helpId = useId()
  const [hover, setHover] = useState<number | null>(null)
  const [drag, setDrag] = useState<{ from: number; to: number } | null>(null)
  const totals = useMemo(() => bars.map((bar) => bar.parts.reduce((sum, part) => sum + part.count, 0)), [bars])
  const top = niceCeiling(Math.max(1, ...totals))
  const startMs = bars[0]?.startMs ?? 0
  const spanMs = bars.length * intervalMs
  const ticks = timeTicks(
    startMs,
    startMs + spanMs,
    heightPx < 60 || breadth === 'phone' ? 4 : 7,
    (ms) => offsetMinutes(ms, zone) * 60_000,
  )
  const choose = (a: number, b: number) => {
    const first = bars[Math.min(a, b)]
    const last = bars[Math.max(a, b)]
    if (first && last) onChoose?.(first.startMs, last.startMs + intervalMs)
  }
  const indexAt = (event: PointerEvent): number => {
    const rect = box.current!.getBoundingClientRect()
    return Math.max(0, Math.min(bars.length - 1, Math.floor(((event.clientX - rect.left) / rect.width) * bars.length)))
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const move = event.key === 'ArrowLeft' ? -1 : event.key === 'ArrowRight' ? 1 : 0
    if (move !== 0) {
      event.preventDefault()
      setHover((now) => Math.max(0, Math.min(bars.length - 1, (now ?? (move > 0 ? -1 : bars.length)) + move)))
    } else if (event.key === 'Enter' && hover !== null) {
      event.preventDefault()
      event.stopPropagation()
      choose(hover, hover)
    }
  }
  const hovered = hover === null ? undefined : bars[hover]
  const selectFrom = drag ? Math.min(drag.from, drag.to) : 0
  const selectTo = drag ? Math.max(drag.from, drag.to) + 1 : 0
  return (
    <figure aria-label={label} className="select-none">
      <div className="flex gap-2">
        <div
          aria-hidden
          className="flex w-9 flex-col justify-between text-right text-[0.6875rem] leading-none text-text-3"
          style={{ height: heightPx }}
        >
          <span>{formatCompact(top)}</span>
          <span>0</span>
        </div>
        <div
          ref={box}
          role="slider"
          tabIndex={0}
          aria-label={label}
          aria-describedby={helpId}
          aria-valuemin={0}
          aria-valuemax={Math.max(0, bars.length - 1)}
          aria-valuenow={hover ?? 0}
          aria-valuetext={
            hovered ? `${formatDay(hovered.startMs, zone)}: ${formatCount(totals[hover!] ?? 0)}` : t('chart.noneChosen')
          }
          className="relative min-w-0 flex-1 touch-pan-y rounded-sm border-b border-line-strong"
          style={{ height: heightPx }}
          onKeyDown={onKeyDown}
          onBlur={() => setHover(null)}
          onPointerDown={(event) => {
            if (!onChoose || event.button !== 0) return
            event.currentTarget.setPointerCapture(event.pointerId)
            const at = indexAt(event)
            setDrag({ from: at, to: at })
          }}
          onPointerMove={(event) => {
            const at = indexAt(event)
            setHover(at)
            if (drag) setDrag({ from: drag.from, to: at })
          }}
          onPointerLeave={() => setHover(null)}
          onPointerUp={() => {
            if (drag) choose(drag.from, drag.to)
            setDrag(null)
          }}
          onPointerCancel={() => setDrag(null)}
        >
          <svg
            aria-hidden
            viewBox={`0 0 ${Math.max(1, bars.length)} 100`}
            preserveAspectRatio="none"
            className="absolute inset-0 size-full"
          >
            <line x1="0" x2={bars.length} y1="50" y2="50" stroke="var(--line)" vectorEffect="non-scaling-stroke" />
            {drag && <rect x={selectFrom} width={selectTo - selectFrom} y="0" height="100" fill="var(--accent-soft)" />}
            {hover !== null && !drag && <rect x={hover} width="1" y="0" height="100" fill="var(--surface-2)" />}
            {bars.map((bar, index) => {
              let base = 100
              return bar.parts.map((part) => {
                if (part.count === 0) return null
                const height = Math.max(1.5, (part.count / top) * 98)
                base -= height
                return (
                  <rect
                    key={`${bar.startMs}${part.key}`}
                    x={index + 0.1}
                    width="0.8"
                    y={base}
                    height={height}
                    fill={part.colour}
                  />
                )
              })
            })}
          </svg>
          {hovered && (
            <div
              className="float pointer-events-none absolute bottom-full mb-1 px-2 py-1 text-12 whitespace-nowrap"
              style={
                (hover! + 0.5) / bars.length > 0.5
                  ? { right: `${100 - ((hover! + 0.5) / bars.length) * 100}%` }
                  : { left: `${((hover! + 0.5) / bars.length) * 100}%` }
              }
            >
              <div className="text-text-3">{formatDay(hovered.startMs, zone)}</div>
              {hovered.parts.length === 1 ? (
                <div className="font-medium">{formatCount(totals[hover!] ?? 0)}</div>
              ) : (
                hovered.parts
                  .filter((part) => part.count > 0)
                  .toReversed()
                  .map((part) => (
                    <div key={part.key} className="flex items-center gap-1.5">
                      <span className="size-2 rounded-sm" style={{ background: part.colour }} />
                      {part.label}
                      <span className="ml-auto pl-3 font-medium">{formatCount(part.count)}</span>
                    </div>
                  ))
              )}
            </div>
          )}
        </div>
      </div>
      <div aria-hidden className="relative mt-1 ml-11 h-3 text-[0.6875rem] leading-none text-text-3">
        {ticks.map((ms) => (
          <span key={ms} className="absolute whitespace-nowrap" style={tickPlace((ms - startMs) / spanMs)}>
            {formatTick(ms, spanMs, zone)}
          </span>
        ))}
      </div>
      <span id={helpId} className="sr-only">
        {onChoose ? t('chart.help') : ''}
      </span>
    </figure>
  )
}
