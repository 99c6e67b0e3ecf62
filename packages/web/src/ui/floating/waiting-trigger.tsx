import { Slot } from 'radix-ui'
import type { ReactNode } from 'react'
import { loadFloating } from './floating.ts'

/** The button of what floats while its parts are not there yet: coming near fetches them, a click asks for it. */
export const WaitingTrigger = ({
  opens = 'menu',
  onAsk,
  children,
}: {
  opens?: 'menu' | 'dialog'
  onAsk: () => void
  children: ReactNode
}) => (
  <Slot.Root
    aria-haspopup={opens}
    aria-expanded={false}
    onPointerEnter={loadFloating}
    onFocus={loadFloating}
    onClick={onAsk}
  >
    {children}
  </Slot.Root>
)
