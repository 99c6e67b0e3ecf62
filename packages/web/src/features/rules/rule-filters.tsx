import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { listOf, textOf, type UrlState } from '../../app/url-state.ts'
import { FilterChip } from '../../ui/chip.tsx'
import { FilterMenu } from '../../ui/filter-menu.tsx'
import { FilterBar } from '../../ui/page.tsx'
import { SearchField } from '../../ui/search-field.tsx'
import { SeverityBadge, severitiesWorstFirst } from '../../ui/severity.tsx'
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
  const { t: ui } = useTranslation('ui')
  const onSearch = useCallback((q: string) => setUrl({ q: q || undefined }, { replace: true }), [setUrl])
  const products = Object.entries(facets?.byProduct ?? {}).sort((a, b) => b[1] - a[1])
  const states = ['ready', 'refused', 'waiting'] as const
  return (
    <FilterBar label={t('filters')}>
      <SearchField label={t('search')} value={url.q ?? ''} onChange={onSearch} />
      <FilterMenu
        label={t('filter.level')}
        value={listOf(url.level)}
        onChange={(next) => setUrl({ level: textOf(next) })}
        options={severitiesWorstFirst.map((level) => ({
          value: level,
          label: <SeverityBadge severity={level} />,
          text: ui(`severity.${level}`),
          count: facets?.byLevel[level] ?? 0,
        }))}
      />
      <FilterMenu
        label={t('filter.status')}
        value={listOf(url.status)}
        onChange={(next) => setUrl({ status: textOf(next) })}
        options={ruleStatuses.map((status) => ({
          value: status,
          label: t(`status.${status}`),
          text: t(`status.${status}`),
          count: facets?.byStatus[status] ?? 0,
        }))}
      />
      <FilterMenu
        single
        label={t('filter.enabled')}
        value={listOf(url.enabled)}
        onChange={(next) => setUrl({ enabled: next[0] })}
        options={(['true', 'false'] as const).map((each) => ({
          value: each,
          label: t(`enabled.${each}`),
          text: t(`enabled.${each}`),
          ...(facets && { count: each === 'true' ? facets.enabled : facets.total - facets.enabled }),
        }))}
      />
      <FilterMenu
        single
        label={t('filter.state')}
        value={listOf(url.state)}
        onChange={(next) => setUrl({ state: next[0] })}
        options={states.map((state) => ({
          value: state,
          label: t(`state.${state}`),
          text: t(`state.${state}`),
          count: facets?.byState[state] ?? 0,
        }))}
      />
      <FilterMenu
        single
        label={t('filter.product')}
        value={url.product ? [url.product] : []}
        onChange={(next) => setUrl({ product: next[0] })}
        options={products.map(([product, count]) => ({ value: product, label: product, text: product, count }))}
      />
      <FilterMenu
        single
        label={t('filter.kind')}
        value={url.kind ? [url.kind] : []}
        onChange={(next) => setUrl({ kind: next[0] })}
        options={(['rule', 'correlation', 'filter'] as const).map((kind) => ({
          value: kind,
          label: t(`kind.${kind}`),
          text: t(`kind.${kind}`),
          count: facets?.byKind[kind] ?? 0,
        }))}
      />
      <FilterMenu
        choice
        label={t('filter.sort')}
        value={[ruleSortFromUrl(url)]}
        onChange={(next) => setUrl({ sort: next[0] === 'title' ? undefined : next[0] })}
        options={ruleSorts.map((sort) => ({ value: sort, label: t(`sort.${sort}`), text: t(`sort.${sort}`) }))}
      />
      {url.pack && (
        <FilterChip label={t('filter.pack')} value={url.pack} onRemove={() => setUrl({ pack: undefined })} />
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
