import { clsx } from 'clsx'
import { type ReactNode, useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { formatCount } from './format/number.ts'

/** What the browser's tab and history say: `(12) Triage · Watchfloor`. */
export function usePageTitle(title: string, count?: number): void {
  const { t } = useTranslation('ui')
  const text = t('pageTitle', { title })
  const shown = count ? `(${formatCount(count)}) ${text}` : text
  useEffect(() => {
    document.title = shown
  }, [shown])
}

/** The title line of a page: its name (in the browser's tab too), the one number that matters, and what can be done. */
export function PageHeader({
  title,
  count,
  back,
  figure,
  tabs,
  actions,
}: {
  title: string
  /** Stands before the name in the browser's tab. */
  count?: number | undefined
  /** The way back to the list, before the title. */
  back?: ReactNode
  figure?: ReactNode
  tabs?: ReactNode
  actions?: ReactNode
}) {
  usePageTitle(title, count)
  return (
    <header className="flex min-h-12 shrink-0 flex-wrap items-center gap-x-3 gap-y-2 border-b border-line px-4 py-2">
      <div className="flex max-w-full min-w-0 items-center gap-1">
        {back}
        <h1 className="min-w-0 truncate text-16 font-semibold">{title}</h1>
      </div>
      {figure !== undefined && <div className="min-w-0 max-w-[60ch] truncate text-text-2">{figure}</div>}
      {tabs}
      <div className="ml-auto flex flex-wrap items-center gap-2">{actions}</div>
    </header>
  )
}

/** The line of filters beneath the title. */
export const FilterBar = ({ label, children }: { label: string; children: ReactNode }) => (
  <search
    aria-label={label}
    className="flex min-h-11 shrink-0 flex-wrap items-center gap-2 border-b border-line px-4 py-1.5"
  >
    {children}
  </search>
)

/** A page that scrolls as a whole, for forms and details. */
export const ScrollPage = ({ children, width = 'max-w-5xl' }: { children: ReactNode; width?: string }) => (
  <div className="min-h-0 flex-1 overflow-auto">
    <div className={clsx('mx-auto flex w-full flex-col gap-4 p-4', width)}>{children}</div>
  </div>
)

/** A titled box. */
export function Section({
  title,
  actions,
  children,
  padded = true,
  className,
}: {
  title: ReactNode
  actions?: ReactNode
  children: ReactNode
  padded?: boolean
  className?: string
}) {
  return (
    <section className={clsx('panel min-w-0', className)}>
      <div className="flex min-h-9 flex-wrap items-center gap-2 border-b border-line px-3 py-1">
        <h2 className="font-semibold">{title}</h2>
        <div className="ml-auto flex items-center gap-1">{actions}</div>
      </div>
      <div className={padded ? 'p-3' : undefined}>{children}</div>
    </section>
  )
}

/** Names and values, side by side. */
export function Facts({ items }: { items: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className="grid grid-cols-[minmax(96px,max-content)_minmax(0,1fr)] gap-x-4 gap-y-1.5">
      {items.map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="text-text-3">{name}</dt>
          <dd className="min-w-0 break-words">{value}</dd>
        </div>
      ))}
    </dl>
  )
}
