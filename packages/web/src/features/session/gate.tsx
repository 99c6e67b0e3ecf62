import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { usePageTitle } from '../../ui/page.tsx'

/** The plain page before anybody is signed in. */
export function Gate({ title, text, children }: { title: string; text?: string | undefined; children: ReactNode }) {
  const { t } = useTranslation('app')
  usePageTitle(title)
  return (
    <main className="flex h-full flex-col items-center justify-center overflow-auto bg-bg p-4">
      <div className="w-full max-w-sm">
        <div className="mb-6 flex items-center justify-center gap-2.5 text-16 font-semibold">
          <img src="/favicon.svg" alt="" className="size-7" />
          {t('name')}
        </div>
        <div className="panel p-5">
          <h1 className="text-16 font-semibold">{title}</h1>
          {text && <p className="mt-1 text-text-2">{text}</p>}
          <div className="mt-4">{children}</div>
        </div>
      </div>
    </main>
  )
}
