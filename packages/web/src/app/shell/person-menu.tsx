import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { CircleHelp, LogOut, Monitor, Moon, Sun, UserRound } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { ActionMenu } from '../../ui/action-menu.tsx'
import { toastError } from '../../ui/toast.tsx'
import { api, call } from '../api.ts'
import { nameOf, useMe, usePreferences } from '../session/me.tsx'
import { openHelp } from './overlays.ts'

const themes = [
  { theme: 'system', icon: <Monitor size={14} /> },
  { theme: 'light', icon: <Sun size={14} /> },
  { theme: 'dark', icon: <Moon size={14} /> },
] as const

/** The person at the foot of the rail: account, theme, sign out. */
export function PersonMenu() {
  const { t } = useTranslation('app')
  const me = useMe()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const { preferences, change } = usePreferences()
  const signOut = async () => {
    try {
      await call(api.DELETE('/api/v1/session'))
      // Who is signed in goes first: the pages leave before what they show is thrown away.
      queries.setQueryData(['me'], null)
      await queries.cancelQueries()
      queries.removeQueries({ predicate: (query) => query.queryKey[0] !== 'me' })
    } catch (error) {
      toastError(error)
    }
  }
  return (
    <ActionMenu
      label={t('person.menu', { name: nameOf(me) })}
      actions={[
        {
          id: 'account',
          label: t('person.account'),
          icon: <UserRound size={14} />,
          hint: 'g a',
          run: () => void navigate({ to: '/account' }),
        },
        { id: 'help', label: t('person.help'), icon: <CircleHelp size={14} />, hint: '?', run: openHelp },
        ...themes.map(({ theme, icon }) => ({
          id: theme,
          label: t(`theme.${theme}`),
          icon,
          active: preferences.theme === theme,
          run: () => change({ theme }),
        })),
        { id: 'out', label: t('person.signOut'), icon: <LogOut size={14} />, run: () => void signOut() },
      ]}
      trigger={
        <button
          type="button"
          title={t('person.menu', { name: nameOf(me) })}
          className="flex h-12 flex-1 flex-col items-center justify-center gap-0.5 rounded text-text-2 hover:bg-surface-2 md:h-9 md:flex-none md:flex-row md:justify-start md:gap-2 md:px-2"
        >
          <span
            aria-hidden
            className="flex size-5.5 items-center justify-center rounded-full bg-accent-soft text-[0.6875rem] font-semibold text-accent-text"
          >
            {initials(nameOf(me))}
          </span>
          <span className="sr-only min-w-0 flex-1 truncate text-left xl:not-sr-only xl:truncate">{nameOf(me)}</span>
        </button>
      }
    />
  )
}

/** `Ada Byron` → `AB`, `ada@example.org` → `A`. */
export const initials = (name: string): string =>
  (name.includes('@') ? [name] : name.split(/\s+/))
    .slice(0, 2)
    .map((word) => word.charAt(0).toUpperCase())
    .join('')
