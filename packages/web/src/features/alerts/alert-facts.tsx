import { Link } from '@tanstack/react-router'
import type { AlertDetail } from '@watchfloor/contracts/alerts'
import { useTranslation } from 'react-i18next'
import { Chip } from '../../ui/chip.tsx'
import { RelativeTime } from '../../ui/display.tsx'
import { formatCount } from '../../ui/format/number.ts'
import { Facts, Section } from '../../ui/page.tsx'
import { SeverityBadge } from '../../ui/severity.tsx'
import { ValueChip } from '../../ui/value-chip.tsx'
import { tellingEntities } from './filter.ts'
import { KindChips } from './kind.tsx'

/** The facts of an alert, in the order one asks for them. */
export function AlertFacts({ alert }: { alert: AlertDetail }) {
  const { t } = useTranslation('alerts')
  const items: (readonly [string, React.ReactNode])[] = [
    [
      t('page.entities'),
      <span key="e" className="flex flex-wrap gap-1">
        {tellingEntities(alert.entities, 12).map(([field, value]) => (
          <ValueChip key={field} field={field} value={value} />
        ))}
      </span>,
    ],
    [t('page.kind'), <KindChips key="k" alert={alert} />],
    [t('page.detectionsCount'), formatCount(alert.count)],
    [t('page.firstSeen'), <RelativeTime key="f" at={alert.firstSeenAt} />],
    [t('page.lastSeen'), <RelativeTime key="l" at={alert.lastSeenAt} />],
    [t('page.created'), <RelativeTime key="c" at={alert.createdAt} />],
    [t('page.assignee'), alert.assignee?.name ?? <span className="text-text-3">{t('assignee.none')}</span>],
  ]
  if (alert.kind === 'sigma' || alert.kind === 'correlation')
    items.push([
      t('page.rule'),
      <Link key="r" to="/rules/$ruleId" params={{ ruleId: alert.ruleId }} className="link">
        {alert.ruleTitle}
      </Link>,
    ])
  if (alert.resolution) items.splice(6, 0, [t('page.resolution'), t(`resolution.${alert.resolution}`)])
  if (alert.techniques.length > 0)
    items.push([
      t('page.techniques'),
      <span key="t" className="flex flex-wrap gap-1">
        {alert.techniques.map((technique) => (
          <Link key={technique} to="/alerts" search={{ technique, status: 'all', range: 'all' }}>
            <Chip tone="accent">{technique}</Chip>
          </Link>
        ))}
      </span>,
    ])
  return <Facts items={items} />
}

/** What the rule says of itself: meaning, known false positives, references. */
export function RuleNotes({ alert }: { alert: AlertDetail }) {
  const { t } = useTranslation('alerts')
  if (!alert.ruleDescription && alert.falsePositives.length === 0 && alert.references.length === 0) return null
  return (
    <Section title={t('page.description')}>
      <div className="flex flex-col gap-3">
        {alert.ruleDescription && <p className="whitespace-pre-line">{alert.ruleDescription}</p>}
        {alert.falsePositives.length > 0 && <Bullets title={t('page.falsePositives')} lines={alert.falsePositives} />}
        {alert.references.length > 0 && <Bullets title={t('page.references')} lines={alert.references} mono />}
      </div>
    </Section>
  )
}

const Bullets = ({ title, lines, mono = false }: { title: string; lines: readonly string[]; mono?: boolean }) => (
  <div>
    <h3 className="label mb-0.5">{title}</h3>
    <ul className="list-disc pl-4">
      {lines.map((line) => (
        <li key={line} className={mono ? 'mono break-all' : undefined}>
          {line}
        </li>
      ))}
    </ul>
  </div>
)

/** Open alerts of the same host or user. */
export function Similar({ alert }: { alert: AlertDetail }) {
  const { t } = useTranslation('alerts')
  return (
    <Section title={t('page.similar')} padded={false}>
      {alert.similar.length === 0 ? (
        <p className="p-3 text-text-2">{t('page.similarEmpty')}</p>
      ) : (
        <ul className="divide-y divide-line">
          {alert.similar.map((other) => (
            <li key={other.id}>
              <Link
                to="/alerts/$alertId"
                params={{ alertId: other.id }}
                className="flex h-9 items-center gap-2 px-3 hover:bg-surface-2"
              >
                <SeverityBadge severity={other.severity} compact />
                <span className="min-w-0 flex-1 truncate" title={other.title}>
                  {other.title}
                </span>
                <span className="max-w-24 truncate">
                  <Chip title={other.shared}>{other.shared}</Chip>
                </span>
                <RelativeTime at={other.lastSeenAt} className="text-12 text-text-3" />
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Section>
  )
}
