import { clsx } from 'clsx'
import { Check, ChevronDown } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFloating } from './floating/floating.ts'
import { WaitingTrigger } from './floating/waiting-trigger.tsx'

export interface FilterOption {
  readonly value: string
  /** What it is called, in the menu and on the button. */
  readonly text: string
  /** How it looks in the menu, where that is more than its text. */
  readonly label?: ReactNode
  readonly count?: number | undefined
}

/** A filter of several values, kept as the list of those that are on. */
export function FilterMenu({
  label,
  options,
  value,
  onChange,
  single = false,
  choice = false,
}: {
  label: string
  options: readonly FilterOption[]
  value: readonly string[]
  onChange: (value: string[]) => void
  single?: boolean
  /** One value is always chosen, as in an order: it is not marked as a filter and cannot be cleared. */
  choice?: boolean
}) {
  const { t } = useTranslation('ui')
  const on = value.length > 0 && !choice
  const chosen = options.filter((option) => value.includes(option.value)).map((option) => option.text)
  const toggle = (option: string) => {
    if (choice) return onChange([option])
    if (single) return onChange(value.includes(option) ? [] : [option])
    onChange(value.includes(option) ? value.filter((each) => each !== option) : [...value, option])
  }
  const [asked, setAsked] = useState(false)
  const floating = useFloating(asked)
  const button = (
    <button
      type="button"
      className={clsx(
        'inline-flex h-7 max-w-64 shrink-0 items-center gap-1 rounded border px-2 text-12 transition-colors',
        on
          ? 'border-accent/40 bg-accent-soft text-text'
          : 'border-line-strong bg-surface text-text-2 hover:bg-surface-2',
      )}
    >
      <span className={on ? 'text-text-2' : undefined}>{choice ? `${label}: ` : label}</span>
      {(on || choice) && (
        <span className="truncate font-medium">
          {chosen.length > 2 ? t('filter.some', { count: chosen.length }) : chosen.join(', ') || value.join(', ')}
        </span>
      )}
      <ChevronDown size={12} aria-hidden />
    </button>
  )
  if (!floating) return <WaitingTrigger onAsk={() => setAsked(true)}>{button}</WaitingTrigger>
  const { DropdownMenu } = floating
  return (
    <DropdownMenu.Root defaultOpen={asked}>
      <DropdownMenu.Trigger asChild>{button}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content align="start" sideOffset={4} className="float max-h-[60vh] min-w-48 overflow-auto p-1">
          {options.map((option) => (
            <DropdownMenu.CheckboxItem
              key={option.value}
              className="menu-item"
              checked={value.includes(option.value)}
              onSelect={(event) => {
                if (!single && !choice) event.preventDefault()
                toggle(option.value)
              }}
            >
              <span className="inline-flex w-4 justify-center">
                {value.includes(option.value) && <Check size={14} className="text-accent-text" aria-hidden />}
              </span>
              <span className="min-w-0 flex-1 truncate">{option.label ?? option.text}</span>
              {option.count !== undefined && (
                <span className="pl-4 text-12 text-text-3">{option.count.toLocaleString('en')}</span>
              )}
            </DropdownMenu.CheckboxItem>
          ))}
          {options.length === 0 && <p className="px-2 py-1.5 text-text-3">{t('filter.none')}</p>}
          {on && (
            <>
              <DropdownMenu.Separator className="my-1 h-px bg-line" />
              <DropdownMenu.Item className="menu-item" onSelect={() => onChange([])}>
                <span className="w-4" />
                {t('filter.clear')}
              </DropdownMenu.Item>
            </>
          )}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}
