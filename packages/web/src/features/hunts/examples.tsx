import { useTranslation } from 'react-i18next'
import { Chip } from '../../ui/chip.tsx'
import { type Example, examples } from './examples.ts'

/** What the workbench shows before the first run: what it is for, and hunts to click. */
export function Examples({ onChoose }: { onChoose: (example: Example) => void }) {
  const { t } = useTranslation('hunts')
  return (
    <section aria-labelledby="hunt-examples" className="mx-auto flex w-full max-w-4xl flex-col gap-3 px-4 py-8">
      <h2 id="hunt-examples" className="text-14 font-semibold">
        {t('examples.title')}
      </h2>
      <p className="max-w-2xl text-text-2">{t('examples.text')}</p>
      <ul className="grid gap-3 sm:grid-cols-2">
        {examples.map((example) => (
          <li key={example.id}>
            <button
              type="button"
              onClick={() => onChoose(example)}
              className="panel flex h-full w-full flex-col items-start gap-1.5 p-3 text-left transition-colors hover:border-line-strong hover:bg-surface-2"
            >
              <span className="flex w-full items-center gap-2 font-medium">
                <span className="min-w-0 flex-1 truncate">{t(`examples.${example.id}`)}</span>
                <Chip>{t(`kind.${example.kind}`)}</Chip>
              </span>
              <code className="mono line-clamp-3 w-full break-all whitespace-pre-wrap text-12 text-text-2">
                {telling(example)}
              </code>
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** Of a rule, what it asks for; its head is the same everywhere. */
const telling = ({ kind, text }: Example): string =>
  kind === 'sigma' ? text.slice(text.indexOf('detection:')).replace('detection:\n', '') : text
