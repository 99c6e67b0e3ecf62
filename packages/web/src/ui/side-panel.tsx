import { Maximize2, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { IconButton } from './button.tsx'

/** The chosen object beside its list; on a phone it covers the list. */
export function SidePanel({
  label,
  title,
  onClose,
  onOpenFull,
  children,
}: {
  label: string
  title?: ReactNode
  onClose: () => void
  onOpenFull?: () => void
  children: ReactNode
}) {
  const { t } = useTranslation('ui')
  return (
    <aside
      aria-label={label}
      className="fixed inset-0 z-40 flex min-h-0 flex-col border-line bg-surface motion-safe:animate-[slide-in_140ms_ease-out] md:static md:z-auto md:w-[min(46vw,620px)] md:shrink-0 md:border-l"
    >
      <header className="flex h-10 shrink-0 items-center gap-1 border-b border-line pr-2 pl-4">
        <div className="min-w-0 flex-1 truncate text-12 text-text-3">{title ?? label}</div>
        {onOpenFull && (
          <IconButton label={t('panel.openFull')} hint="Enter" icon={<Maximize2 size={14} />} onClick={onOpenFull} />
        )}
        <IconButton label={t('panel.close')} hint="Esc" icon={<X size={16} />} onClick={onClose} />
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className="min-h-0 flex-1 overflow-auto" tabIndex={0} aria-label={label}>
        {children}
      </section>
    </aside>
  )
}

/** A list with the panel of what is chosen beside it. */
export function BesidePanel({ panel, children }: { panel: ReactNode; children: ReactNode }) {
  return (
    <div className="flex min-h-0 flex-1">
      <div className="flex min-w-0 flex-1 flex-col">{children}</div>
      {panel}
    </div>
  )
}
