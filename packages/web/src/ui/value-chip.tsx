import { clsx } from 'clsx'
import { Copy, Filter, FilterX, Search, ShieldOff } from 'lucide-react'
import { createContext, type MouseEvent, type ReactNode, useCallback, useContext, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { copyText } from './copy.tsx'
import { useFloating } from './floating/floating.ts'
import { defang } from './format/defang.ts'
import { toastDone } from './toast.tsx'

/** What a page can do with a value; the shell adds looking it up and copying. */
export interface ValueActions {
  readonly filterFor?: (field: string | null, value: string) => void
  readonly filterOut?: (field: string | null, value: string) => void
}

interface OpenMenu {
  readonly field: string | null
  readonly value: string
  readonly actions: ValueActions
  readonly rect: DOMRect
  readonly opener: HTMLElement
}

const ActionsContext = createContext<ValueActions>({})
const MenuContext = createContext<((menu: OpenMenu) => void) | null>(null)

/** Gives the chips beneath what this page can do with a value. */
export const ValueActionsProvider = ({ actions, children }: { actions: ValueActions; children: ReactNode }) => (
  <ActionsContext value={{ ...useContext(ActionsContext), ...actions }}>{children}</ActionsContext>
)

/** Holds the one menu that all chips share: a thousand chips cost no thousand menus. */
export function ValueMenuProvider({
  onLookUp,
  children,
}: {
  onLookUp: (field: string | null, value: string) => void
  children: ReactNode
}) {
  const { t } = useTranslation('ui')
  const [menu, setMenu] = useState<OpenMenu | null>(null)
  const floating = useFloating(menu !== null)
  const open = useCallback((next: OpenMenu) => setMenu(next), [])
  const copy = (text: string) => void copyText(text).then(() => toastDone(t('value.copied', { value: text })))
  const defanged = menu ? defang(menu.value) : ''
  return (
    <MenuContext value={open}>
      {children}
      {menu && floating && (
        <floating.DropdownMenu.Root open onOpenChange={(isOpen) => !isOpen && setMenu(null)}>
          <floating.DropdownMenu.Trigger asChild>
            <span
              aria-hidden
              className="pointer-events-none fixed"
              style={{ left: menu.rect.left, top: menu.rect.top, width: menu.rect.width, height: menu.rect.height }}
            />
          </floating.DropdownMenu.Trigger>
          <floating.DropdownMenu.Portal>
            <floating.DropdownMenu.Content
              aria-label={t('value.menu', { value: menu.value })}
              align="start"
              sideOffset={4}
              collisionPadding={8}
              className="float max-w-[min(92vw,420px)] min-w-56 p-1"
              onCloseAutoFocus={(event) => {
                event.preventDefault()
                if (menu.opener.isConnected) menu.opener.focus()
              }}
            >
              <floating.DropdownMenu.Label className="px-2 py-1.5">
                {menu.field && <span className="label block truncate">{menu.field}</span>}
                <span className="mono line-clamp-3 break-all">{menu.value}</span>
              </floating.DropdownMenu.Label>
              <floating.DropdownMenu.Separator className="my-1 h-px bg-line" />
              {menu.actions.filterFor && (
                <Item
                  icon={<Filter size={14} />}
                  label={t('value.filterFor')}
                  run={() => menu.actions.filterFor?.(menu.field, menu.value)}
                />
              )}
              {menu.actions.filterOut && (
                <Item
                  icon={<FilterX size={14} />}
                  label={t('value.filterOut')}
                  run={() => menu.actions.filterOut?.(menu.field, menu.value)}
                />
              )}
              <Item
                icon={<Search size={14} />}
                label={t('value.lookUp')}
                run={() => onLookUp(menu.field, menu.value)}
              />
              <Item icon={<Copy size={14} />} label={t('value.copy')} run={() => copy(menu.value)} />
              {defanged !== menu.value && (
                <Item icon={<ShieldOff size={14} />} label={t('value.copyDefanged')} run={() => copy(defanged)} />
              )}
            </floating.DropdownMenu.Content>
          </floating.DropdownMenu.Portal>
        </floating.DropdownMenu.Root>
      )}
    </MenuContext>
  )
}

const Item = ({ icon, label, run }: { icon: ReactNode; label: string; run: () => void }) => {
  const floating = useFloating(true)
  return (
    floating && (
      <floating.DropdownMenu.Item className="menu-item" onSelect={run}>
        <span className="text-text-3">{icon}</span>
        {label}
      </floating.DropdownMenu.Item>
    )
  )
}

/** A value somebody saw; a click opens what can be done with it. `field` is null when it is unknown. */
export function ValueChip({
  field,
  value,
  plain = false,
  children,
}: {
  field: string | null
  value: string
  plain?: boolean
  children?: ReactNode
}) {
  const actions = useContext(ActionsContext)
  const open = useContext(MenuContext)
  const onClick = (event: MouseEvent<HTMLButtonElement>) => {
    event.stopPropagation()
    open?.({ field, value, actions, rect: event.currentTarget.getBoundingClientRect(), opener: event.currentTarget })
  }
  return (
    <button
      type="button"
      aria-haspopup="menu"
      title={value.length > 30 ? value.slice(0, 500) : undefined}
      onClick={onClick}
      className={clsx(
        'mono max-w-full text-left align-bottom',
        plain
          ? 'rounded-sm break-all hover:bg-surface-3 in-[[role=gridcell]]:block in-[[role=gridcell]]:truncate'
          : 'inline-block h-5 truncate rounded-sm bg-surface-2 px-1.5 leading-5 hover:bg-surface-3',
      )}
    >
      {children ?? value}
    </button>
  )
}
