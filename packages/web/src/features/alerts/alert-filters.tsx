import { useTranslation } from 'react-i18next'
import type { PageTime } from '../../app/time.tsx'
import { UrlChip, UrlFilter, UrlSearch } from '../../app/url-filters.tsx'
import { listOf, type UrlState } from '../../app/url-state.ts'
import { FilterChip } from '../../ui/chip.tsx'
import { FilterMenu } from '../../ui/filter-menu.tsx'
import { FilterBar } from '../../ui/page.tsx'
import { useSeverityOptions } from '../../ui/severity.tsx'
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
  const severities = useSeverityOptions()
  const words = useRangeWords()
  const firstSeen = firstSeenFromUrl(url)
  const statuses = url.status === 'all' ? [] : listOf(url.status ?? openStatuses.join(','))
  const setStatus = (next: string[]) => {
    const isDefault = next.length === openStatuses.length && openStatuses.every((status) => next.includes(status))
    setUrl({
      status:
        next.length === 0 || next.length === alertStatuses.length ? 'all' : isDefault ? undefined : next.join(','),
    })
  }
  return (
    <FilterBar label={t('filters')}>
      <UrlSearch label={t('search')} />
      <FilterMenu
        label={t('filter.status')}
        value={statuses}
        onChange={setStatus}
        options={alertStatuses.map((status) => ({
          value: status,
          text: t(`status.${status}`),
        }))}
      />
      <UrlFilter name="severity" label={t('filter.severity')} options={severities} />
      <UrlFilter
        single
        name="assignee"
        label={t('filter.assignee')}
        options={(['me', 'nobody'] as const).map((who) => ({
          value: who,
          text: t(`assignee.${who}`),
        }))}
      />
      <UrlFilter
        name="kind"
        label={t('filter.kind')}
        options={detectionKinds.map((kind) => ({ value: kind, text: t(`kind.${kind}`) }))}
      />
      <FilterMenu
        choice
        label={t('filter.sort')}
        value={[sortFromUrl(url)]}
        onChange={(next) => setUrl({ sort: next[0] === 'newest' ? undefined : next[0] })}
        options={alertSorts.map((sort) => ({ value: sort, text: t(`sort.${sort}`) }))}
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
      <UrlChip name="entity" label={t('filter.entity')} />
      <UrlChip name="technique" label={t('filter.technique')} />
    </FilterBar>
  )
}
