import { type ReactNode, useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { listOf, textOf, type UrlState } from '../../app/url-state.ts'
import { FilterChip } from '../../ui/chip.tsx'
import { FilterMenu } from '../../ui/filter-menu.tsx'
import { FilterBar } from '../../ui/page.tsx'
import { SearchField } from '../../ui/search-field.tsx'
import type { IndicatorFacets } from './data.ts'
import { confidenceSteps, indicatorSortFromUrl, indicatorSorts, indicatorStates, indicatorTypes } from './filter.ts'

/** The filters of the indicator list. */
export function IndicatorFilters({
  url,
  setUrl,
  facets,
  action,
}: {
  url: UrlState
  setUrl: (patch: UrlState, options?: { replace?: boolean }) => void
  facets: IndicatorFacets | undefined
  /** What can be done with all that fits. */
  action?: ReactNode
}) {
  const { t } = useTranslation('intel')
  const onSearch = useCallback((q: string) => setUrl({ q: q || undefined }, { replace: true }), [setUrl])
  const sources = Object.entries(facets?.bySource ?? {}).sort((a, b) => b[1] - a[1])
  return (
    <FilterBar label={t('filters')}>
      <SearchField label={t('search')} value={url.q ?? ''} onChange={onSearch} />
      <FilterMenu
        label={t('filter.type')}
        value={listOf(url.type)}
        onChange={(next) => setUrl({ type: textOf(next) })}
        options={indicatorTypes.map((type) => ({
          value: type,
          label: t(`type.${type}`),
          text: t(`type.${type}`),
          count: facets?.byType[type] ?? 0,
        }))}
      />
      <FilterMenu
        single
        label={t('filter.source')}
        value={url.source ? [url.source] : []}
        onChange={(next) => setUrl({ source: next[0] })}
        options={sources.map(([source, count]) => ({ value: source, label: source, text: source, count }))}
      />
      <FilterMenu
        single
        label={t('filter.state')}
        value={url.state ? [url.state] : []}
        onChange={(next) => setUrl({ state: next[0] })}
        options={indicatorStates.map((state) => ({
          value: state,
          label: t(`state.${state}`),
          text: t(`state.${state}`),
        }))}
      />
      <FilterMenu
        single
        label={t('filter.confidence')}
        value={url.confidence ? [url.confidence] : []}
        onChange={(next) => setUrl({ confidence: next[0] })}
        options={confidenceSteps.map((percent) => ({
          value: percent,
          label: t('atLeast', { percent }),
          text: t('atLeast', { percent }),
        }))}
      />
      <FilterMenu
        choice
        label={t('filter.sort')}
        value={[indicatorSortFromUrl(url)]}
        onChange={(next) => setUrl({ sort: next[0] === 'updated' ? undefined : next[0] })}
        options={indicatorSorts.map((sort) => ({ value: sort, label: t(`sort.${sort}`), text: t(`sort.${sort}`) }))}
      />
      {url.label && (
        <FilterChip label={t('filter.label')} value={url.label} onRemove={() => setUrl({ label: undefined })} />
      )}
      {action}
    </FilterBar>
  )
}
