import { Link } from '@tanstack/react-router'
import type { Source } from '@watchfloor/contracts/events'
import { Trash2 } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { lookUpQuery } from '../../app/look-up.ts'
import { useMay } from '../../app/session/me.tsx'
import { Button } from '../../ui/button.tsx'
import { useConfirm } from '../../ui/dialog.tsx'
import { RelativeTime } from '../../ui/display.tsx'
import { Toggle } from '../../ui/form.tsx'
import { formatBytes, formatCount, formatRate } from '../../ui/format/number.ts'
import { formatSpan } from '../../ui/format/time.ts'
import { HealthMark } from '../../ui/health.tsx'
import { Facts, Section } from '../../ui/page.tsx'
import { ErrorLine } from '../../ui/states.tsx'
import { Connect } from './connect.tsx'
import { useDeleteSource, useUpdateSource } from './data.ts'
import { SourceFields } from './source-form.tsx'

/** One source: how it is, how to send to it, and what can be set. */
export function SourcePanel({ source }: { source: Source }) {
  const { t } = useTranslation('sources')
  const may = useMay()
  const update = useUpdateSource(source.id)
  const remove = useDeleteSource(source.id)
  const confirm = useConfirm()
  const takeOff = async () => {
    const title = t('panel.deleteTitle', { name: source.name })
    if (await confirm({ title, text: t('panel.deleteText'), confirm: t('panel.delete'), tone: 'danger' }))
      remove.mutate()
  }
  return (
    <div className="flex flex-col gap-4 p-4">
      <div className="flex flex-wrap items-center gap-3">
        <h2 className="min-w-0 flex-1 truncate text-16 font-semibold">{source.name}</h2>
        <HealthMark health={source.health} label={t(`health.${source.health}`)} />
      </div>
      <div className="flex flex-wrap items-center gap-4">
        {may('events:read') && (
          <Link
            to="/events"
            search={{ q: lookUpQuery('watchfloor.source.id', source.id), range: '24h' }}
            className="link"
          >
            {t('panel.events')}
          </Link>
        )}
        <Link to="/sources/dead-letters" className="link">
          {t('panel.deadLetters')}
        </Link>
        {may('sources:write') && (
          <span className="ml-auto" title={t('panel.disabledHint')}>
            <Toggle
              label={t('panel.enabled')}
              checked={source.enabled}
              disabled={update.isPending}
              onChange={(enabled) => update.mutate({ enabled })}
            />
          </span>
        )}
      </div>
      <ErrorLine error={update.error ?? remove.error} />
      <Section title={t('panel.facts')}>
        <Facts
          items={[
            [t('column.kind'), t(`kind.${source.kind}`)],
            [t('column.rate'), t('perSecond', { rate: formatRate(source.ratePerSecond) })],
            [t('column.lag'), source.lagSeconds === null ? '–' : formatSpan(source.lagSeconds * 1000)],
            [t('column.lastSeen'), <RelativeTime key="l" at={source.lastSeenAt} />],
            [t('column.received'), `${formatCount(source.received)} · ${formatBytes(source.bytesReceived)}`],
            [t('column.failures'), formatCount(source.parseFailures)],
            [t('column.rejected'), formatCount(source.rejected)],
            [t('column.stored'), `${formatCount(source.storedEvents)} · ${formatBytes(source.storedBytes)}`],
          ]}
        />
      </Section>
      <Connect source={source} />
      {may('sources:write') && (
        <Section title={t('panel.settings')}>
          <SourceFields
            key={source.id}
            source={source}
            error={null}
            busy={update.isPending}
            onSave={({ path, ...form }) => update.mutate(source.kind === 'file' ? { ...form, path } : form)}
          />
        </Section>
      )}
      {may('sources:write') && (
        <div className="flex flex-wrap items-center gap-2">
          <Button disabled={source.enabled || remove.isPending} onClick={() => void takeOff()}>
            <Trash2 size={14} aria-hidden /> {t('panel.delete')}
          </Button>
          {source.enabled && <span className="text-12 text-text-3">{t('panel.deleteOff')}</span>}
        </div>
      )}
    </div>
  )
}
