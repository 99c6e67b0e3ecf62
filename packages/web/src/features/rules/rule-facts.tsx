import { Link } from '@tanstack/react-router'
import type { RuleDetail } from '@watchfloor/contracts/rules'
import { useTranslation } from 'react-i18next'
import { Chip } from '../../ui/chip.tsx'
import { CopyButton } from '../../ui/copy.tsx'
import { RelativeTime } from '../../ui/display.tsx'
import { formatCount } from '../../ui/format/number.ts'
import { Facts, Section } from '../../ui/page.tsx'
import { logSourceText } from './filter.ts'
import { RunsMark } from './rule-columns.tsx'

/** What is known of a rule beyond its text. */
export function RuleFacts({ rule }: { rule: RuleDetail }) {
  const { t } = useTranslation('rules')
  return (
    <Section title={t('page.facts')}>
      <Facts
        items={[
          [t('column.switch'), <RunsMark key="r" rule={rule} />],
          [t('column.detections'), formatCount(rule.detections7d)],
          [t('column.last'), <RelativeTime key="d" at={rule.lastDetectionAt} />],
          [t('column.status'), t(`status.${rule.status}`)],
          [t('column.logSource'), logSourceText(rule.logSource) || '–'],
          [
            t('column.techniques'),
            <span key="t" className="flex flex-wrap gap-1">
              {rule.techniques.map((technique) => (
                <Link key={technique} to="/rules" search={{ technique }}>
                  <Chip tone="accent">{technique}</Chip>
                </Link>
              ))}
            </span>,
          ],
          [t('page.author'), rule.author ?? '–'],
          [
            t('page.origin'),
            <span key="o" className="mono break-all">
              {rule.origin}
            </span>,
          ],
          [
            t('page.id'),
            <span key="i" className="flex items-center gap-1">
              <code className="mono break-all">{rule.id}</code>
              <CopyButton value={rule.id} />
            </span>,
          ],
          [t('page.version'), formatCount(rule.version)],
          [t('page.created_at'), <RelativeTime key="c" at={rule.createdAt} />],
          [t('page.updated'), <RelativeTime key="u" at={rule.updatedAt} />],
        ]}
      />
    </Section>
  )
}
