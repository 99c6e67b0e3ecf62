import { Link } from '@tanstack/react-router'
import type { StixPatternRecord } from '@watchfloor/contracts/intel'
import { Pencil, Radar, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMay } from '../../../app/session/me.tsx'
import { Button } from '../../../ui/button.tsx'
import { Chip } from '../../../ui/chip.tsx'
import { CopyButton } from '../../../ui/copy.tsx'
import { useConfirm } from '../../../ui/dialog.tsx'
import { RelativeTime } from '../../../ui/display.tsx'
import { Toggle } from '../../../ui/form.tsx'
import { formatCount } from '../../../ui/format/number.ts'
import { Facts, Section } from '../../../ui/page.tsx'
import { toastDone } from '../../../ui/toast.tsx'
import { StateMark, TlpChip } from '../listed-columns.tsx'
import { useChangePattern, useDeletePattern } from './data.ts'
import { PatternDialog } from './pattern-dialog.tsx'

/** One pattern: its text, what is said of it, and what was seen of it. */
export function PatternPanel({ pattern, onGone }: { pattern: StixPatternRecord; onGone: () => void }) {
  const { t } = useTranslation('patterns')
  const may = useMay()
  const mayWrite = may('intel:write')
  const change = useChangePattern(pattern.id)
  const [isEditing, setEditing] = useState(false)
  const flip = (enabled: boolean) =>
    change.mutate(
      { enabled },
      {
        onSuccess: () =>
          toastDone(t(enabled ? 'panel.on' : 'panel.off'), {
            label: t('panel.undo'),
            run: () => change.mutate({ enabled: !enabled }),
          }),
      },
    )
  return (
    <div className="flex flex-col gap-4 p-4">
      <h2 className="min-w-0 text-14 font-semibold break-words">{pattern.name}</h2>
      <div className="flex flex-wrap items-center gap-4">
        <StateMark listed={pattern} />
        {may('hunts:run') && pattern.enabled && pattern.scope !== 'index' && (
          <Link
            to="/hunts"
            search={{ kind: 'pattern', listed: JSON.stringify({ ids: [pattern.id] }) }}
            className="link inline-flex items-center gap-1.5"
          >
            <Radar size={14} aria-hidden /> {t('hunt')}
          </Link>
        )}
        {mayWrite && (
          <span className="ml-auto">
            <Toggle label={t('panel.runs')} checked={pattern.enabled} disabled={change.isPending} onChange={flip} />
          </span>
        )}
      </div>
      <Section title={t('panel.pattern')}>
        <div className="flex items-start gap-2">
          <code className="mono min-w-0 flex-1 text-12 break-words whitespace-pre-wrap">{pattern.pattern}</code>
          <CopyButton value={pattern.pattern} />
        </div>
      </Section>
      <Section title={t('panel.facts')}>
        <PatternFacts pattern={pattern} />
      </Section>
      {mayWrite && (
        <div className="flex gap-2">
          <Button icon={<Pencil size={14} aria-hidden />} onClick={() => setEditing(true)}>
            {t('panel.edit')}
          </Button>
          <DeleteButton pattern={pattern} onGone={onGone} />
        </div>
      )}
      <PatternDialog
        key={pattern.version}
        known={pattern}
        open={isEditing}
        onClose={() => setEditing(false)}
        onSaved={() => setEditing(false)}
      />
    </div>
  )
}

function DeleteButton({ pattern, onGone }: { pattern: StixPatternRecord; onGone: () => void }) {
  const { t } = useTranslation('patterns')
  const remove = useDeletePattern(pattern.id)
  const confirm = useConfirm()
  const takeOff = async () => {
    const title = t('panel.deleteTitle', { name: pattern.name })
    if (await confirm({ title, text: t('panel.deleteText'), confirm: t('panel.delete'), tone: 'danger' }))
      remove.mutate(undefined, { onSuccess: onGone })
  }
  return (
    <Button disabled={remove.isPending} icon={<Trash2 size={14} aria-hidden />} onClick={() => void takeOff()}>
      {t('panel.delete')}
    </Button>
  )
}

function PatternFacts({ pattern }: { pattern: StixPatternRecord }) {
  const { t } = useTranslation('patterns')
  const { sightings, labels, indicators } = pattern
  const time = (at: string | null, otherwise: string) => (at === null ? otherwise : <RelativeTime at={at} />)
  return (
    <Facts
      items={[
        [t('column.scope'), t(`scope.${pattern.scope}`)],
        ...(pattern.scope === 'index'
          ? [
              [
                t('panel.indicators'),
                t('panel.indicatorsOf', { count: indicators, formatted: formatCount(indicators) }),
              ] as const,
            ]
          : []),
        [t('column.seen'), formatCount(sightings.count)],
        [t('column.lastSeen'), time(sightings.lastSeen, t('never'))],
        [t('column.source'), pattern.source],
        [t('column.confidence'), `${pattern.confidence} %`],
        [t('panel.tlp'), <TlpChip key="t" tlp={pattern.tlp} />],
        [
          t('panel.labels'),
          labels.length === 0 ? (
            '–'
          ) : (
            <span key="l" className="flex flex-wrap gap-1">
              {labels.map((label) => (
                <Chip key={label}>{label}</Chip>
              ))}
            </span>
          ),
        ],
        ...(pattern.description ? [[t('panel.description'), pattern.description] as const] : []),
        ...(pattern.validFrom ? [[t('panel.from'), <RelativeTime key="f" at={pattern.validFrom} />] as const] : []),
        [t('panel.until'), time(pattern.validUntil, t('forEver'))],
        [t('panel.created'), <RelativeTime key="c" at={pattern.createdAt} />],
        [t('column.updated'), <RelativeTime key="u" at={pattern.updatedAt} />],
        ...(pattern.stixId
          ? [
              [
                t('panel.stixId'),
                <code key="s" className="break-all">
                  {pattern.stixId}
                </code>,
              ] as const,
            ]
          : []),
        [t('panel.id'), <code key="i">{pattern.id}</code>],
      ]}
    />
  )
}
