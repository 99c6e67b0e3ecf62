import { Link, useLocation } from '@tanstack/react-router'
import { clsx } from 'clsx'
import {
  BookOpenCheck,
  Crosshair,
  LayoutDashboard,
  type LucideIcon,
  Search,
  Settings,
  Siren,
  SquareActivity,
  UserRound,
} from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Kbd } from '../../ui/kbd.tsx'
import { useLiveState } from '../live/live-provider.tsx'
import { placesOf, type Section, sectionOf } from '../navigation.ts'
import { useMay } from '../session/me.tsx'
import { PersonMenu } from './person-menu.tsx'

const icons: Record<Section, LucideIcon> = {
  overview: LayoutDashboard,
  triage: Siren,
  hunt: Crosshair,
  detection: SquareActivity,
  intelligence: BookOpenCheck,
  settings: Settings,
  account: UserRound,
}
const main: readonly Section[] = ['overview', 'triage', 'hunt', 'detection', 'intelligence']

/** The left rail; a bar at the foot on a phone. */
export function Rail({ onPalette }: { onPalette: () => void }) {
  const { t } = useTranslation('app')
  return (
    <nav
      aria-label={t('rail')}
      className="order-last flex h-14 shrink-0 items-center gap-1 border-t border-line bg-bg px-1 md:order-first md:h-auto md:w-14 md:flex-col md:items-stretch md:border-t-0 md:border-r md:px-2 md:py-2 xl:w-48"
    >
      <div className="hidden h-9 items-center gap-2 px-2 font-semibold md:flex">
        <img src="/favicon.svg" alt="" className="size-6" />
        <span className="hidden xl:inline">{t('name')}</span>
      </div>
      <button
        type="button"
        onClick={onPalette}
        className="mb-1 hidden h-8 items-center gap-2 rounded border border-line-strong bg-surface px-2 text-text-3 hover:text-text md:flex"
      >
        <Search size={14} className="shrink-0" aria-hidden />
        <span className="sr-only min-w-0 flex-1 truncate text-left text-12 xl:not-sr-only">{t('palette.open')}</span>
        <span className="hidden xl:inline">
          <Kbd keys="mod+k" />
        </span>
      </button>
      {main.map((section) => (
        <RailLink key={section} section={section} />
      ))}
      <div className="hidden flex-1 md:block" />
      <LiveDot />
      <RailLink section="settings" />
      <PersonMenu />
    </nav>
  )
}

function RailLink({ section }: { section: Section }) {
  const { t } = useTranslation('app')
  const may = useMay()
  const active = sectionOf(useLocation({ select: (location) => location.pathname })) === section
  const first = placesOf(section, may)[0]
  if (!first) return null
  const Icon = icons[section]
  return (
    <Link
      to={first.to}
      aria-current={active ? 'page' : undefined}
      title={t(`nav.${section}`)}
      className={clsx(
        'group flex h-12 min-w-0 flex-auto flex-col items-center justify-center gap-0.5 rounded text-12 transition-colors md:h-8 md:flex-none md:flex-row md:justify-start md:gap-2.5 md:px-2.5 md:text-13',
        active ? 'bg-surface-3 font-medium text-text' : 'text-text-2 hover:bg-surface-2 hover:text-text',
      )}
    >
      <Icon size={16} aria-hidden className={active ? 'text-accent-text' : undefined} />
      <span className="max-w-full truncate md:sr-only xl:not-sr-only xl:flex-1">{t(`nav.${section}`)}</span>
      {first.key && (
        <span className="hidden opacity-0 transition-opacity group-hover:opacity-100 group-focus-visible:opacity-100 xl:inline">
          <Kbd keys={`g ${first.key}`} />
        </span>
      )}
    </Link>
  )
}

function LiveDot() {
  const { t } = useTranslation('app')
  const state = useLiveState()
  const colour = state === 'live' ? 'bg-good' : state === 'connecting' ? 'bg-warn' : 'bg-bad'
  return (
    <div
      className="hidden h-7 items-center gap-2.5 px-3.5 text-12 text-text-3 md:flex"
      role="status"
      title={t(`live.${state}`)}
    >
      <span aria-hidden className={clsx('size-2 rounded-full', colour)} />
      <span className="sr-only xl:not-sr-only">{t(`live.${state}`)}</span>
    </div>
  )
}
