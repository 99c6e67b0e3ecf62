import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { UrlChip, UrlFilter, UrlSearch } from '../../app/url-filters.tsx'
import type { UrlState } from '../../app/url-state.ts'
import { FilterMenu } from '../../ui/filter-menu.tsx'
import { FilterBar } from '../../ui/page.tsx'
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
  const sources = Object.entries(facets?.bySource ?? {}).sort((a, b) => b[1] - a[1])
  return (
    <FilterBar label={t('filters')}>
      <UrlSearch label={t('search')} />
      <UrlFilter
        name="type"
        label={t('filter.type')}
        options={indicatorTypes.map((type) => ({
          value: type,
          text: t(`type.${type}`),
          count: facets?.byType[type] ?? 0,
        }))}
      />
      <UrlFilter
        single
        name="source"
        label={t('filter.source')}
        options={sources.map(([source, count]) => ({ value: source, text: source, count }))}
      />
      <UrlFilter
        single
        name="state"
        label={t('filter.state')}
        options={indicatorStates.map((state) => ({
          value: state,
          text: t(`state.${state}`),
        }))}
      />
      <UrlFilter
        single
        name="confidence"
        label={t('filter.confidence')}
        options={confidenceSteps.map((percent) => ({
          value: percent,
          text: t('atLeast', { percent }),
        }))}
      />
      <FilterMenu
        choice
        label={t('filter.sort')}
        value={[indicatorSortFromUrl(url)]}
        onChange={(next) => setUrl({ sort: next[0] === 'updated' ? undefined : next[0] })}
        options={indicatorSorts.map((sort) => ({ value: sort, text: t(`sort.${sort}`) }))}
      />
      <UrlChip name="label" label={t('filter.label')} />
      {action}
    </FilterBar>
  )
}
