import { CircleCheck, CircleDashed, CircleOff, CircleX, VolumeX } from 'lucide-react'

/** How something is, with a shape of its own for each state. */
const marks = {
  new: { Icon: CircleDashed, tone: 'text-text-3' },
  ok: { Icon: CircleCheck, tone: 'text-good' },
  silent: { Icon: VolumeX, tone: 'text-warn' },
  failing: { Icon: CircleX, tone: 'text-bad' },
  disabled: { Icon: CircleOff, tone: 'text-text-3' },
} as const
export type Health = keyof typeof marks

export function HealthMark({ health, label, compact = false }: { health: Health; label: string; compact?: boolean }) {
  const { Icon, tone } = marks[health]
  return (
    <span
      className="inline-flex items-center align-middle gap-1.5 whitespace-nowrap"
      title={compact ? label : undefined}
    >
      <Icon size={14} aria-hidden className={tone} />
      <span className={compact ? 'sr-only' : undefined}>{label}</span>
    </span>
  )
}
