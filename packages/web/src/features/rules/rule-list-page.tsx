import { Link, useNavigate } from '@tanstack/react-router'
import { Plus, ScrollText, Upload } from 'lucide-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMay } from '../../app/session/me.tsx'
import { SectionTabs } from '../../app/shell/section-tabs.tsx'
import { useUrlState } from '../../app/url-state.ts'
import { Button } from '../../ui/button.tsx'
import { formatCount } from '../../ui/format/number.ts'
import { type Shortcut, useShortcuts } from '../../ui/keyboard/keyboard.tsx'
import { useListCursor } from '../../ui/list-cursor.ts'
import { PageHeader } from '../../ui/page.tsx'
import { PagedList } from '../../ui/paged-list.tsx'
import { EmptyState } from '../../ui/states.tsx'
import { useListSelection } from '../../ui/use-list-selection.ts'
import { useBulkRules, useRuleFacets, useRules } from './data.ts'
import { ruleFilterFromUrl, ruleSortFromUrl } from './filter.ts'
import { PolicyDialog } from './policy-dialog.tsx'
import { RuleBulkBar } from './rule-bulk-bar.tsx'
import { useRuleColumns } from './rule-columns.tsx'
import { RuleFilters } from './rule-filters.tsx'

/** All rules, and which of them run. */
export function RuleListPage() {
  const { t } = useTranslation('rules')
  const navigate = useNavigate()
  const mayWrite = useMay()('rules:write')
  const [url, setUrl] = useUrlState()
  const filter = useMemo(() => ruleFilterFromUrl(url), [url])
  const sort = ruleSortFromUrl(url)
  const list = useRules(filter, sort)
  const facets = useRuleFacets()
  const bulk = useBulkRules()
  const [policyOpen, setPolicyOpen] = useState(false)
  const rows = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data])
  const total = list.data?.pages[0]?.total
  const ids = useMemo(() => rows.map((rule) => rule.id as string), [rows])
  const cursor = useListCursor(ids, 'rules')
  const selection = useListSelection(ids, filter)
  const columns = useRuleColumns()
  const target = selection.target(undefined)
  const count = selection.wholeFilter ? (total ?? rows.length) : selection.selected.size
  const open = (id: string | undefined) => id && void navigate({ to: '/rules/$ruleId', params: { ruleId: id } })
  const key = (keys: string, name: string, run: () => void): Shortcut => ({
    keys,
    label: t(`key.${name}`),
    group: t('key.group'),
    run,
  })
  useShortcuts([
    key('j', 'down', () => cursor.move(1)),
    key('k', 'up', () => cursor.move(-1)),
    key('ArrowDown', 'down', () => cursor.move(1)),
    key('ArrowUp', 'up', () => cursor.move(-1)),
    key('Enter', 'open', () => open(cursor.cursor)),
    key('Escape', 'clear', () => (selection.any ? selection.clear() : cursor.set(undefined))),
    ...(mayWrite
      ? [
          key('x', 'select', () => cursor.cursor && selection.toggle(cursor.cursor, false)),
          key('+', 'new', () => void navigate({ to: '/rules/new' })),
        ]
      : []),
  ])
  const filtered = Object.keys(filter).length > 0
  const writing = mayWrite && (
    <>
      <Button onClick={() => setPolicyOpen(true)}>{t('policy')}</Button>
      <Button icon={<Upload size={14} aria-hidden />} onClick={() => void navigate({ to: '/rules/import' })}>
        {t('import')}
      </Button>
      <Button tone="primary" icon={<Plus size={14} aria-hidden />} onClick={() => void navigate({ to: '/rules/new' })}>
        {t('new')}
      </Button>
    </>
  )
  return (
    <>
      <PageHeader
        title={t('title')}
        figure={
          facets.data &&
          t('figure', { enabled: formatCount(facets.data.enabled), total: formatCount(facets.data.total) })
        }
        tabs={<SectionTabs section="detection" />}
        actions={writing}
      />
      <RuleFilters url={url} setUrl={setUrl} facets={facets.data} />
      {selection.any && (
        <RuleBulkBar
          count={count}
          total={total}
          wholeFilter={selection.wholeFilter}
          canWiden={selection.selected.size >= rows.length && (total ?? 0) > rows.length}
          onWiden={selection.widen}
          onClear={selection.clear}
          onAction={(action) => target && bulk.mutate({ ...target, action }, { onSuccess: selection.clear })}
        />
      )}
      <PagedList
        list={list}
        empty={
          <EmptyState
            icon={<ScrollText size={22} />}
            title={filtered ? t('empty.filteredTitle') : t('empty.title')}
            {...(!filtered && { text: t('empty.text') })}
            action={
              filtered ? (
                <Link to="/rules" className="link">
                  {t('empty.filteredAction')}
                </Link>
              ) : (
                writing
              )
            }
          />
        }
        label={t('list')}
        rows={rows}
        rowId={(rule) => rule.id}
        columns={columns}
        cursor={cursor.cursor}
        onCursor={cursor.set}
        {...(mayWrite && {
          selected: selection.wholeFilter ? new Set(ids) : selection.selected,
          onSelect: selection.toggle,
          onSelectAll: (all) => (all ? selection.selectAll() : selection.clear()),
        })}
        sort={sort}
        onSort={(next) => setUrl({ sort: next === 'title' ? undefined : next })}
        totalRows={total}
        placeKey="rules"
      />
      <PolicyDialog open={policyOpen} onClose={() => setPolicyOpen(false)} />
    </>
  )
}
