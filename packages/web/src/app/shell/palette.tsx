import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { Alert } from '@watchfloor/contracts/alerts'
import type { Rule } from '@watchfloor/contracts/rules'
import { Command } from 'cmdk'
import { Crosshair, History, Siren, SquareActivity } from 'lucide-react'
import { Dialog as Radix } from 'radix-ui'
import { type ReactNode, useDeferredValue, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Kbd } from '../../ui/kbd.tsx'
import { useActiveShortcuts } from '../../ui/keyboard/keyboard.tsx'
import { SeverityBadge } from '../../ui/severity.tsx'
import { api, call } from '../api.ts'
import { quoteValue } from '../look-up.ts'
import { places } from '../navigation.ts'
import { useMay } from '../session/me.tsx'
import { recentPages, rememberRecent } from './recent.ts'

/** Everything by name: pages, actions of this page, alerts, rules, a search of events. */
export default function Palette({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('app')
  const navigate = useNavigate()
  const may = useMay()
  const [text, setText] = useState('')
  const found = usePaletteSearch(useDeferredValue(text.trim()), may)
  const actions = useActiveShortcuts().filter(
    (shortcut) => shortcut.group !== t('keys.go') && shortcut.keys !== 'mod+k',
  )
  const run = (act: () => void) => {
    onClose()
    // After the dialog has given the focus back.
    setTimeout(act, 0)
  }
  const open = (title: string, href: string) =>
    run(() => {
      rememberRecent({ title, href })
      void navigate({ href })
    })
  return (
    <Radix.Root open onOpenChange={(next) => !next && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-50 bg-scrim" />
        <Radix.Content
          aria-describedby={undefined}
          className="float fixed top-[10vh] left-1/2 w-[min(640px,calc(100vw-24px))] -translate-x-1/2 overflow-hidden"
        >
          <Radix.Title className="sr-only">{t('palette.title')}</Radix.Title>
          <Command label={t('palette.title')} loop>
            <Command.Input
              value={text}
              onValueChange={setText}
              placeholder={t('palette.placeholder')}
              className="h-12 w-full border-b border-line bg-transparent px-4 text-14 outline-none"
            />
            <Command.List className="max-h-[56vh] overflow-auto p-1 [&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:py-1.5 [&_[cmdk-group-heading]]:text-12 [&_[cmdk-group-heading]]:text-text-3">
              {text === '' && recentPages().length > 0 && (
                <Command.Group heading={t('palette.recent')}>
                  {recentPages().map((page) => (
                    <Item
                      key={page.href}
                      value={`recent ${page.href}`}
                      icon={<History size={14} />}
                      onSelect={() => open(page.title, page.href)}
                    >
                      {page.title}
                    </Item>
                  ))}
                </Command.Group>
              )}
              <Command.Group heading={t('palette.go')}>
                {places
                  .filter((place) => place.permission === null || may(place.permission))
                  .map((place) => (
                    <Item
                      key={place.id}
                      value={`go ${t(`nav.${place.id}`)}`}
                      hint={place.key && `g ${place.key}`}
                      onSelect={() => run(() => void navigate({ to: place.to }))}
                    >
                      {t(`nav.${place.id}`)}
                    </Item>
                  ))}
              </Command.Group>
              {text !== '' && may('events:read') && (
                <Command.Group heading={t('palette.lookUp')} forceMount>
                  <Item
                    value={`events ${text}`}
                    forceMount
                    icon={<Crosshair size={14} />}
                    onSelect={() => run(() => void navigate({ to: '/events', search: { q: quoteValue(text) } }))}
                  >
                    {t('palette.searchEvents', { text })}
                  </Item>
                </Command.Group>
              )}
              <Results heading={t('palette.alerts')} show={found.alerts.length > 0}>
                {found.alerts.map((alert) => (
                  <Item
                    key={alert.id}
                    value={`alert ${alert.id}`}
                    forceMount
                    icon={<Siren size={14} />}
                    onSelect={() => open(alert.title, `/alerts/${alert.id}`)}
                  >
                    <SeverityBadge severity={alert.severity} compact /> {alert.title}
                  </Item>
                ))}
              </Results>
              <Results heading={t('palette.rules')} show={found.rules.length > 0}>
                {found.rules.map((rule) => (
                  <Item
                    key={rule.id}
                    value={`rule ${rule.id}`}
                    forceMount
                    icon={<SquareActivity size={14} />}
                    onSelect={() => open(rule.title, `/rules/${rule.id}`)}
                  >
                    <SeverityBadge severity={rule.level} compact /> {rule.title}
                  </Item>
                ))}
              </Results>
              <Command.Group heading={t('palette.actions')}>
                {actions.map((action) => (
                  <Item
                    key={action.keys}
                    value={`action ${action.label}`}
                    hint={action.keys}
                    onSelect={() => run(action.run)}
                  >
                    {action.label}
                  </Item>
                ))}
              </Command.Group>
            </Command.List>
          </Command>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

const Results = ({ heading, show, children }: { heading: string; show: boolean; children: ReactNode }) =>
  show ? (
    <Command.Group heading={heading} forceMount>
      {children}
    </Command.Group>
  ) : null

function Item({
  value,
  icon,
  hint,
  onSelect,
  forceMount = false,
  children,
}: {
  value: string
  icon?: ReactNode
  hint?: string | undefined
  onSelect: () => void
  forceMount?: boolean
  children: ReactNode
}) {
  return (
    <Command.Item value={value} onSelect={onSelect} forceMount={forceMount} className="menu-item h-9!">
      <span className="inline-flex w-4 justify-center text-text-3">{icon}</span>
      <span className="flex min-w-0 flex-1 items-center gap-2 truncate">{children}</span>
      {hint && <Kbd keys={hint} />}
    </Command.Item>
  )
}

/** Alerts and rules with these words. */
function usePaletteSearch(
  text: string,
  may: (permission: string) => boolean,
): { alerts: readonly Alert[]; rules: readonly Rule[] } {
  const long = text.length >= 2
  const alerts = useQuery({
    queryKey: ['palette', 'alerts', text],
    enabled: long && may('alerts:read'),
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      call<{ items: Alert[] }>(api.GET('/api/v1/alerts', { params: { query: { text, limit: 6 } }, signal })),
  })
  const rules = useQuery({
    queryKey: ['palette', 'rules', text],
    enabled: long && may('rules:read'),
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      call<{ items: Rule[] }>(api.GET('/api/v1/rules', { params: { query: { text, limit: 6 } }, signal })),
  })
  return { alerts: long ? (alerts.data?.items ?? []) : [], rules: long ? (rules.data?.items ?? []) : [] }
}
