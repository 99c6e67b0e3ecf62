import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { HuntRun } from '@watchfloor/contracts/hunts'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, call } from '../../app/api.ts'
import { Button } from '../../ui/button.tsx'
import { formatCount } from '../../ui/format/number.ts'
import { Section } from '../../ui/page.tsx'
import { ErrorLine } from '../../ui/states.tsx'

const spans = [1, 7, 30] as const
const dayMinutes = 1440
const isOver = (run: HuntRun | undefined): boolean =>
  run?.state === 'done' || run?.state === 'failed' || run?.state === 'cancelled'

const useBacktest = () =>
  useMutation({
    mutationFn: ({ yaml, days, name }: { yaml: string; days: number; name: string }) =>
      call<HuntRun>(
        api.POST('/api/v1/hunts/runs', {
          body: {
            name,
            search: { kind: 'sigma', yaml },
            range: { lastMinutes: days * dayMinutes },
            keep: 'hits',
            alerts: false,
          },
        }),
      ),
  })

const useRun = (runId: string | undefined) =>
  useQuery({
    queryKey: ['hunts', 'backtest', runId],
    enabled: runId !== undefined,
    refetchInterval: ({ state }: { state: { data?: HuntRun | undefined } }) => (isOver(state.data) ? false : 700),
    queryFn: ({ signal }) =>
      call<HuntRun>(api.GET('/api/v1/hunts/runs/{runId}', { params: { path: { runId: runId! } }, signal })),
  })

/** Runs the text in the editor over stored events, as a hunt that keeps its hits to itself. */
export function BacktestPanel({ yaml, title }: { yaml: string; title: string }) {
  const { t } = useTranslation('rules')
  const [days, setDays] = useState<number>(7)
  const start = useBacktest()
  const run = useRun(start.data?.id)
  const now = run.data ?? start.data
  return (
    <Section title={t('life.backtest.title')}>
      <div className="flex flex-col gap-2">
        <p className="text-text-2">{t('life.backtest.text')}</p>
        <div className="flex gap-2">
          <select
            aria-label={t('life.backtest.title')}
            className="field w-auto!"
            value={days}
            onChange={(event) => setDays(Number(event.target.value))}
          >
            {spans.map((span) => (
              <option key={span} value={span}>
                {t('life.backtest.days', { days: span })}
              </option>
            ))}
          </select>
          <Button
            busy={start.isPending || (now !== undefined && !isOver(now))}
            onClick={() => start.mutate({ yaml, days, name: `${t('life.backtest.title')}: ${title}`.slice(0, 200) })}
          >
            {t('life.backtest.run')}
          </Button>
        </div>
        <ErrorLine error={start.error ?? run.error} />
        {now && <RunLine run={now} />}
      </div>
    </Section>
  )
}

function RunLine({ run }: { run: HuntRun }) {
  const { t } = useTranslation('rules')
  const events = formatCount(run.eventsDone)
  return (
    <div role="status" className="flex flex-col gap-1">
      {run.state === 'queued' ? (
        <p className="text-text-2">{t('life.backtest.queued')}</p>
      ) : run.state === 'failed' || run.state === 'cancelled' ? (
        <p className="text-bad">{run.message ?? t('life.backtest.failed')}</p>
      ) : run.state === 'done' ? (
        <p className="font-medium">
          {t('life.backtest.hits', { count: run.hits, formatted: formatCount(run.hits), events })}
        </p>
      ) : (
        <>
          <p className="text-text-2">
            {t('life.backtest.running', { done: events, total: formatCount(run.eventsTotal ?? run.eventsDone) })}
          </p>
          <progress
            aria-label={t('life.backtest.title')}
            className="h-1.5 w-full accent-[var(--accent)]"
            max={run.eventsTotal ?? undefined}
            value={run.eventsTotal === null ? undefined : run.eventsDone}
          />
        </>
      )}
      <Link to="/hunts" search={{ run: run.id }} className="link self-start">
        {t('life.backtest.open')}
      </Link>
    </div>
  )
}
