import { useNavigate, useParams } from '@tanstack/react-router'
import type { PackChange, PackChangeKind, PackUpdate } from '@watchfloor/contracts/rules'
import { ArrowLeft } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMay } from '../../app/session/me.tsx'
import { Button, IconButton } from '../../ui/button.tsx'
import { Chip } from '../../ui/chip.tsx'
import { formatCount } from '../../ui/format/number.ts'
import { PageHeader, Section } from '../../ui/page.tsx'
import { ErrorLine, ErrorState, Skeleton, SkeletonRows } from '../../ui/states.tsx'
import { toastDone } from '../../ui/toast.tsx'
import { DiffView } from './diff-view.tsx'
import { useChange, useChanges, useUpdate, useUpdateActions } from './packs-data.ts'

const kinds = ['conflict', 'changed', 'removed', 'added'] as const satisfies readonly PackChangeKind[]
const tones = { added: 'good', changed: 'accent', removed: 'bad', conflict: 'warn' } as const
const countOf = (update: PackUpdate, kind: PackChangeKind): number =>
  kind === 'conflict' ? update.conflicts : update[kind]

/** An update of a pack, looked at before it changes anything. */
export function PackUpdatePage() {
  const { updateId = '' } = useParams({ strict: false })
  const update = useUpdate(updateId)
  if (update.isError && !update.data) return <ErrorState error={update.error} onRetry={() => void update.refetch()} />
  if (!update.data) return <SkeletonRows rows={12} />
  return <UpdateView update={update.data} />
}

function UpdateView({ update }: { update: PackUpdate }) {
  const { t } = useTranslation('rules')
  const navigate = useNavigate()
  const mayWrite = useMay()('rules:write')
  const { apply, drop } = useUpdateActions(update.id)
  const [kind, setKind] = useState<PackChangeKind>()
  const [chosen, setChosen] = useState<string>()
  const [keepRemoved, setKeepRemoved] = useState(false)
  const [theirs, setTheirs] = useState<ReadonlySet<string>>(new Set())
  const changes = useChanges(update.id, kind)
  const items = changes.data?.pages.flatMap((page) => page.items) ?? []
  const isOpen = update.state === 'ready' || update.state === 'failed'
  const total = kinds.reduce((sum, each) => sum + countOf(update, each), 0)
  const back = () => void navigate({ to: '/rules/packs' })
  const current = items.find((one) => one.ruleId === chosen) ?? items[0]
  return (
    <>
      <PageHeader
        back={<IconButton label={t('life.packs.title')} icon={<ArrowLeft size={16} />} onClick={back} />}
        title={t('life.update.title', { pack: update.pack })}
        figure={
          <span className="flex flex-wrap gap-2">
            {update.version && <span className="mono">{update.version}</span>}
            <span>{t('life.update.unchanged', { count: update.unchanged })}</span>
            {update.refused > 0 && (
              <span className="text-warn">{t('life.update.refused', { count: update.refused })}</span>
            )}
          </span>
        }
        actions={
          mayWrite &&
          isOpen && (
            <>
              {update.removed > 0 && (
                <label className="flex items-center gap-1.5 text-text-2">
                  <input
                    type="checkbox"
                    checked={keepRemoved}
                    onChange={(event) => setKeepRemoved(event.target.checked)}
                    className="accent-[var(--accent)]"
                  />
                  {t('life.update.keepRemoved')}
                </label>
              )}
              <Button
                busy={drop.isPending}
                onClick={() =>
                  drop.mutate(undefined, {
                    onSuccess: () => {
                      toastDone(t('life.update.dropped'))
                      back()
                    },
                  })
                }
              >
                {t('life.update.drop')}
              </Button>
              <Button
                tone="primary"
                busy={apply.isPending}
                disabled={total === 0}
                onClick={() => apply.mutate({ keepRemoved, takeTheirs: [...theirs] })}
              >
                {t('life.update.apply')}
              </Button>
            </>
          )
        }
      />
      <UpdateState update={update} />
      {(apply.error ?? drop.error) && (
        <div className="px-4 pt-3">
          <ErrorLine error={apply.error ?? drop.error} />
        </div>
      )}
      <fieldset aria-label={t('life.update.list')} className="flex flex-wrap gap-1 border-b border-line px-4 py-1.5">
        {[undefined, ...kinds].map((each) => (
          <button
            key={each ?? 'all'}
            type="button"
            aria-pressed={each === kind}
            onClick={() => setKind(each)}
            className="inline-flex h-7 items-center gap-1.5 rounded px-2 text-text-2 hover:bg-surface-2 aria-pressed:bg-surface-3 aria-pressed:font-medium aria-pressed:text-text"
          >
            {each ? t(`life.update.kinds.${each}`) : t('life.update.all')}
            <span className="text-12 text-text-3 tabular-nums">
              {formatCount(each ? countOf(update, each) : total)}
            </span>
          </button>
        ))}
      </fieldset>
      {changes.isError ? (
        <ErrorState error={changes.error} onRetry={() => void changes.refetch()} />
      ) : changes.isPending ? (
        <SkeletonRows rows={12} />
      ) : items.length === 0 ? (
        <p className="p-6 text-center text-text-2">{t('life.update.none')}</p>
      ) : (
        <div className="grid min-h-0 flex-1 lg:grid-cols-[minmax(280px,420px)_minmax(0,1fr)]">
          <div className="min-h-0 overflow-auto border-line lg:border-r">
            <ChangeList items={items} chosen={current?.ruleId} onChoose={setChosen} />
            {changes.hasNextPage && (
              <div className="p-2">
                <Button tone="quiet" busy={changes.isFetchingNextPage} onClick={() => void changes.fetchNextPage()}>
                  {t('life.update.more')}
                </Button>
              </div>
            )}
          </div>
          <div className="min-h-0 overflow-auto p-4">
            {current && (
              <ChangeView
                update={update}
                change={current}
                takes={theirs.has(current.ruleId)}
                onTake={
                  mayWrite && isOpen && current.kind === 'conflict'
                    ? (take) =>
                        setTheirs((now) => {
                          const next = new Set(now)
                          if (take) next.add(current.ruleId)
                          else next.delete(current.ruleId)
                          return next
                        })
                    : undefined
                }
              />
            )}
          </div>
        </div>
      )}
    </>
  )
}

function UpdateState({ update }: { update: PackUpdate }) {
  const { t } = useTranslation('rules')
  if (update.state === 'applying')
    return (
      <p role="status" className="border-b border-line bg-accent-soft px-4 py-2">
        {t('life.update.applying')}
      </p>
    )
  if (update.state === 'applied')
    return (
      <p role="status" className="border-b border-line bg-good-soft px-4 py-2 text-good">
        {t('life.update.applied', { count: update.applied })}
      </p>
    )
  if (update.state === 'failed')
    return (
      <p role="alert" className="border-b border-line bg-bad-soft px-4 py-2 text-bad">
        {t('life.update.failed', { message: update.message })}
      </p>
    )
  return null
}

function ChangeList({
  items,
  chosen,
  onChoose,
}: {
  items: readonly PackChange[]
  chosen: string | undefined
  onChoose: (ruleId: string) => void
}) {
  const { t } = useTranslation('rules')
  return (
    <ul aria-label={t('life.update.list')} className="divide-y divide-line">
      {items.map((one) => (
        <li key={one.ruleId}>
          <button
            type="button"
            aria-pressed={one.ruleId === chosen}
            onClick={() => onChoose(one.ruleId)}
            className="flex w-full items-center gap-2 px-4 py-1.5 text-left hover:bg-surface-2 aria-pressed:bg-accent-soft"
          >
            <span className="min-w-0 flex-1">
              <span className="block truncate">{one.title || one.ruleId}</span>
              <span className="block truncate text-12 text-text-3">{one.path}</span>
            </span>
            <Chip tone={tones[one.kind]}>{t(`life.update.kinds.${one.kind}`)}</Chip>
          </button>
        </li>
      ))}
    </ul>
  )
}

function ChangeView({
  update,
  change,
  takes,
  onTake,
}: {
  update: PackUpdate
  change: PackChange
  takes: boolean
  onTake: ((take: boolean) => void) | undefined
}) {
  const { t } = useTranslation('rules')
  const full = useChange(update.id, change.ruleId)
  return (
    <Section title={change.title || change.ruleId} padded={false}>
      {change.kind === 'conflict' && (
        <div className="flex flex-wrap items-center gap-2 border-b border-line bg-warn-soft px-3 py-2">
          <span>{t('life.update.conflictHint')}</span>
          {onTake && (
            <label className="flex items-center gap-1.5">
              <input
                type="checkbox"
                checked={takes}
                onChange={(event) => onTake(event.target.checked)}
                className="accent-[var(--accent)]"
              />
              {t('life.update.takeTheirs')}
            </label>
          )}
        </div>
      )}
      {full.isError ? (
        <div className="p-3">
          <ErrorLine error={full.error} />
        </div>
      ) : full.data ? (
        <DiffView diff={full.data.diff} />
      ) : (
        <Skeleton className="m-3 h-40" />
      )}
    </Section>
  )
}
