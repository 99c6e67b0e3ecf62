import type { AlertUpdate, Resolution } from '@watchfloor/contracts/alerts'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { nameOf, useMay, useMe } from '../../app/session/me.tsx'
import { type Shortcut, useShortcuts } from '../../ui/keyboard/keyboard.tsx'
import type { WantedChange } from './data.ts'
import type { Person } from './filter.ts'

export interface Triage {
  readonly may: boolean
  readonly dialog: 'close' | 'assign' | null
  readonly openDialog: (dialog: 'close' | 'assign' | null) => void
  readonly close: (resolution: Resolution, comment: string | undefined) => void
  readonly assign: (person: Person | null) => void
  readonly take: () => void
  readonly setStatus: (status: 'acknowledged' | 'in-progress') => void
  readonly change: (change: Omit<AlertUpdate, 'expectedVersion'>) => void
}

/**
 * Everything triage does to alerts, on keys and for buttons.
 * @param apply does it to whatever is chosen; not called while `active` is false
 */
export function useTriage(active: boolean, apply: (wanted: WantedChange) => void): Triage {
  const { t } = useTranslation('alerts')
  const me = useMe()
  const may = useMay()('alerts:write')
  const [dialog, openDialog] = useState<'close' | 'assign' | null>(null)
  const run = (change: Omit<AlertUpdate, 'expectedVersion'>, person: Person | null = null) => {
    openDialog(null)
    if (active && may) apply({ change, person })
  }
  const triage: Triage = {
    may,
    dialog,
    openDialog: (next) => openDialog(next === null || (active && may) ? next : null),
    close: (resolution, comment) => run({ status: 'closed', resolution, ...(comment !== undefined && { comment }) }),
    assign: (person) => run({ assignee: person?.id ?? null }, person),
    take: () => run({ assignee: me.id }, { id: me.id, name: nameOf(me) }),
    setStatus: (status) => run({ status }),
    change: (change) => run(change),
  }
  const key = (keys: string, name: string, act: () => void): Shortcut => ({
    keys,
    label: t(`key.${name}`),
    group: t('key.group'),
    run: act,
  })
  useShortcuts(
    may
      ? [
          key('e', 'close', () => triage.openDialog('close')),
          key('a', 'assign', () => triage.openDialog('assign')),
          key('m', 'take', triage.take),
          key('w', 'acknowledge', () => triage.setStatus('acknowledged')),
          key('s', 'start', () => triage.setStatus('in-progress')),
        ]
      : [],
  )
  return triage
}
