import { Link } from '@tanstack/react-router'
import type { HuntRunDetail } from '@watchfloor/contracts/hunts'
import { Ban, Download, FileCode2, Pause, Pin, Play } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMay } from '../../app/session/me.tsx'
import { ActionMenu } from '../../ui/action-menu.tsx'
import { Button } from '../../ui/button.tsx'
import { AbsoluteTime } from '../../ui/display.tsx'
import { formatCount, formatRate } from '../../ui/format/number.ts'
import { formatSpan } from '../../ui/format/time.ts'
import { ErrorLine } from '../../ui/states.tsx'
import { hitsUrl, isUnderWay, useRunAct } from './data.ts'
import { KeepDialog } from './keep-dialog.tsx'
import { RunState } from './run-state.tsx'
import { ToRuleDialog } from './to-rule-dialog.tsx'

/** How far the run is and what can be done with it. */
export function RunHead({ run, onHuntWith }: { run: HuntRunDetail; onHuntWith: (yaml: string) => void }) {
  const { t } = useTranslation('hunts')
  const may = useMay()
  const act = useRunAct(run.id)
  const [keeping, setKeeping] = useState(false)
  const [turning, setTurning] = useState(false)
  const mayRun = may('hunts:run')
  const underWay = isUnderWay(run)
  const share = run.eventsTotal ? Math.min(1, run.eventsDone / run.eventsTotal) : 0
  const canGoOn = run.state === 'paused' || run.state === 'failed' || run.state === 'cancelled'
  return (
    <div className="shrink-0 border-b border-line px-4 py-2">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
        <RunState state={run.state} />
        <span className="min-w-0 truncate font-medium">{run.name}</span>
        <span className="text-12 text-text-3">
          <AbsoluteTime at={run.from} /> – <AbsoluteTime at={run.to} />
        </span>
        <span className="font-medium">{t('hits', { count: run.hits, formatted: formatCount(run.hits) })}</span>
        {run.detections > 0 && (
          <Link to="/alerts" search={{ range: 'all' }} className="link text-12" title={t('keep.show')}>
            {t('keep.kept', { count: run.detections, formatted: formatCount(run.detections) })}
          </Link>
        )}
        <div className="ml-auto flex flex-wrap items-center gap-2">
          {mayRun && underWay && (
            <>
              <Button
                size="sm"
                icon={<Pause size={14} aria-hidden />}
                busy={act.isPending}
                onClick={() => act.mutate('pause')}
              >
                {t('act.pause')}
              </Button>
              <Button
                size="sm"
                icon={<Ban size={14} aria-hidden />}
                busy={act.isPending}
                onClick={() => act.mutate('cancel')}
              >
                {t('act.cancel')}
              </Button>
            </>
          )}
          {mayRun && canGoOn && (
            <Button
              size="sm"
              icon={<Play size={14} aria-hidden />}
              busy={act.isPending}
              onClick={() => act.mutate('resume')}
            >
              {t('act.resume')}
            </Button>
          )}
          {run.kind === 'query' && (
            <Button size="sm" icon={<FileCode2 size={14} aria-hidden />} onClick={() => setTurning(true)}>
              {t('toRule.button')}
            </Button>
          )}
          {run.hitsKept > 0 && (
            <ActionMenu
              label={t('export.button')}
              align="end"
              actions={(['ndjson', 'csv'] as const).map((format) => ({
                id: format,
                label: t(`export.${format}`),
                run: () => window.location.assign(hitsUrl(run.id, format)),
              }))}
              trigger={
                <Button size="sm" icon={<Download size={14} aria-hidden />}>
                  {t('export.button')}
                </Button>
              }
            />
          )}
          {mayRun && !underWay && run.hitsKept > 0 && run.keep === 'hits' && (
            <Button size="sm" tone="primary" icon={<Pin size={14} aria-hidden />} onClick={() => setKeeping(true)}>
              {t('keep.button')}
            </Button>
          )}
        </div>
      </div>
      <div className="mt-2 flex items-center gap-3 text-12 text-text-2">
        <progress
          aria-label={t('results')}
          className="h-1.5 w-40 shrink-0 appearance-none overflow-hidden rounded-full bg-surface-3 [&::-webkit-progress-bar]:bg-surface-3 [&::-webkit-progress-value]:bg-accent [&::-moz-progress-bar]:bg-accent"
          value={run.state === 'done' ? 1 : share}
          max={1}
        />
        <Figures run={run} />
      </div>
      {act.error && <ErrorLine error={act.error} />}
      <KeepDialog open={keeping} onClose={() => setKeeping(false)} run={run} />
      {run.search.kind === 'query' && (
        <ToRuleDialog
          open={turning}
          onClose={() => setTurning(false)}
          query={run.search.query}
          onHuntWith={(yaml) => {
            setTurning(false)
            onHuntWith(yaml)
          }}
        />
      )}
    </div>
  )
}

function Figures({ run }: { run: HuntRunDetail }) {
  const { t } = useTranslation('hunts')
  const took = run.startedAt && run.endedAt ? Date.parse(run.endedAt) - Date.parse(run.startedAt) : undefined
  return (
    <p className="flex min-w-0 flex-wrap gap-x-3" aria-live="polite">
      <span>
        {run.eventsTotal === null
          ? t('progressUnknown')
          : t('progress', { done: formatCount(run.eventsDone), total: formatCount(run.eventsTotal) })}
      </span>
      {run.eventsPerSecond !== null && <span>{t('rate', { rate: formatRate(run.eventsPerSecond) })}</span>}
      {run.secondsLeft !== null && <span>{t('left', { time: formatSpan(run.secondsLeft * 1000) })}</span>}
      {took !== undefined && <span>{t('took', { time: formatSpan(took) })}</span>}
      {run.eventsSkipped > 0 && <span className="text-warn">{t('skipped', { count: run.eventsSkipped })}</span>}
      {run.hitsKept < run.hits && <span className="text-warn">{t('hitsKept', { count: run.hitsKept })}</span>}
      {run.message && run.hitsKept >= run.hits && (
        <span className={run.state === 'failed' ? 'text-bad' : undefined}>{run.message}</span>
      )}
    </p>
  )
}
