import { useTranslation } from 'react-i18next'
import { Button } from '../ui/button.tsx'
import { CopyButton } from '../ui/copy.tsx'

/** What stands in place of a page that threw. */
export function Crashed({ error }: { error: unknown }) {
  const { t } = useTranslation('app')
  // What browsers say when a chunk cannot be had, which is not a fault of the page.
  const notLoaded = error instanceof Error && /module script|dynamically imported module/i.test(error.message)
  const words = notLoaded ? 'notLoaded' : 'crashed'
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return (
    <div role="alert" className="flex min-h-0 flex-1 flex-col items-center gap-3 overflow-auto p-8">
      <h1 className="text-16 font-semibold">{t(`${words}.title`)}</h1>
      <p className="max-w-lg text-center text-text-2">{t(`${words}.remedy`)}</p>
      <Button tone="primary" onClick={() => location.reload()}>
        {t(`${words}.reload`)}
      </Button>
      <div className="relative w-full max-w-3xl">
        <pre className="mono max-h-72 overflow-auto rounded bg-surface-2 p-3 whitespace-pre-wrap">{text}</pre>
        <div className="absolute top-1 right-1">
          <CopyButton value={text} />
        </div>
      </div>
    </div>
  )
}
