import { Link } from '@tanstack/react-router'
import type { AlertDetail } from '@watchfloor/contracts/alerts'
import { ChevronLeft, ChevronRight, TriangleAlert } from 'lucide-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { IconButton } from '../../ui/button.tsx'
import { FieldTable } from '../../ui/field-table.tsx'
import { Section } from '../../ui/page.tsx'
import { ErrorLine, Skeleton } from '../../ui/states.tsx'
import { ValueChip } from '../../ui/value-chip.tsx'
import { type AlertWhy, useAlertWhy, useEvent } from './data.ts'
import { EvidenceView } from './evidence.tsx'
import { matchedFields } from './matched-fields.ts'
import { WhyActions } from './why-actions.tsx'
import { YaraSilence } from './yara-silence.tsx'

/** Why it fired, and on what: one detection at a time, with its event beneath. */
export function WhySection({ alert }: { alert: AlertDetail }) {
  const { t } = useTranslation('alerts')
  const [index, setIndex] = useState(0)
  const newestFirst = useMemo(
    () =>
      [...alert.detections].sort((a, b) => (a.time === b.time ? byName(a, b, alert.title) : a.time < b.time ? 1 : -1)),
    [alert.detections, alert.title],
  )
  const detection = newestFirst[Math.min(index, newestFirst.length - 1)]
  const why = useAlertWhy(alert.id, detection?.eventId)
  const event = useEvent(detection?.eventId)
  const matched = useMemo(() => matchedFields(why.data?.hits ?? [], event.data), [why.data, event.data])
  const step = (by: number) => setIndex((now) => Math.max(0, Math.min(newestFirst.length - 1, now + by)))
  const pager = newestFirst.length > 1 && (
    <>
      <IconButton
        label={t('key.previousEvent')}
        icon={<ChevronLeft size={14} />}
        disabled={index === 0}
        onClick={() => step(-1)}
      />
      <span className="text-12 text-text-3">{t('page.whyOf', { index: index + 1, total: newestFirst.length })}</span>
      <IconButton
        label={t('key.nextEvent')}
        icon={<ChevronRight size={14} />}
        disabled={index >= newestFirst.length - 1}
        onClick={() => step(1)}
      />
    </>
  )
  return (
    <>
      <Section
        title={t('page.why')}
        actions={
          <>
            {alert.kind === 'sigma' && why.data && <WhyActions alert={alert} why={why.data} raw={event.data?.raw} />}
            {why.data?.evidence?.type === 'yara' && <YaraSilence evidence={why.data.evidence} />}
            {pager}
          </>
        }
        padded={false}
      >
        {!detection ? (
          <p className="p-3 text-text-2">{t('page.whyNone')}</p>
        ) : why.isPending ? (
          <WhySkeleton />
        ) : why.isError ? (
          <div className="p-3">
            <ErrorLine error={why.error} />
          </div>
        ) : why.data.evidence ? (
          <EvidenceView evidence={why.data.evidence} />
        ) : (
          <WhyHits why={why.data} />
        )}
      </Section>
      {detection && (
        <Section
          title={t('page.event')}
          padded={false}
          actions={
            <Link to="/events/$eventId" params={{ eventId: detection.eventId }} className="link text-12">
              {t('page.openEvent')}
            </Link>
          }
        >
          {event.isPending ? (
            <WhySkeleton />
          ) : event.isError ? (
            <div className="p-3">
              <ErrorLine error={event.error} />
            </div>
          ) : (
            <FieldTable fields={event.data.fields} raw={event.data.raw} matched={matched} />
          )}
        </Section>
      )}
    </>
  )
}

type AlertedDetection = AlertDetail['detections'][number]

/** Of detections of one moment, the one that the alert is named after comes first. */
function byName(a: AlertedDetection, b: AlertedDetection, title: string): number {
  const names = ({ evidence }: AlertedDetection) =>
    evidence?.type === 'yara' && title.startsWith(`YARA ${evidence.rule} in `) ? 0 : 1
  return names(a) - names(b)
}

function WhyHits({ why }: { why: AlertWhy }) {
  const { t } = useTranslation('alerts')
  return (
    <div>
      {!why.stillMatches && (
        <p className="flex items-center gap-2 border-b border-line bg-warn-soft px-3 py-1.5 text-warn">
          <TriangleAlert size={14} aria-hidden /> {t('page.stillMatches')}
        </p>
      )}
      {why.hits.length === 0 ? (
        <p className="p-3 text-text-2">{t('page.noHits')}</p>
      ) : (
        <ul className="divide-y divide-line">
          {why.hits.map((hit) => (
            <li
              key={`${hit.selection}${hit.predicate}${hit.field}`}
              className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 gap-y-0.5 px-3 py-2"
            >
              <span
                className="mono row-span-2 self-start rounded-sm bg-accent-soft px-1.5 py-0.5 text-accent-text"
                title={hit.selection}
              >
                {hit.selection}
              </span>
              <span className="mono break-words text-text-2">{hit.predicate}</span>
              <span className="min-w-0">
                <ValueChip field={hit.field} value={hit.value} plain>
                  <mark className="line-clamp-4 whitespace-pre-wrap break-all">{hit.value}</mark>
                </ValueChip>
              </span>
            </li>
          ))}
        </ul>
      )}
      <p className="border-t border-line px-3 py-1.5 text-12 text-text-3">
        {t('page.condition')} <code className="mono text-text-2">{why.condition}</code>
      </p>
    </div>
  )
}

const WhySkeleton = () => (
  <div className="flex flex-col gap-2 p-3">
    <Skeleton className="h-9" />
    <Skeleton className="h-9" />
    <Skeleton className="h-9" />
  </div>
)
