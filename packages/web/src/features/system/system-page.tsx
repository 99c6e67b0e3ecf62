import { CircleCheck, CircleX, Cog, TriangleAlert } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useMay } from '../../app/session/me.tsx'
import { SectionTabs } from '../../app/shell/section-tabs.tsx'
import { useUrlState } from '../../app/url-state.ts'
import { Button } from '../../ui/button.tsx'
import { Chip } from '../../ui/chip.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { RelativeTime } from '../../ui/display.tsx'
import { FilterMenu } from '../../ui/filter-menu.tsx'
import { formatPercent } from '../../ui/format/number.ts'
import { formatDuration } from '../../ui/format/time.ts'
import { PageHeader } from '../../ui/page.tsx'
import { EmptyState, ErrorLine, ErrorState, Skeleton, SkeletonRows } from '../../ui/states.tsx'
import { type Job, jobStates, type Readiness, useJobActions, useJobs, useReadiness } from './data.ts'

const marks = {
  up: { Icon: CircleCheck, tone: 'text-good' },
  degraded: { Icon: TriangleAlert, tone: 'text-warn' },
  down: { Icon: CircleX, tone: 'text-bad' },
} as const
const jobTones = { waiting: 'plain', running: 'accent', done: 'good', retrying: 'warn', dead: 'bad' } as const

/** How Watchfloor itself is: its parts and its background work. */
export function SystemPage() {
  const { t } = useTranslation('system')
  const [url, setUrl] = useUrlState()
  const state = jobStates.find((each) => each === url.state)
  const health = useReadiness()
  const jobs = useJobs(state)
  const columns = useJobColumns()
  const overall = health.data?.state
  return (
    <>
      <PageHeader
        title={t('title')}
        figure={
          overall && (
            <Chip tone={overall === 'up' ? 'good' : overall === 'degraded' ? 'warn' : 'bad'}>
              {t(`state.${overall}`)}
            </Chip>
          )
        }
        tabs={<SectionTabs section="settings" />}
      />
      <section aria-label={t('health')} className="shrink-0 border-b border-line p-4">
        <h2 className="mb-2 font-semibold">{t('health')}</h2>
        {health.isError ? (
          <ErrorLine error={health.error} />
        ) : health.data ? (
          <Parts readiness={health.data} />
        ) : (
          <Skeleton className="h-12" />
        )}
      </section>
      <div className="flex shrink-0 items-center gap-3 px-4 py-2">
        <h2 className="font-semibold">{t('jobs')}</h2>
        <FilterMenu
          single
          label={t('filter')}
          value={state ? [state] : []}
          onChange={(next) => setUrl({ state: next[0] })}
          options={jobStates.map((each) => ({
            value: each,
            text: t(`jobState.${each}`),
          }))}
        />
      </div>
      {jobs.isPending ? (
        <SkeletonRows />
      ) : jobs.isError ? (
        <ErrorState error={jobs.error} onRetry={() => void jobs.refetch()} />
      ) : jobs.data.items.length === 0 ? (
        <EmptyState icon={<Cog size={22} />} title={t('empty.title')} text={t('empty.text')} />
      ) : (
        <DataTable label={t('list')} rows={jobs.data.items} rowId={(job) => job.id} columns={columns} />
      )}
    </>
  )
}

function Parts({ readiness }: { readiness: Readiness }) {
  const { t } = useTranslation('system')
  return (
    <ul aria-label={t('parts')} className="grid gap-2 sm:grid-cols-2 lg:grid-cols-4">
      {readiness.parts.map((part) => {
        const { Icon, tone } = marks[part.state]
        return (
          <li key={part.name} className="flex items-start gap-2 rounded border border-line px-3 py-2">
            <Icon size={16} aria-hidden className={`mt-0.5 shrink-0 ${tone}`} />
            <div className="min-w-0">
              <p className="font-medium">
                {part.name} <span className="font-normal text-text-2">{t(`state.${part.state}`)}</span>
              </p>
              {part.message && <p className="text-12 break-words text-text-2">{part.message}</p>}
            </div>
          </li>
        )
      })}
    </ul>
  )
}

function useJobColumns(): Column<Job>[] {
  const { t } = useTranslation('system')
  const may = useMay()
  const { cancel, retry } = useJobActions()
  const took = ({ startedAt, endedAt }: Job): string =>
    startedAt && endedAt ? formatDuration(Date.parse(endedAt) - Date.parse(startedAt)) : '–'
  return [
    {
      id: 'name',
      header: t('column.name'),
      track: 'minmax(120px, 1fr)',
      cell: (job) => <code className="mono">{job.name}</code>,
    },
    {
      id: 'state',
      header: t('column.state'),
      track: '96px',
      cell: (job) => <Chip tone={jobTones[job.state]}>{t(`jobState.${job.state}`)}</Chip>,
    },
    {
      id: 'progress',
      header: t('column.progress'),
      track: '84px',
      align: 'end',
      from: 'tablet',
      cell: (job) => (job.state === 'running' ? formatPercent(job.progress * 100) : ''),
    },
    {
      id: 'message',
      header: t('column.message'),
      track: 'minmax(0, 2fr)',
      from: 'tablet',
      cell: (job) => (
        <span title={job.error ?? job.message ?? undefined} className={job.error ? 'text-bad' : 'text-text-2'}>
          {job.error ?? job.message}
        </span>
      ),
    },
    { id: 'duration', header: t('column.duration'), track: '72px', align: 'end', from: 'tablet', cell: took },
    {
      id: 'created',
      header: t('column.created'),
      track: '96px',
      align: 'end',
      cell: (job) => <RelativeTime at={job.createdAt} className="text-text-2" />,
    },
    {
      id: 'act',
      header: '',
      track: '84px',
      align: 'end',
      from: 'tablet',
      cell: (job) =>
        !may('jobs:write') ? null : job.state === 'dead' ? (
          <Button size="sm" className="h-6!" onClick={() => retry.mutate(job.id)}>
            {t('retry')}
          </Button>
        ) : job.state === 'running' || job.state === 'waiting' || job.state === 'retrying' ? (
          <Button size="sm" className="h-6!" onClick={() => cancel.mutate(job.id)}>
            {t('cancel')}
          </Button>
        ) : null,
    },
  ]
}
