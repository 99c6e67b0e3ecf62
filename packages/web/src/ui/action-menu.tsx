import { Check } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useFloating } from './floating/floating.ts'
import { WaitingTrigger } from './floating/waiting-trigger.tsx'
import { Kbd } from './kbd.tsx'

export interface Action {
  readonly id: string
  readonly label: ReactNode
  readonly run: () => void
  readonly icon?: ReactNode
  readonly hint?: string
  readonly active?: boolean
  readonly disabled?: boolean
  readonly danger?: boolean
}

/** A menu of actions behind a button. */
export function ActionMenu({
  trigger,
  label,
  actions,
  open,
  onOpenChange,
  align = 'start',
}: {
  trigger: ReactNode
  label: string
  actions: readonly Action[]
  open?: boolean
  onOpenChange?: (open: boolean) => void
  align?: 'start' | 'end'
}) {
  const [asked, setAsked] = useState(false)
  const floating = useFloating(asked || open === true)
  if (!floating)
    return (
      <WaitingTrigger
        onAsk={() => {
          setAsked(true)
          onOpenChange?.(true)
        }}
      >
        {trigger}
      </WaitingTrigger>
    )
  const { DropdownMenu } = floating
  return (
    <DropdownMenu.Root
      defaultOpen={asked}
      {...(open !== undefined && { open })}
      {...(onOpenChange && { onOpenChange })}
    >
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          aria-label={label}
          align={align}
          sideOffset={4}
          collisionPadding={8}
          className="float max-h-[60vh] min-w-52 overflow-auto p-1"
        >
          {actions.map((action) => (
            <DropdownMenu.Item
              key={action.id}
              className="menu-item"
              disabled={action.disabled ?? false}
              onSelect={action.run}
            >
              {action.icon && <span className="inline-flex w-4 justify-center text-text-3">{action.icon}</span>}
              <span className={action.danger ? 'min-w-0 flex-1 truncate text-bad' : 'min-w-0 flex-1 truncate'}>
                {action.label}
              </span>
              {action.active && <Check size={14} className="text-accent-text" aria-hidden />}
              {action.hint && <Kbd keys={action.hint} />}
            </DropdownMenu.Item>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}
