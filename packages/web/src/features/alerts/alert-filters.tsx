import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import type { PageTime } from '../../app/time.tsx'
import { listOf, textOf, type UrlState } from '../../app/url-state.ts'
import { FilterChip } from '../../ui/chip.tsx'
import { FilterMenu } from '../../ui/filter-menu.tsx'
import { FilterBar } from '../../ui/page.tsx'
import { SearchField } from '../../ui/search-field.tsx'
import { SeverityBadge, severitiesWorstFirst } from '../../ui/severity.tsx'
import { useRangeWords } from '../../ui/time-range-picker.tsx'
import { alertSorts, alertStatuses, firstSeenFromUrl, openStatuses, sortFromUrl } from './filter.ts'
import { detectionKinds } from './kind.tsx'

/** The filters of the alert list; all of them live in the URL. */
export function AlertFilters({
  url,
  setUrl,
  time,
}: {
  url: UrlState
  setUrl: (patch: UrlState, options?: { replace?: boolean }) => void
  time: PageTime
}) {
  const { t } = useTranslation('alerts')
  const { t: ui } = useTranslation('ui')
  const words = useRangeWords()
  const firstSeen = firstSeenFromUrl(url)
  const statuses = url.status === 'all' ? [] : listOf(url.status ?? openStatuses.join(','))
  const onSearch = useCallback((q: string) => setUrl({ q: q || undefined }, { replace: true }), [setUrl])
  const setStatus = (next: string[]) => {
    const isDefault = next.length === openStatuses.length && openStatuses.every((status) => next.includes(status))
    setUrl({
      status:
        next.length === 0 || next.length === alertStatuses.length ? 'all' : isDefault ? undefined : next.join(','),
    })
  }
  return (
    <FilterBar label={t('filters')}>
      <SearchField label={t('search')} value={url.q ?? ''} onChange={onSearch} />
      <FilterMenu
        label={t('filter.status')}
        value={statuses}
        onChange={setStatus}
        options={alertStatuses.map((status) => ({
          value: status,
          label: t(`status.${status}`),
          text: t(`status.${status}`),
        }))}
      />
      <FilterMenu
        label={t('filter.severity')}
        value={listOf(url.severity)}
        onChange={(next) => setUrl({ severity: textOf(next) })}
        options={severitiesWorstFirst.map((severity) => ({
          value: severity,
          label: <SeverityBadge severity={severity} />,
          text: ui(`severity.${severity}`),
        }))}
      />
      <FilterMenu
        single
        label={t('filter.assignee')}
        value={listOf(url.assignee)}
        onChange={(next) => setUrl({ assignee: next[0] })}
        options={(['me', 'nobody'] as const).map((who) => ({
          value: who,
          label: t(`assignee.${who}`),
          text: t(`assignee.${who}`),
        }))}
      />
      <FilterMenu
        label={t('filter.kind')}
        value={listOf(url.kind)}
        onChange={(next) => setUrl({ kind: textOf(next) })}
        options={detectionKinds.map((kind) => ({ value: kind, label: t(`kind.${kind}`), text: t(`kind.${kind}`) }))}
      />
      <FilterMenu
        choice
        label={t('filter.sort')}
        value={[sortFromUrl(url)]}
        onChange={(next) => setUrl({ sort: next[0] === 'newest' ? undefined : next[0] })}
        options={alertSorts.map((sort) => ({ value: sort, label: t(`sort.${sort}`), text: t(`sort.${sort}`) }))}
      />
      {time.range.kind !== 'all' && (
        <FilterChip
          label={t('filter.time')}
          value={words(time.range)}
          onRemove={() => setUrl({ range: 'all', from: undefined, to: undefined })}
        />
      )}
      {firstSeen && (
        <FilterChip
          label={t('filter.firstSeen')}
          value={words(firstSeen)}
          onRemove={() => setUrl({ firstSeenFrom: undefined, firstSeenTo: undefined })}
        />
      )}
      {url.rule && (
        <FilterChip
          label={t('filter.rule')}
          value={url.ruleTitle ?? url.rule}
          onRemove={() => setUrl({ rule: undefined, ruleTitle: undefined })}
        />
      )}
      {url.entity && (
        <FilterChip label={t('filter.entity')} value={url.entity} onRemove={() => setUrl({ entity: undefined })} />
      )}
      {url.technique && (
        <FilterChip
          label={t('filter.technique')}
          value={url.technique}
          onRemove={() => setUrl({ technique: undefined })}
        />
      )}
    </FilterBar>
  )
}
