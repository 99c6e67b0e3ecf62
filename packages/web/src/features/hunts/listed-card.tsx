import { useTranslation } from 'react-i18next'
import { Button } from '../../ui/button.tsx'
import { Chip } from '../../ui/chip.tsx'
import { type Listed, listedFacts } from './draft.ts'

/** What is listed or kept elsewhere and hunted for by a filter, in the place of a text. */
export function ListedCard({ listed, onDrop }: { listed: Listed; onDrop: () => void }) {
  const { t } = useTranslation('hunts')
  const facts = listedFacts(listed)
  const isChange = listed.of.freshAfter !== undefined
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2 rounded border border-line bg-surface-2 px-3 py-2">
      <div className="flex min-w-0 flex-1 flex-col gap-1">
        <p className="flex flex-wrap items-center gap-1.5">
          <span className="font-medium">{t(`listed.${listed.kind}`)}</span>
          {facts.length === 0 && !isChange && <Chip>{t('listed.all')}</Chip>}
          {isChange && <Chip>{t('listed.name.changed')}</Chip>}
          {facts.map(({ name, value }) => (
            <Chip key={name}>
              {t(`listed.name.${name}`)} {value}
            </Chip>
          ))}
        </p>
        <p className="text-12 text-text-2">{t('listed.hint')}</p>
      </div>
      <Button tone="quiet" onClick={onDrop}>
        {t('listed.drop')}
      </Button>
    </div>
  )
}
