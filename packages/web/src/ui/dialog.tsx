import { clsx } from 'clsx'
import { X } from 'lucide-react'
import { createContext, type FormEvent, type ReactNode, useCallback, useContext, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button, IconButton } from './button.tsx'
import { useFloating } from './floating/floating.ts'
import { useHoldShortcuts } from './keyboard/keyboard.tsx'

/** A dialog above the page; Esc and a click beside it close it. */
export function Dialog({
  open,
  onClose,
  title,
  description,
  children,
  width = 'max-w-lg',
}: {
  open: boolean
  onClose: () => void
  title: string
  description?: string
  children: ReactNode
  width?: string
}) {
  const { t } = useTranslation('ui')
  useHoldShortcuts(open)
  const floating = useFloating(open)
  if (!floating) return null
  const Radix = floating.Dialog
  return (
    <Radix.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-50 bg-scrim" />
        <Radix.Content
          {...(description === undefined && { 'aria-describedby': undefined })}
          className={clsx(
            'float fixed top-[12vh] left-1/2 max-h-[80vh] w-[calc(100vw-24px)] -translate-x-1/2 overflow-auto p-4',
            width,
          )}
        >
          <div className="mb-3 flex items-start gap-2">
            <div className="min-w-0 flex-1">
              <Radix.Title className="text-16 font-semibold">{title}</Radix.Title>
              {description && <Radix.Description className="text-text-2">{description}</Radix.Description>}
            </div>
            <Radix.Close asChild>
              <IconButton label={t('close')} icon={<X size={16} />} hint="Esc" />
            </Radix.Close>
          </div>
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

export interface ConfirmOptions {
  readonly title: string
  readonly text: string
  readonly confirm: string
  readonly tone?: 'primary' | 'danger'
  /** What has to be typed before the button works, for what cannot be undone. */
  readonly typeToConfirm?: string
}

const ConfirmContext = createContext<((options: ConfirmOptions) => Promise<boolean>) | null>(null)

/** Asks before something that cannot be undone. */
export function useConfirm(): (options: ConfirmOptions) => Promise<boolean> {
  const confirm = useContext(ConfirmContext)
  if (!confirm) throw new Error('ConfirmProvider is missing')
  return confirm
}

export function ConfirmProvider({ children }: { children: ReactNode }) {
  const { t } = useTranslation('ui')
  const [asked, setAsked] = useState<{ options: ConfirmOptions; answer: (yes: boolean) => void } | null>(null)
  const [typed, setTyped] = useState('')
  const inputId = useId()
  const ask = useCallback((options: ConfirmOptions) => {
    setTyped('')
    return new Promise<boolean>((resolve) => setAsked({ options, answer: resolve }))
  }, [])
  const close = (yes: boolean) => {
    asked?.answer(yes)
    setAsked(null)
  }
  const options = asked?.options
  const ready = !options?.typeToConfirm || typed.trim() === options.typeToConfirm
  return (
    <ConfirmContext value={ask}>
      {children}
      <Dialog
        open={asked !== null}
        onClose={() => close(false)}
        title={options?.title ?? ''}
        description={options?.text ?? ''}
        width="max-w-md"
      >
        <form
          onSubmit={(event: FormEvent) => {
            event.preventDefault()
            if (ready) close(true)
          }}
        >
          {options?.typeToConfirm && (
            <label htmlFor={inputId} className="mb-3 block">
              <span className="label mb-1 block">{t('confirm.type', { text: options.typeToConfirm })}</span>
              <input
                id={inputId}
                className="field"
                value={typed}
                onChange={(event) => setTyped(event.target.value)}
                autoComplete="off"
              />
            </label>
          )}
          <div className="flex justify-end gap-2">
            <Button onClick={() => close(false)}>{t('cancel')}</Button>
            <Button type="submit" tone={options?.tone ?? 'primary'} disabled={!ready}>
              {options?.confirm}
            </Button>
          </div>
        </form>
      </Dialog>
    </ConfirmContext>
  )
}
