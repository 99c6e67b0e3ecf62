import type { RuleDetail } from '@watchfloor/contracts/rules'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../../ui/button.tsx'
import { Chip } from '../../ui/chip.tsx'
import { RelativeTime } from '../../ui/display.tsx'
import { ScrollPage, Section } from '../../ui/page.tsx'
import { ErrorLine, ErrorState, Skeleton } from '../../ui/states.tsx'
import { toastDone } from '../../ui/toast.tsx'
import { DiffView } from './diff-view.tsx'
import { useRestore, useVersionDiff, useVersions } from './life-data.ts'

/** Every text that the rule had, what changed since, and the way back. */
export function VersionsTab({ rule, mayWrite }: { rule: RuleDetail; mayWrite: boolean }) {
  const { t } = useTranslation('rules')
  const list = useVersions(rule.id, rule.version)
  const restore = useRestore(rule.id)
  const versions = list.data?.pages.flatMap((page) => page.items) ?? []
  const [chosen, setChosen] = useState<number>()
  const from = chosen ?? versions.find((one) => !one.isCurrent)?.version
  const diff = useVersionDiff(rule.id, from, rule.version)
  if (list.isError) return <ErrorState error={list.error} onRetry={() => void list.refetch()} />
  if (list.isPending) return <Skeleton className="m-4 h-64" />
  return (
    <ScrollPage width="max-w-6xl">
      <p className="text-text-2">{versions.length > 1 ? t('life.versions.text') : t('life.versions.one')}</p>
      <ErrorLine error={restore.error} />
      <div className="grid items-start gap-4 lg:grid-cols-[300px_minmax(0,1fr)]">
        <Section title={t('life.tabs.versions')} padded={false}>
          <ul className="divide-y divide-line">
            {versions.map((one) => (
              <li key={one.version}>
                <button
                  type="button"
                  aria-pressed={one.version === from}
                  disabled={one.isCurrent}
                  onClick={() => setChosen(one.version)}
                  className="flex w-full flex-col items-start gap-0.5 px-3 py-2 text-left enabled:hover:bg-surface-2 aria-pressed:bg-accent-soft"
                >
                  <span className="flex items-center gap-2">
                    <span className="font-medium">{t('life.versions.version', { version: one.version })}</span>
                    {one.isCurrent && <Chip tone="good">{t('life.versions.current')}</Chip>}
                  </span>
                  <span className="text-12 text-text-3">
                    <RelativeTime at={one.at} /> {t('life.versions.by', { name: one.by })}
                  </span>
                  {one.note && <span className="text-12 text-text-2">{one.note}</span>}
                </button>
              </li>
            ))}
          </ul>
          {list.hasNextPage && (
            <div className="border-t border-line p-2">
              <Button tone="quiet" busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
                {t('life.versions.more')}
              </Button>
            </div>
          )}
        </Section>
        {from !== undefined && (
          <Section
            title={`${from} → ${rule.version}`}
            padded={false}
            actions={
              <>
                {diff.data && (
                  <span className="text-12 text-text-3">
                    {t('life.versions.changes', { added: diff.data.added, removed: diff.data.removed })}
                  </span>
                )}
                {mayWrite && (
                  <Button
                    busy={restore.isPending}
                    onClick={() =>
                      restore.mutate(
                        { version: from, expectedVersion: rule.version },
                        { onSuccess: () => toastDone(t('life.versions.restored', { version: from })) },
                      )
                    }
                  >
                    {t('life.versions.restore', { version: from })}
                  </Button>
                )}
              </>
            }
          >
            {diff.isError ? (
              <div className="p-3">
                <ErrorLine error={diff.error} />
              </div>
            ) : diff.data ? (
              <DiffView diff={diff.data} />
            ) : (
              <Skeleton className="m-3 h-40" />
            )}
          </Section>
        )}
      </div>
    </ScrollPage>
  )
}
