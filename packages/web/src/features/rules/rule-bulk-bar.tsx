import { useTranslation } from 'react-i18next'
import { Button } from '../../ui/button.tsx'
import { useConfirm } from '../../ui/dialog.tsx'
import { formatCount } from '../../ui/format/number.ts'
import type { BulkAction } from './data.ts'

const actions: readonly BulkAction[] = ['on', 'off', 'policy', 'delete']

/** What can be done with the chosen rules; each step is confirmed, for it changes what the floor sees. */
export function RuleBulkBar({
  count,
  total,
  wholeFilter,
  canWiden,
  onWiden,
  onClear,
  onAction,
}: {
  count: number
  total: number | undefined
  wholeFilter: boolean
  canWiden: boolean
  onWiden: () => void
  onClear: () => void
  onAction: (action: BulkAction) => void
}) {
  const { t } = useTranslation('rules')
  const confirm = useConfirm()
  const formatted = formatCount(count)
  const ask = async (action: BulkAction) => {
    const yes = await confirm({
      title: t(`bulk.title.${action}`, { formatted }),
      text: t(`bulk.text.${action}`),
      confirm: t(`bulk.${action}`),
      tone: action === 'delete' ? 'danger' : 'primary',
      ...(action === 'delete' && { typeToConfirm: String(count) }),
    })
    if (yes) onAction(action)
  }
  return (
    <div className="flex min-h-11 shrink-0 flex-wrap items-center gap-2 border-b border-line bg-accent-soft px-4 py-1.5">
      <span className="font-medium" role="status">
        {wholeFilter ? t('select.allChosen', { total: formatted }) : t('select.count', { count, formatted })}
      </span>
      {canWiden && !wholeFilter && (
        <button type="button" className="link" onClick={onWiden}>
          {t('select.all', { total: formatCount(total ?? 0) })}
        </button>
      )}
      <div className="ml-auto flex flex-wrap gap-1.5">
        {actions.map((action) => (
          <Button key={action} size="sm" onClick={() => void ask(action)}>
            {t(`bulk.${action}`)}
          </Button>
        ))}
        <Button size="sm" tone="quiet" hint="Escape" onClick={onClear}>
          {t('select.clear')}
        </Button>
      </div>
    </div>
  )
}
