import { CircleAlert, CircleCheck, X } from 'lucide-react'
import { type ReactNode, useEffect, useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'
import { Button, IconButton } from './button.tsx'
import { shownError } from './states.tsx'

interface Toast {
  readonly id: number
  readonly tone: 'done' | 'failed'
  readonly text: string
  readonly detail?: string | undefined
  readonly action?: { readonly label: string; readonly run: () => void } | undefined
}

let toasts: readonly Toast[] = []
let nextId = 1
const listeners = new Set<() => void>()
const set = (next: readonly Toast[]): void => {
  toasts = next
  for (const listener of listeners) listener()
}
const dismiss = (id: number): void => set(toasts.filter((toast) => toast.id !== id))

/** Says that something happened, with undo or a link to it. */
export function toastDone(text: string, action?: { label: string; run: () => void }): void {
  set([...toasts.slice(-2), { id: nextId++, tone: 'done', text, action }])
}

/** Says that something failed, with what to do about it. */
export const toastError = (error: unknown): void => toastFailed(error)

/** The same, with a button for what to do about it. */
export function toastFailed(error: unknown, action?: { label: string; run: () => void }): void {
  const { message, remedy, requestId } = shownError(error)
  set([
    ...toasts.slice(-2),
    {
      id: nextId++,
      tone: 'failed',
      text: message,
      detail: [remedy, requestId].filter(Boolean).join(' · ') || undefined,
      action,
    },
  ])
}

/** Runs the newest toast's undo, for the `u` key. */
export function runNewestToastAction(): void {
  const newest = toasts.findLast((toast) => toast.action)
  if (!newest) return
  dismiss(newest.id)
  newest.action?.run()
}

const shownMs = { done: 7000, failed: 12_000 }

function ToastView({ toast }: { toast: Toast }): ReactNode {
  const { t } = useTranslation('ui')
  useEffect(() => {
    const timer = setTimeout(() => dismiss(toast.id), shownMs[toast.tone])
    return () => clearTimeout(timer)
  }, [toast])
  return (
    <div
      className="float pointer-events-auto flex max-w-full items-center gap-2 py-1.5 pr-1.5 pl-3 md:max-w-lg"
      role={toast.tone === 'failed' ? 'alert' : undefined}
    >
      {toast.tone === 'done' ? (
        <CircleCheck size={16} className="shrink-0 text-good" aria-hidden />
      ) : (
        <CircleAlert size={16} className="shrink-0 text-bad" aria-hidden />
      )}
      <div className="min-w-0">
        <p className="line-clamp-2">{toast.text}</p>
        {toast.detail && <p className="text-12 text-text-2">{toast.detail}</p>}
      </div>
      {toast.action && (
        <Button
          size="sm"
          tone="quiet"
          className="text-accent-text!"
          hint="u"
          onClick={() => {
            dismiss(toast.id)
            toast.action?.run()
          }}
        >
          {toast.action.label}
        </Button>
      )}
      <IconButton label={t('dismiss')} icon={<X size={14} />} onClick={() => dismiss(toast.id)} />
    </div>
  )
}

/** The corner where toasts appear; announced politely. */
export function Toasts() {
  const shown = useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => toasts,
  )
  return (
    <div
      aria-live="polite"
      className="pointer-events-none fixed inset-x-2 bottom-16 z-70 flex flex-col items-center gap-2 md:bottom-4"
    >
      {shown.map((toast) => (
        <ToastView key={toast.id} toast={toast} />
      ))}
    </div>
  )
}
