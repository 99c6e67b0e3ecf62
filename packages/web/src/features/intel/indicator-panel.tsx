import { Link } from '@tanstack/react-router'
import type { Indicator } from '@watchfloor/contracts/intel'
import { Trash2 } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { lookUpQuery } from '../../app/look-up.ts'
import { useMay } from '../../app/session/me.tsx'
import { Button } from '../../ui/button.tsx'
import { Chip } from '../../ui/chip.tsx'
import { CopyButton } from '../../ui/copy.tsx'
import { useConfirm } from '../../ui/dialog.tsx'
import { RelativeTime } from '../../ui/display.tsx'
import { Toggle } from '../../ui/form.tsx'
import { formatCount } from '../../ui/format/number.ts'
import { Facts, Section } from '../../ui/page.tsx'
import { toastDone } from '../../ui/toast.tsx'
import { useChangeIndicator, useDeleteIndicator, useLookup } from './data.ts'
import { StateMark, TlpChip } from './listed-columns.tsx'
import { LookupResult } from './lookup-result.tsx'

/** One indicator: what is said of it, by whom, and what else covers its value. */
export function IndicatorPanel({ indicator, onGone }: { indicator: Indicator; onGone: () => void }) {
  const { t } = useTranslation('intel')
  const may = useMay()
  const change = useChangeIndicator(indicator.id)
  const remove = useDeleteIndicator(indicator.id)
  const lookup = useLookup(indicator.value)
  const confirm = useConfirm()
  const flip = (enabled: boolean) =>
    change.mutate(
      { enabled },
      {
        onSuccess: () =>
          toastDone(t(enabled ? 'panel.on' : 'panel.switchedOff'), {
            label: t('panel.undo'),
            run: () => change.mutate({ enabled: !enabled }),
          }),
      },
    )
  const takeOff = async () => {
    const title = t('panel.deleteTitle', { value: indicator.value })
    if (await confirm({ title, text: t('panel.deleteText'), confirm: t('panel.delete'), tone: 'danger' }))
      remove.mutate(undefined, { onSuccess: onGone })
  }
  return (
    <div className="flex flex-col gap-4 p-4">
      <div className="flex flex-wrap items-center gap-2">
        <h2 className="mono min-w-0 break-all text-14 font-semibold">{indicator.value}</h2>
        <CopyButton value={indicator.value} />
      </div>
      <div className="flex flex-wrap items-center gap-4">
        <StateMark listed={indicator} />
        {may('events:read') && (
          <Link to="/events" search={{ q: lookUpQuery(null, indicator.value), range: '24h' }} className="link">
            {t('panel.search')}
          </Link>
        )}
        {may('intel:write') && (
          <span className="ml-auto" title={t('panel.off')}>
            <Toggle
              label={t('panel.matches')}
              checked={indicator.enabled}
              disabled={change.isPending}
              onChange={flip}
            />
          </span>
        )}
      </div>
      <Section title={t('panel.facts')}>
        <Facts
          items={[
            [t('column.type'), t(`type.${indicator.type}`)],
            [t('column.source'), indicator.source],
            [t('column.confidence'), `${indicator.confidence} %`],
            [t('column.tlp'), <TlpChip key="t" tlp={indicator.tlp} />],
            [
              t('column.labels'),
              indicator.labels.length === 0 ? (
                '–'
              ) : (
                <span key="l" className="flex flex-wrap gap-1">
                  {indicator.labels.map((label) => (
                    <Chip key={label}>{label}</Chip>
                  ))}
                </span>
              ),
            ],
            ...(indicator.description ? [[t('panel.description'), indicator.description] as const] : []),
            [
              t('column.until'),
              indicator.validUntil === null ? t('forEver') : <RelativeTime key="u" at={indicator.validUntil} />,
            ],
            [
              t('seen'),
              indicator.sightings.lastSeen === null ? (
                t('never')
              ) : (
                <span key="s">
                  {formatCount(indicator.sightings.count)} · <RelativeTime at={indicator.sightings.lastSeen} />
                </span>
              ),
            ],
            [t('panel.created'), <RelativeTime key="c" at={indicator.createdAt} />],
            [t('column.updated'), <RelativeTime key="d" at={indicator.updatedAt} />],
            [t('panel.id'), <code key="i">{indicator.id}</code>],
          ]}
        />
      </Section>
      <Section title={t('panel.covering')} padded={false}>
        <LookupResult lookup={lookup} except={indicator.id} />
      </Section>
      {may('intel:write') && (
        <div>
          <Button disabled={remove.isPending} onClick={() => void takeOff()}>
            <Trash2 size={14} aria-hidden /> {t('panel.delete')}
          </Button>
        </div>
      )}
    </div>
  )
}
