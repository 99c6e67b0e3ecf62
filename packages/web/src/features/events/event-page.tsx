import { Link, useCanGoBack, useNavigate, useParams, useRouter } from '@tanstack/react-router'
import type { EventDetail } from '@watchfloor/contracts/events'
import { ArrowLeft, Link2 } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { addCondition, lookUpQuery } from '../../app/look-up.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { Chip } from '../../ui/chip.tsx'
import { copyText } from '../../ui/copy.tsx'
import { AbsoluteTime } from '../../ui/display.tsx'
import { FieldTable } from '../../ui/field-table.tsx'
import { eventSummary } from '../../ui/format/field-value.ts'
import { formatSpan } from '../../ui/format/time.ts'
import { useShortcuts } from '../../ui/keyboard/keyboard.tsx'
import { Facts, PageHeader, ScrollPage, Section } from '../../ui/page.tsx'
import { ErrorState, Skeleton } from '../../ui/states.tsx'
import { toastDone } from '../../ui/toast.tsx'
import { ValueActionsProvider } from '../../ui/value-chip.tsx'
import { useEvent } from './data.ts'

const aroundMs = 5 * 60_000

/** One event: what it says, where every field came from, and the untouched original. */
export function EventPage() {
  const { t } = useTranslation('events')
  const { eventId } = useParams({ strict: false })
  const navigate = useNavigate()
  const router = useRouter()
  const canGoBack = useCanGoBack()
  const event = useEvent(eventId)
  const back = () => (canGoBack ? router.history.back() : void navigate({ to: '/events' }))
  useShortcuts([{ keys: 'Escape', label: t('key.back'), group: t('key.group'), run: back }])
  const search = (without: boolean) => (field: string | null, value: string) =>
    void navigate({
      to: '/events',
      search: (now) => ({
        range: now.range,
        from: now.from,
        to: now.to,
        q: addCondition('', lookUpQuery(field, value), without),
      }),
    })
  const copyLink = () =>
    void copyText(window.location.origin + window.location.pathname).then(() => toastDone(t('page.linkCopied')))
  if (event.isError) return <ErrorState error={event.error} onRetry={() => void event.refetch()} />
  return (
    <ValueActionsProvider actions={{ filterFor: search(false), filterOut: search(true) }}>
      <PageHeader
        back={<IconButton label={t('key.back')} hint="Esc" icon={<ArrowLeft size={16} />} onClick={back} />}
        title={t('page.title')}
        figure={
          event.data && <span className="mono">{eventSummary(event.data.fields, event.data.raw).slice(0, 200)}</span>
        }
        actions={
          <>
            {event.data && <AroundLink event={event.data} />}
            <Button icon={<Link2 size={14} aria-hidden />} onClick={copyLink}>
              {t('page.copyLink')}
            </Button>
          </>
        }
      />
      <ScrollPage width="max-w-[1600px]">
        {event.data ? (
          <EventView event={event.data} />
        ) : (
          <>
            <Skeleton className="h-32" />
            <Skeleton className="h-96" />
          </>
        )}
      </ScrollPage>
    </ValueActionsProvider>
  )
}

function AroundLink({ event }: { event: EventDetail }) {
  const { t } = useTranslation('events')
  const at = Date.parse(event.time)
  const host = event.fields['host.name']
  return (
    <Link
      to="/events"
      className="link px-2"
      search={{
        from: new Date(at - aroundMs).toISOString(),
        to: new Date(at + aroundMs).toISOString(),
        ...(typeof host === 'string' && { q: lookUpQuery('host.name', host) }),
      }}
    >
      {t('page.around')}
    </Link>
  )
}

function EventView({ event }: { event: EventDetail }) {
  const { t } = useTranslation('events')
  const derived = (field: string): string | undefined => {
    const from = event.derivedFrom[field]
    if (!from || from.length === 0) return undefined
    // `=event` stands for a value that the parser always sets. The others are every name that this field may come from; this
    // event has some of them only.
    const candidates = from.filter((name) => !name.startsWith('='))
    const present = candidates.filter((name) => name in event.taxonomy)
    const names = present.length > 0 ? present : candidates
    return names.length > 0 ? t('page.derived', { names: names.join(', ') }) : t('page.constant')
  }
  const lagMs = Date.parse(event.receivedAt) - Date.parse(event.time)
  return (
    <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,1fr)_380px]">
      <Section title={t('page.fields')} padded={false}>
        <FieldTable fields={event.fields} raw={event.raw} note={derived} />
      </Section>
      <div className="flex min-w-0 flex-col gap-4">
        <Section title={t('page.facts')}>
          <Facts
            items={[
              [t('page.time'), <AbsoluteTime key="t" at={event.time} />],
              [
                t('page.received'),
                <span key="r">
                  <AbsoluteTime at={event.receivedAt} />{' '}
                  {lagMs > 1000 && (
                    <span className="text-12 text-text-3">{t('page.lag', { span: formatSpan(lagMs) })}</span>
                  )}
                </span>,
              ],
              [
                t('page.source'),
                <Link key="s" to="/sources" search={{ open: event.sourceId }} className="link">
                  {event.sourceName}
                </Link>,
              ],
              [t('page.parser'), event.parser],
              [
                t('page.id'),
                <code key="i" className="mono break-all">
                  {event.id}
                </code>,
              ],
            ]}
          />
        </Section>
        {event.warnings.length > 0 && (
          <Section title={t('page.warnings')}>
            <ul className="list-disc pl-4">
              {event.warnings.map((warning) => (
                <li key={warning}>{warning}</li>
              ))}
            </ul>
          </Section>
        )}
        {event.logSources.length > 0 && (
          <Section title={t('page.logSources')}>
            <div className="flex flex-wrap gap-1">
              {event.logSources.map((source) => {
                const text = [source.product, source.category, source.service].filter(Boolean).join(' / ')
                return <Chip key={text}>{text}</Chip>
              })}
            </div>
          </Section>
        )}
        <Section title={t('page.taxonomy')} padded={false}>
          <FieldTable fields={event.taxonomy} raw={JSON.stringify(event.taxonomy)} />
        </Section>
      </div>
    </div>
  )
}
