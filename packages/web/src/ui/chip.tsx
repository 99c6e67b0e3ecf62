import { clsx } from 'clsx'
import { X } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

/** A small fact. */
export function Chip({
  children,
  tone = 'plain',
  title,
  icon,
}: {
  children: ReactNode
  tone?: 'plain' | 'accent' | 'good' | 'warn' | 'bad'
  title?: string | undefined
  icon?: ReactNode
}) {
  const tones = {
    plain: 'bg-surface-2 text-text-2',
    accent: 'bg-accent-soft text-accent-text',
    good: 'bg-good-soft text-good',
    warn: 'bg-warn-soft text-warn',
    bad: 'bg-bad-soft text-bad',
  }
  return (
    <span
      title={title}
      className={clsx(
        'inline-flex h-5 max-w-full align-middle items-center gap-1 rounded-sm px-1.5 text-12 whitespace-nowrap',
        tones[tone],
      )}
    >
      {icon}
      <span className="truncate">{children}</span>
    </span>
  )
}

/** A filter that is set, with a button to take it off. */
export function FilterChip({ label, value, onRemove }: { label: string; value: string; onRemove: () => void }) {
  const { t } = useTranslation('ui')
  return (
    <span className="inline-flex h-7 max-w-full items-center gap-1 rounded border border-accent/40 bg-accent-soft pl-2 text-12">
      <span className="text-text-2">{label}</span>
      <span className="truncate font-medium text-text">{value}</span>
      <button
        type="button"
        aria-label={t('filter.remove', { name: label })}
        onClick={onRemove}
        className="inline-flex size-6 items-center justify-center rounded text-text-2 hover:text-text"
      >
        <X size={12} aria-hidden />
      </button>
    </span>
  )
}
