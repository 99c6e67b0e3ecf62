import { Link } from '@tanstack/react-router'
import type { AlertDetail } from '@watchfloor/contracts/alerts'
import { clsx } from 'clsx'
import { useTranslation } from 'react-i18next'
import { lookUpQuery } from '../../app/look-up.ts'
import { Chip } from '../../ui/chip.tsx'
import { AbsoluteTime } from '../../ui/display.tsx'
import { eventSummary } from '../../ui/format/field-value.ts'
import { Section } from '../../ui/page.tsx'
import { ErrorLine, Skeleton } from '../../ui/states.tsx'
import { useAround } from './data.ts'
import { tellingEntities } from './filter.ts'

const marginMs = 5 * 60_000

/** What else the same host or user did just before and after. */
export function Around({ alert }: { alert: AlertDetail }) {
  const { t } = useTranslation('alerts')
  const around = useAround(alert.id)
  const own = new Set(alert.detections.map((detection) => detection.eventId as string))
  const [entity] = tellingEntities(alert.entities, 1)
  const search = {
    from: new Date(Date.parse(alert.firstSeenAt) - marginMs).toISOString(),
    to: new Date(Date.parse(alert.lastSeenAt) + marginMs).toISOString(),
    ...(entity && { q: lookUpQuery(entity[0], entity[1]) }),
  }
  return (
    <Section
      title={t('page.around')}
      padded={false}
      actions={
        <Link to="/events" search={search} className="link text-12">
          {t('page.aroundAll')}
        </Link>
      }
    >
      {around.isPending ? (
        <div className="flex flex-col gap-2 p-3">
          <Skeleton className="h-6" />
          <Skeleton className="h-6" />
          <Skeleton className="h-6" />
        </div>
      ) : around.isError ? (
        <div className="p-3">
          <ErrorLine error={around.error} />
        </div>
      ) : around.data.items.length === 0 ? (
        <p className="p-3 text-text-2">{t('page.aroundEmpty')}</p>
      ) : (
        <ol className="divide-y divide-line">
          {around.data.items.map((event) => (
            <li
              key={event.id}
              className={clsx('flex h-8 items-center gap-3 px-3', own.has(event.id) && 'bg-accent-soft')}
            >
              <Link
                to="/events/$eventId"
                params={{ eventId: event.id }}
                className="shrink-0 text-text-2 hover:underline"
              >
                <AbsoluteTime at={event.time} className="mono" />
              </Link>
              <span className="mono min-w-0 flex-1 truncate">{eventSummary(event.fields, event.raw)}</span>
              {own.has(event.id) && <Chip tone="accent">{t('page.thisEvent')}</Chip>}
            </li>
          ))}
        </ol>
      )}
    </Section>
  )
}
