import { clsx } from 'clsx'
import type { ButtonHTMLAttributes, ReactNode } from 'react'
import { Kbd } from './kbd.tsx'

export type ButtonTone = 'plain' | 'primary' | 'quiet' | 'danger'

const tones: Record<ButtonTone, string> = {
  plain: 'border border-line-strong bg-surface text-text hover:bg-surface-2',
  primary: 'border border-transparent bg-accent text-on-accent hover:bg-accent-hover',
  quiet: 'border border-transparent text-text-2 hover:bg-surface-2 hover:text-text',
  danger: 'border border-transparent bg-bad text-on-bad hover:bg-bad-hover',
}

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  tone?: ButtonTone
  icon?: ReactNode
  /** The shortcut that does the same, shown at the right. */
  hint?: string
  busy?: boolean
  size?: 'sm' | 'md'
}

/** A button; shows the key that does the same. */
export function Button({
  tone = 'plain',
  icon,
  hint,
  busy = false,
  size = 'md',
  className,
  children,
  disabled,
  ...rest
}: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
      className={clsx(
        'inline-flex shrink-0 items-center justify-center gap-1.5 whitespace-nowrap rounded font-medium transition-colors duration-150 disabled:opacity-55',
        size === 'sm' ? 'h-7 px-2 text-12' : 'h-8 px-3 text-13',
        tones[tone],
        className,
      )}
    >
      {icon}
      {children}
      {hint && <Kbd keys={hint} quiet={tone === 'primary' || tone === 'danger'} />}
    </button>
  )
}

/** A square button with an icon alone; `label` is its name and its tooltip. */
export function IconButton({
  label,
  icon,
  tone = 'quiet',
  hint,
  className,
  ...rest
}: Omit<ButtonProps, 'icon' | 'children'> & { label: string; icon: ReactNode }) {
  return (
    <button
      type="button"
      {...rest}
      aria-label={label}
      title={hint ? `${label} (${hint})` : label}
      className={clsx(
        'inline-flex size-7 shrink-0 items-center justify-center rounded transition-colors duration-150 disabled:opacity-50',
        tones[tone],
        className,
      )}
    >
      {icon}
    </button>
  )
}
