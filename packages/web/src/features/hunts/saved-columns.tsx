import { Link, useNavigate } from '@tanstack/react-router'
import type { Hunt, HuntRun } from '@watchfloor/contracts/hunts'
import { Copy, Ellipsis, Play, Trash2 } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useMay } from '../../app/session/me.tsx'
import { ActionMenu } from '../../ui/action-menu.tsx'
import { IconButton } from '../../ui/button.tsx'
import { Chip } from '../../ui/chip.tsx'
import type { Column } from '../../ui/data-table.tsx'
import { useConfirm } from '../../ui/dialog.tsx'
import { AbsoluteTime, RelativeTime } from '../../ui/display.tsx'
import { formatCompact, formatCount } from '../../ui/format/number.ts'
import { toastError } from '../../ui/toast.tsx'
import { useHuntAct } from './data.ts'
import { RunState } from './run-state.tsx'

/** Columns of saved hunts; the counts of the last runs stand side by side, the newest first. */
export function useHuntColumns(): Column<Hunt>[] {
  const { t } = useTranslation('hunts')
  return [
    {
      id: 'name',
      header: t('saved.column.name'),
      track: 'minmax(0, 2fr)',
      cell: (hunt) => (
        <span className="flex min-w-0 items-center gap-2" title={hunt.description || undefined}>
          <Link to="/hunts" search={{ hunt: hunt.id }} className="truncate font-medium hover:underline">
            {hunt.name}
          </Link>
          {hunt.tags.map((tag) => (
            <Chip key={tag}>{tag}</Chip>
          ))}
        </span>
      ),
    },
    {
      id: 'kind',
      header: t('saved.column.kind'),
      track: '110px',
      from: 'tablet',
      cell: (hunt) => t(`kind.${hunt.kind}`),
    },
    {
      id: 'schedule',
      header: t('saved.column.schedule'),
      track: '180px',
      from: 'tablet',
      cell: (hunt) =>
        hunt.nextRunAt === null ? (
          <span className="text-text-3">{t('saved.never')}</span>
        ) : (
          <span title={hunt.schedule ?? undefined}>
            <AbsoluteTime at={hunt.nextRunAt} />
          </span>
        ),
    },
    {
      id: 'last',
      header: t('saved.column.last'),
      track: 'minmax(120px, 1fr)',
      cell: (hunt) => <LastRuns hunt={hunt} />,
    },
    {
      id: 'owner',
      header: t('saved.column.owner'),
      track: '140px',
      from: 'wide',
      cell: (hunt) => <span className="text-text-2">{hunt.owner}</span>,
    },
    { id: 'actions', header: '', track: '32px', cell: (hunt) => <HuntActions hunt={hunt} /> },
  ]
}

function LastRuns({ hunt }: { hunt: Hunt }) {
  const { t } = useTranslation('hunts')
  if (hunt.runs.length === 0) return <span className="text-text-3">{t('saved.notRun')}</span>
  return (
    <span className="flex items-center gap-1.5">
      {hunt.runs.map((run, at) => (
        <Link
          key={run.id}
          to="/hunts"
          search={{ run: run.id }}
          title={t('saved.compare', {
            hits: formatCount(run.hits),
            events: formatCount(run.eventsDone),
            when: run.createdAt,
          })}
          className={at === 0 ? 'font-medium hover:underline' : 'text-text-3 hover:underline'}
        >
          {run.state === 'done' ? formatCompact(run.hits) : t(`state.${run.state}`)}
        </Link>
      ))}
    </span>
  )
}

function HuntActions({ hunt }: { hunt: Hunt }) {
  const { t } = useTranslation('hunts')
  const navigate = useNavigate()
  const may = useMay()
  const confirm = useConfirm()
  const { clone, remove, run } = useHuntAct()
  const mayWrite = may('hunts:write')
  const onError = toastError
  const ask = async () => {
    if (
      await confirm({
        title: t('saved.deleteTitle', { name: hunt.name }),
        text: t('saved.deleteText'),
        confirm: t('saved.delete'),
        tone: 'danger',
      })
    )
      remove.mutate(hunt.id, { onError })
  }
  return (
    <ActionMenu
      label={t('saved.actions', { name: hunt.name })}
      align="end"
      actions={[
        {
          id: 'run',
          label: t('saved.run'),
          icon: <Play size={14} />,
          disabled: !may('hunts:run'),
          run: () =>
            run.mutate(hunt.id, {
              onError,
              onSuccess: (made) => void navigate({ to: '/hunts', search: { run: made.id, hunt: hunt.id } }),
            }),
        },
        {
          id: 'clone',
          label: t('saved.clone'),
          icon: <Copy size={14} />,
          disabled: !mayWrite,
          run: () => clone.mutate(hunt.id, { onError }),
        },
        {
          id: 'delete',
          label: t('saved.delete'),
          icon: <Trash2 size={14} />,
          danger: true,
          disabled: !mayWrite,
          run: () => void ask(),
        },
      ]}
      trigger={<IconButton label={t('saved.actions', { name: hunt.name })} icon={<Ellipsis size={16} />} />}
    />
  )
}

/** Columns of runs. */
export function useRunColumns(): Column<HuntRun>[] {
  const { t } = useTranslation('hunts')
  return [
    { id: 'state', header: t('runs.column.state'), track: '110px', cell: (run) => <RunState state={run.state} /> },
    {
      id: 'name',
      header: t('runs.column.name'),
      track: 'minmax(0, 2fr)',
      cell: (run) => (
        <Link to="/hunts" search={{ run: run.id }} className="truncate font-medium hover:underline">
          {run.name}
        </Link>
      ),
    },
    {
      id: 'hits',
      header: t('runs.column.hits'),
      track: '80px',
      align: 'end',
      cell: (run) => formatCount(run.hits),
    },
    {
      id: 'events',
      header: t('runs.column.events'),
      track: '110px',
      align: 'end',
      from: 'tablet',
      cell: (run) => <span className="text-text-2">{formatCount(run.eventsDone)}</span>,
    },
    {
      id: 'by',
      header: t('runs.column.by'),
      track: '160px',
      from: 'wide',
      cell: (run) => <span className="text-text-2">{t(`runs.reason.${run.reason}`, { name: run.startedBy })}</span>,
    },
    {
      id: 'when',
      header: t('runs.column.when'),
      track: '120px',
      from: 'tablet',
      cell: (run) => <RelativeTime at={run.createdAt} className="text-text-2" />,
    },
  ]
}
