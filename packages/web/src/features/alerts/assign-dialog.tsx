import { Command } from 'cmdk'
import { useDeferredValue, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { nameOf, useMe } from '../../app/session/me.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { usePeople } from './data.ts'
import type { Person } from './filter.ts'

/** Chooses a person; the first entries are oneself and nobody. */
export function AssignDialog({
  open,
  onCancel,
  onAssign,
}: {
  open: boolean
  onCancel: () => void
  onAssign: (person: Person | null) => void
}) {
  const { t } = useTranslation('alerts')
  const me = useMe()
  const [text, setText] = useState('')
  const people = usePeople(useDeferredValue(text.trim()), open)
  const others = (people.data?.items ?? []).filter((person) => person.id !== me.id)
  return (
    <Dialog open={open} onClose={onCancel} title={t('assign.title')} width="max-w-sm">
      <Command label={t('assign.title')} shouldFilter={false} loop>
        <Command.Input
          autoFocus
          value={text}
          onValueChange={setText}
          placeholder={t('assign.search')}
          className="field mb-2"
        />
        <Command.List className="max-h-72 overflow-auto">
          <Command.Empty className="px-2 py-3 text-text-2">{t('assign.empty')}</Command.Empty>
          {me.user && (text === '' || nameOf(me).toLowerCase().includes(text.toLowerCase())) && (
            <Command.Item value="me" className="menu-item" onSelect={() => onAssign({ id: me.id, name: nameOf(me) })}>
              {t('assign.me', { name: nameOf(me) })}
            </Command.Item>
          )}
          {others.map((person) => (
            <Command.Item
              key={person.id}
              value={person.id}
              className="menu-item"
              onSelect={() => onAssign({ id: person.id, name: person.name })}
            >
              <span className="truncate">{person.name}</span>
              <span className="ml-auto truncate text-12 text-text-3">{person.email}</span>
            </Command.Item>
          ))}
          {text === '' && (
            <Command.Item value="nobody" className="menu-item text-text-2" onSelect={() => onAssign(null)}>
              {t('assign.nobody')}
            </Command.Item>
          )}
        </Command.List>
      </Command>
    </Dialog>
  )
}
