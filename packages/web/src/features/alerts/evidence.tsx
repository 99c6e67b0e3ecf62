import { Link } from '@tanstack/react-router'
import type {
  CorrelationEvidence,
  Evidence,
  HuntEvidence,
  IndicatorEvidence,
  PatternEvidence,
} from '@watchfloor/contracts/kernel'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useMay } from '../../app/session/me.tsx'
import { Chip } from '../../ui/chip.tsx'
import { RelativeTime } from '../../ui/display.tsx'
import { formatCount } from '../../ui/format/number.ts'
import { formatSpan } from '../../ui/format/time.ts'
import { Facts } from '../../ui/page.tsx'
import { ValueChip } from '../../ui/value-chip.tsx'
import { YaraView } from './yara-evidence.tsx'

type Fact = readonly [string, ReactNode]

/** What a detection rests on where predicates on one event do not say it. */
export function EvidenceView({ evidence }: { evidence: Evidence }): ReactNode {
  switch (evidence.type) {
    case 'indicator':
      return <IndicatorView evidence={evidence} />
    case 'correlation':
      return <CorrelationView evidence={evidence} />
    case 'pattern':
      return <PatternView evidence={evidence} />
    case 'yara':
      return <YaraView evidence={evidence} />
    case 'hunt':
      return <HuntView evidence={evidence} />
  }
}

const Padded = ({ children }: { children: ReactNode }) => <div className="flex flex-col gap-3 p-3">{children}</div>

function IndicatorView({ evidence }: { evidence: IndicatorEvidence }) {
  const { t } = useTranslation('alerts')
  const items: Fact[] = [
    [t('evidence.value'), <ValueChip key="v" field={evidence.field} value={evidence.value} />],
    [t('evidence.field'), <code key="f">{evidence.field}</code>],
    [
      t('evidence.indicator'),
      <span key="i" className="break-all">
        <span className="text-text-3">{evidence.indicatorType}</span> <code>{evidence.indicator}</code>
      </span>,
    ],
  ]
  if (evidence.labels.length > 0)
    items.push([
      t('evidence.labels'),
      <span key="l" className="flex flex-wrap gap-1">
        {evidence.labels.map((label) => (
          <Chip key={label}>{label}</Chip>
        ))}
      </span>,
    ])
  return (
    <Padded>
      <Facts items={items} />
      <div>
        <h3 className="label mb-1">{t('evidence.sources')}</h3>
        <ul className="divide-y divide-line rounded border border-line">
          {evidence.sources.map(({ name, confidence, tlp }) => (
            <li key={name} className="flex items-center gap-3 px-2 py-1.5">
              <span className="min-w-0 flex-1 truncate" title={name}>
                {name}
              </span>
              <span className="text-12 text-text-2">{t('evidence.confidence', { confidence })}</span>
              <Chip>TLP:{tlp.toUpperCase()}</Chip>
            </li>
          ))}
        </ul>
      </div>
    </Padded>
  )
}

function CorrelationView({ evidence }: { evidence: CorrelationEvidence }) {
  const { t } = useTranslation('alerts')
  const group = Object.entries(evidence.group)
  const items: Fact[] = []
  if (group.length > 0)
    items.push([
      t('evidence.group'),
      <span key="g" className="flex flex-wrap gap-1">
        {group.map(([field, value]) => (
          <ValueChip key={field} field={field} value={value} />
        ))}
      </span>,
    ])
  if (evidence.value !== null) items.push([t('evidence.computed'), formatCount(evidence.value)])
  const spanMs = Date.parse(evidence.to) - Date.parse(evidence.from)
  items.push([
    t('evidence.window'),
    <span key="w">
      {formatSpan(spanMs)} <span className="text-text-3">{t('evidence.begun')}</span>{' '}
      <RelativeTime at={evidence.from} />
    </span>,
  ])
  const events = evidence.rules.reduce((sum, rule) => sum + rule.count, 0)
  return (
    <Padded>
      <Facts items={items} />
      <div>
        <h3 className="label mb-1">{t('evidence.rules')}</h3>
        <ul className="divide-y divide-line rounded border border-line">
          {evidence.rules.map((rule) => (
            <li key={rule.ruleId} className="flex items-center gap-3 px-2 py-1.5">
              <Link to="/rules/$ruleId" params={{ ruleId: rule.ruleId }} className="link min-w-0 flex-1 truncate">
                {rule.title}
              </Link>
              <span className="tabular-nums">{t('evidence.matches', { count: rule.count })}</span>
            </li>
          ))}
        </ul>
      </div>
      <EventLinks eventIds={evidence.eventIds} total={events} />
    </Padded>
  )
}

function EventLinks({ eventIds, total }: { eventIds: readonly string[]; total: number }) {
  const { t } = useTranslation('alerts')
  return (
    <details>
      <summary className="cursor-pointer text-text-2">
        {t('evidence.events', { shown: eventIds.length, total })}
      </summary>
      <ol className="mt-1 max-h-60 overflow-auto">
        {eventIds.map((eventId) => (
          <li key={eventId}>
            <Link to="/events/$eventId" params={{ eventId }} className="link mono text-12">
              {eventId}
            </Link>
          </li>
        ))}
      </ol>
    </details>
  )
}

/** Of patterns that are kept; those of a hunt have no page. */
const keptPatternOf = (patternId: string): string | undefined => /^pattern:(pat-.+)$/.exec(patternId)?.[1]

function PatternView({ evidence }: { evidence: PatternEvidence }) {
  const { t } = useTranslation('alerts')
  const may = useMay()
  const kept = keptPatternOf(evidence.patternId)
  return (
    <Padded>
      <pre className="mono whitespace-pre-wrap break-all">{evidence.pattern}</pre>
      {kept && may('intel:read') && (
        <Link to="/patterns" search={{ open: kept }} className="link">
          {t('evidence.toPattern')}
        </Link>
      )}
      <Facts
        items={evidence.matched.map(({ path, value }) => [
          path,
          <ValueChip key={path} field={null} value={value} plain>
            <mark className="break-all">{value}</mark>
          </ValueChip>,
        ])}
      />
      {evidence.matched.length === 0 && <p className="text-text-2">{t('evidence.noValues')}</p>}
      {evidence.eventIds.length > 1 && <EventLinks eventIds={evidence.eventIds} total={evidence.eventIds.length} />}
    </Padded>
  )
}

function HuntView({ evidence }: { evidence: HuntEvidence }) {
  const { t } = useTranslation('alerts')
  return (
    <Padded>
      <div>
        <h3 className="label mb-1">{t('evidence.search')}</h3>
        <pre className="mono max-h-60 overflow-auto whitespace-pre-wrap break-all">{evidence.search}</pre>
      </div>
      <Facts
        items={evidence.matched.map(({ field, value, predicate }) => [
          predicate,
          <ValueChip key={`${field}${predicate}`} field={field} value={value} plain>
            <mark className="break-all">{value}</mark>
          </ValueChip>,
        ])}
      />
    </Padded>
  )
}
