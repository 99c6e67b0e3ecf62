import { useTranslation } from 'react-i18next'
import { UrlChip, UrlFilter, UrlSearch } from '../../app/url-filters.tsx'
import type { UrlState } from '../../app/url-state.ts'
import { FilterMenu } from '../../ui/filter-menu.tsx'
import { FilterBar } from '../../ui/page.tsx'
import { useSeverityOptions } from '../../ui/severity.tsx'
import type { RuleFacets } from './data.ts'
import { ruleSortFromUrl, ruleSorts, ruleStatuses } from './filter.ts'

/** The filters of the rule list, with how many rules each value has. */
export function RuleFilters({
  url,
  setUrl,
  facets,
}: {
  url: UrlState
  setUrl: (patch: UrlState, options?: { replace?: boolean }) => void
  facets: RuleFacets | undefined
}) {
  const { t } = useTranslation('rules')
  const levels = useSeverityOptions((level) => facets?.byLevel[level] ?? 0)
  const products = Object.entries(facets?.byProduct ?? {}).sort((a, b) => b[1] - a[1])
  const states = ['ready', 'refused', 'waiting'] as const
  return (
    <FilterBar label={t('filters')}>
      <UrlSearch label={t('search')} />
      <UrlFilter name="level" label={t('filter.level')} options={levels} />
      <UrlFilter
        name="status"
        label={t('filter.status')}
        options={ruleStatuses.map((status) => ({
          value: status,
          text: t(`status.${status}`),
          count: facets?.byStatus[status] ?? 0,
        }))}
      />
      <UrlFilter
        single
        name="enabled"
        label={t('filter.enabled')}
        options={(['true', 'false'] as const).map((each) => ({
          value: each,
          text: t(`enabled.${each}`),
          ...(facets && { count: each === 'true' ? facets.enabled : facets.total - facets.enabled }),
        }))}
      />
      <UrlFilter
        single
        name="state"
        label={t('filter.state')}
        options={states.map((state) => ({
          value: state,
          text: t(`state.${state}`),
          count: facets?.byState[state] ?? 0,
        }))}
      />
      <UrlFilter
        single
        name="product"
        label={t('filter.product')}
        options={products.map(([product, count]) => ({ value: product, text: product, count }))}
      />
      <UrlFilter
        single
        name="kind"
        label={t('filter.kind')}
        options={(['rule', 'correlation', 'filter'] as const).map((kind) => ({
          value: kind,
          text: t(`kind.${kind}`),
          count: facets?.byKind[kind] ?? 0,
        }))}
      />
      <FilterMenu
        choice
        label={t('filter.sort')}
        value={[ruleSortFromUrl(url)]}
        onChange={(next) => setUrl({ sort: next[0] === 'title' ? undefined : next[0] })}
        options={ruleSorts.map((sort) => ({ value: sort, text: t(`sort.${sort}`) }))}
      />
      <UrlChip name="pack" label={t('filter.pack')} />
      <UrlChip name="technique" label={t('filter.technique')} />
    </FilterBar>
  )
}
