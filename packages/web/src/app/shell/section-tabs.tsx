import { Link, useLocation } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { placesOf, type Section } from '../navigation.ts'
import { useMay } from '../session/me.tsx'

/** The pages of a section, beside the title. */
export function SectionTabs({ section }: { section: Section }) {
  const { t } = useTranslation('app')
  const may = useMay()
  const pages = placesOf(section, may)
  const path = useLocation({ select: (location) => location.pathname })
  // A page without a tab of its own belongs to the tab whose address begins its own: importing rules to Rules.
  const current = pages
    .filter((place) => path === place.to || path.startsWith(`${place.to}/`))
    .toSorted((a, b) => b.to.length - a.to.length)[0]
  if (pages.length < 2) return null
  return (
    <nav aria-label={t('section', { name: t(`nav.${section}`) })} className="flex flex-wrap items-center gap-0.5">
      {pages.map((place) => (
        <Link
          key={place.id}
          to={place.to}
          activeOptions={{ exact: true, includeSearch: false }}
          aria-current={place === current ? 'page' : undefined}
          className="inline-flex h-7 items-center rounded px-2 text-text-2 hover:bg-surface-2 hover:text-text aria-[current=page]:bg-surface-3 aria-[current=page]:font-medium aria-[current=page]:text-text"
        >
          {t(`nav.${place.id}`)}
        </Link>
      ))}
    </nav>
  )
}
