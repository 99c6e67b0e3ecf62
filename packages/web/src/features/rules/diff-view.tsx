import type { TextDiff } from '@watchfloor/contracts/rules'
import { clsx } from 'clsx'
import { useTranslation } from 'react-i18next'

const signs = { same: ' ', added: '+', removed: '−', skipped: '⋯' } as const
const tones = {
  same: 'text-text-2',
  added: 'bg-good-soft text-good',
  removed: 'bg-bad-soft text-bad',
  skipped: 'bg-surface-2 text-text-3',
} as const

/** Two texts, line by line; what changed is told by sign and words, not by colour alone. */
export function DiffView({ diff }: { diff: TextDiff }) {
  const { t } = useTranslation('rules')
  if (diff.lines.length === 0) return <p className="p-3 text-text-2">{t('life.diff.none')}</p>
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and must do so with the keyboard
    <section aria-label={t('life.diff.label')} tabIndex={0} className="overflow-auto">
      <ol className="mono w-max min-w-full text-12">
        {diff.lines.map((line, at) => (
          <li
            // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other name, and never move
            key={at}
            className={clsx('grid grid-cols-[40px_40px_20px_minmax(0,1fr)] whitespace-pre', tones[line.op])}
          >
            <span aria-hidden className="px-1 text-right text-text-3 select-none">
              {line.before}
            </span>
            <span aria-hidden className="px-1 text-right text-text-3 select-none">
              {line.after}
            </span>
            <span aria-hidden className="text-center select-none">
              {signs[line.op]}
            </span>
            <span className="pr-3">
              {(line.op === 'added' || line.op === 'removed') && (
                <span className="sr-only">{t(`life.diff.${line.op}`)} </span>
              )}
              {line.op === 'skipped' ? t('life.diff.skipped', { count: Number(line.text) }) : line.text || ' '}
            </span>
          </li>
        ))}
      </ol>
    </section>
  )
}
