import { useQueryClient } from '@tanstack/react-query'
import { Outlet, useNavigate } from '@tanstack/react-router'
import { lazy, type ReactNode, Suspense, useEffect, useState, useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../../ui/button.tsx'
import { loadFloating } from '../../ui/floating/floating.ts'
import { type Shortcut, useHoldShortcuts, useShortcuts } from '../../ui/keyboard/keyboard.tsx'
import { runNewestToastAction, toastFailed } from '../../ui/toast.tsx'
import { ValueMenuProvider } from '../../ui/value-chip.tsx'
import { connection } from '../connection.ts'
import { lookUpQuery } from '../look-up.ts'
import { places } from '../navigation.ts'
import { useMay } from '../session/me.tsx'
import { ConfirmLoginProvider } from './confirm-login.tsx'
import { openHelp, openPalette, setOverlay, useOverlay } from './overlays.ts'
import { Rail } from './rail.tsx'

const loadPalette = () => import('./palette.tsx').then((module) => module.default)

/** After these the page stands, and what a key or a click will want next is fetched. */
const floatingAfterMs = 1200
const paletteAfterMs = 1500
const ShortcutHelp = lazy(() => import('./shortcut-help.tsx'))

/** Focuses the page's filter or search field. */
function focusFilter(): void {
  const field = document.querySelector<HTMLElement>(
    '[data-filter] .cm-content, input[data-filter], [data-filter] input',
  )
  field?.focus()
  if (field instanceof HTMLInputElement) field.select()
}

function useGlobalShortcuts(): void {
  const { t } = useTranslation('app')
  const navigate = useNavigate()
  const may = useMay()
  const go: Shortcut[] = places
    .filter((place) => place.key && (place.permission === null || may(place.permission)))
    .map((place) => ({
      keys: `g ${place.key}`,
      label: t(`nav.${place.id}`),
      group: t('keys.go'),
      run: () => void navigate({ to: place.to }),
    }))
  useShortcuts([
    ...go,
    { keys: 'mod+k', label: t('keys.palette'), group: t('keys.everywhere'), run: openPalette, whileTyping: true },
    { keys: '/', label: t('keys.filter'), group: t('keys.everywhere'), run: focusFilter },
    { keys: '?', label: t('keys.help'), group: t('keys.everywhere'), run: openHelp },
    { keys: 'u', label: t('keys.undo'), group: t('keys.everywhere'), run: runNewestToastAction },
  ])
}

/** Everything around a page: rail, banner, overlays, the menu of values. */
export function Shell({ children }: { children?: ReactNode }) {
  const { t } = useTranslation('app')
  const navigate = useNavigate()
  const overlay = useOverlay()
  useGlobalShortcuts()
  useHoldShortcuts(overlay !== null)
  const Palette = usePalette(overlay === 'palette')
  useEffect(() => {
    const timer = setTimeout(() => void loadFloating(), floatingAfterMs)
    return () => clearTimeout(timer)
  }, [])
  return (
    <ValueMenuProvider
      onLookUp={(field, value) =>
        void navigate({
          to: '/events',
          search: (now) => ({ range: now.range, from: now.from, to: now.to, q: lookUpQuery(field, value) }),
        })
      }
    >
      <ConfirmLoginProvider>
        <a href="#content" className="float fixed top-2 left-2 z-80 -translate-y-20 px-3 py-1.5 focus:translate-y-0">
          {t('skip')}
        </a>
        <div className="flex h-full flex-col md:flex-row">
          <Rail onPalette={openPalette} />
          <main id="content" tabIndex={-1} className="flex min-h-0 min-w-0 flex-1 flex-col bg-surface outline-none">
            <LostBanner />
            {children ?? <Outlet />}
          </main>
        </div>
        {overlay === 'palette' && Palette && <Palette onClose={() => setOverlay(null)} />}
        <Suspense fallback={null}>{overlay === 'help' && <ShortcutHelp onClose={() => setOverlay(null)} />}</Suspense>
      </ConfirmLoginProvider>
    </ValueMenuProvider>
  )
}

/** The palette, fetched when the page has settled: it is opened by a key and typed into at once, so no moment may pass then. */
function usePalette(wanted: boolean): Awaited<ReturnType<typeof loadPalette>> | null {
  const { t } = useTranslation('app')
  const [palette, setPalette] = useState<Awaited<ReturnType<typeof loadPalette>> | null>(null)
  useEffect(() => {
    if (palette) return
    const failed = () => {
      // Ahead of time it is no loss: the key tries again.
      if (!wanted) return
      setOverlay(null)
      toastFailed(new Error(t('notLoaded.title')), {
        label: t('notLoaded.reload'),
        run: () => location.reload(),
      })
    }
    const load = () => void loadPalette().then((loaded) => setPalette(() => loaded), failed)
    const timer = setTimeout(load, wanted ? 0 : paletteAfterMs)
    return () => clearTimeout(timer)
  }, [palette, wanted, t])
  return palette
}

/** How often a lost server is asked again. */
const retryMs = 5000

function LostBanner() {
  const { t } = useTranslation('app')
  const queries = useQueryClient()
  const state = useSyncExternalStore(connection.subscribe, connection.get)
  useEffect(() => {
    if (state === 'online') return
    const timer = setInterval(() => void queries.invalidateQueries({ refetchType: 'active' }), retryMs)
    return () => clearInterval(timer)
  }, [state, queries])
  if (state === 'online') return null
  return (
    <div
      role="alert"
      className="flex shrink-0 flex-wrap items-center gap-3 border-b border-warn/40 bg-warn-soft px-4 py-1.5 text-warn"
    >
      <span>{t('lost')}</span>
      <Button size="sm" onClick={() => void queries.invalidateQueries()}>
        {t('retryNow')}
      </Button>
    </div>
  )
}
