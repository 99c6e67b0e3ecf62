import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ActionMenu } from '../../ui/action-menu.tsx'
import { Button } from '../../ui/button.tsx'
import { useConfirm } from '../../ui/dialog.tsx'
import { formatCount } from '../../ui/format/number.ts'
import { useShortcuts } from '../../ui/keyboard/keyboard.tsx'
import type { BulkAction } from './data.ts'
import { decisions } from './lifecycle.tsx'

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
  const [menuOpen, setMenuOpen] = useState(false)
  const menu = { open: menuOpen, onOpenChange: setMenuOpen }
  useShortcuts([{ keys: 's', label: t('key.status'), group: t('key.group'), run: () => setMenuOpen(true) }])
  const formatted = formatCount(count)
  const ask = async (action: BulkAction) => {
    const yes = await confirm({
      title: t(`bulk.title.${action}`, { count, formatted }),
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
        <ActionMenu
          label={t('life.lifecycle.label')}
          align="end"
          trigger={
            <Button size="sm" hint="s">
              {t('bulk.status')}
            </Button>
          }
          {...menu}
          actions={decisions.map((action) => ({
            id: action,
            label: t(`life.lifecycle.decide.${action}`),
            run: () => void ask(action),
          }))}
        />
        <Button size="sm" onClick={() => void ask('delete')}>
          {t('bulk.delete')}
        </Button>
        <Button size="sm" tone="quiet" hint="Escape" onClick={onClear}>
          {t('select.clear')}
        </Button>
      </div>
    </div>
  )
}
