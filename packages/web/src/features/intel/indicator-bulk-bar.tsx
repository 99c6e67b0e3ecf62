import type { IndicatorBulkAction } from '@watchfloor/contracts/intel'
import { useTranslation } from 'react-i18next'
import { Button } from '../../ui/button.tsx'
import { useConfirm } from '../../ui/dialog.tsx'
import { formatCount } from '../../ui/format/number.ts'
import { useShortcuts } from '../../ui/keyboard/keyboard.tsx'

const actions = ['on', 'off', 'expire', 'delete'] as const satisfies readonly IndicatorBulkAction[]

/** What can be done with the chosen indicators. What can be undone is done at once, the rest is asked for. */
export function IndicatorBulkBar({
  count,
  wholeFilter,
  canWiden,
  canUndo,
  onWiden,
  onClear,
  onAction,
}: {
  /** undefined: nobody counted what the filter takes. */
  count: number | undefined
  wholeFilter: boolean
  canWiden: boolean
  canUndo: (action: IndicatorBulkAction) => boolean
  onWiden: () => void
  onClear: () => void
  onAction: (action: IndicatorBulkAction) => void
}) {
  const { t } = useTranslation('intel')
  const confirm = useConfirm()
  useShortcuts([{ keys: 'Escape', label: t('key.clear'), group: t('key.group'), run: onClear }])
  const formatted = count === undefined ? undefined : formatCount(count)
  const ask = async (action: IndicatorBulkAction) => {
    const options = {
      title: formatted
        ? t(`bulk.title.${action}`, { count, formatted })
        : t('bulk.titleAll', { action: t(`bulk.${action}`) }),
      text: t(`bulk.text.${action}`),
      confirm: t(`bulk.${action}`),
      tone: action === 'delete' ? 'danger' : 'primary',
      ...(action === 'delete' && { typeToConfirm: count === undefined ? t('bulk.typeAll') : String(count) }),
    } as const
    if (canUndo(action) || (await confirm(options))) onAction(action)
  }
  return (
    <div className="flex min-h-11 shrink-0 flex-wrap items-center gap-2 border-b border-line bg-accent-soft px-4 py-1.5">
      <span className="font-medium" role="status">
        {wholeFilter ? t('bulk.allChosen') : t('bulk.chosen', { count: count ?? 0, formatted })}
      </span>
      {canWiden && !wholeFilter && (
        <button type="button" className="link" onClick={onWiden}>
          {t('bulk.all')}
        </button>
      )}
      <div className="ml-auto flex flex-wrap gap-1.5">
        {actions.map((action) => (
          <Button key={action} size="sm" onClick={() => void ask(action)}>
            {t(`bulk.${action}`)}
          </Button>
        ))}
        <Button size="sm" tone="quiet" hint="Escape" onClick={onClear}>
          {t('bulk.clear')}
        </Button>
      </div>
    </div>
  )
}
