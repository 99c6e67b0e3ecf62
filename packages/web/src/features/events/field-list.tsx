import { ChevronDown, ChevronRight, Columns3, X } from 'lucide-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { IconButton } from '../../ui/button.tsx'
import { formatCount, formatPercent } from '../../ui/format/number.ts'
import { ErrorLine, Skeleton } from '../../ui/states.tsx'
import { ValueChip } from '../../ui/value-chip.tsx'
import { type EventSearch, useFields, useTopValues } from './data.ts'

/** The fields that the events hold, with their most frequent values on demand. */
export function FieldList({
  search,
  columns,
  onColumns,
  onHide,
}: {
  search: EventSearch
  columns: readonly string[]
  onColumns: (columns: string[]) => void
  onHide: () => void
}) {
  const { t } = useTranslation('events')
  const fields = useFields(search, true)
  const [filter, setFilter] = useState('')
  const [open, setOpen] = useState<string | null>(null)
  const shown = useMemo(
    () =>
      (fields.data?.fields ?? [])
        .filter(({ field }) => field.toLowerCase().includes(filter.toLowerCase()))
        .slice(0, 400),
    [fields.data, filter],
  )
  const toggleColumn = (field: string) =>
    onColumns(columns.includes(field) ? columns.filter((each) => each !== field) : [...columns, field])
  return (
    <section
      aria-label={t('fields.title')}
      className="hidden min-h-0 w-64 shrink-0 flex-col border-r border-line lg:flex"
    >
      <div className="flex items-center gap-1 p-2">
        <input
          aria-label={t('fields.filter')}
          placeholder={t('fields.filter')}
          value={filter}
          onChange={(event) => setFilter(event.target.value)}
          className="field h-7! text-12"
        />
        <IconButton label={t('fields.hide')} hint="f" icon={<X size={14} />} onClick={onHide} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className="min-h-0 flex-1 overflow-auto px-1 pb-2" tabIndex={0} aria-label={t('fields.title')}>
        {fields.isPending &&
          Array.from({ length: 14 }, (_, index) => <Skeleton key={String(index)} className="mx-2 my-2 h-4" />)}
        {fields.data && shown.length === 0 && <p className="px-2 py-3 text-text-3">{t('fields.empty')}</p>}
        <ul>
          {shown.map(({ field, sharePct }) => {
            const isColumn = columns.includes(field)
            return (
              <li key={field}>
                <div className="group flex h-7 items-center rounded-sm hover:bg-surface-2">
                  <button
                    type="button"
                    aria-expanded={open === field}
                    className="flex h-full min-w-0 flex-1 items-center gap-1 px-1 text-left"
                    title={field}
                    onClick={() => setOpen(open === field ? null : field)}
                  >
                    {open === field ? (
                      <ChevronDown size={12} aria-hidden className="shrink-0 text-text-3" />
                    ) : (
                      <ChevronRight size={12} aria-hidden className="shrink-0 text-text-3" />
                    )}
                    <span className={isColumn ? 'mono truncate text-accent-text' : 'mono truncate'}>{field}</span>
                    <span className="ml-auto shrink-0 pl-1 text-[0.6875rem] text-text-3">
                      {formatPercent(sharePct)}
                    </span>
                  </button>
                  <IconButton
                    label={isColumn ? t('fields.remove', { field }) : t('fields.add', { field })}
                    aria-pressed={isColumn}
                    icon={<Columns3 size={12} />}
                    className={
                      isColumn
                        ? 'size-6! text-accent-text!'
                        : 'size-6! opacity-0 group-hover:opacity-100 focus-visible:opacity-100'
                    }
                    onClick={() => toggleColumn(field)}
                  />
                </div>
                {open === field && <TopValues search={search} field={field} />}
              </li>
            )
          })}
        </ul>
        {fields.data && (
          <p className="px-2 pt-2 text-[0.6875rem] text-text-3">
            {t('fields.sampled', { formatted: formatCount(fields.data.sampled) })}
          </p>
        )}
      </section>
    </section>
  )
}

function TopValues({ search, field }: { search: EventSearch; field: string }) {
  const { t } = useTranslation('events')
  const top = useTopValues(search, field, true)
  if (top.isPending) return <Skeleton className="mx-5 my-1 h-16" />
  if (top.isError) return <ErrorLine error={top.error} />
  if (top.data.values.length === 0) return <p className="px-5 py-1 text-12 text-text-3">{t('fields.noValues')}</p>
  const whole = Math.max(1, top.data.total)
  return (
    <div className="mb-1 ml-4 border-l border-line pl-1">
      <ol aria-label={t('fields.top', { field })}>
        {top.data.values.map(({ value, count }) => (
          <li
            key={value}
            className="flex h-6 items-center gap-1.5 pr-1"
            title={`${formatCount(count)} · ${formatPercent((count / whole) * 100)}`}
          >
            <span className="min-w-0 flex-1 truncate">
              <ValueChip field={field} value={value} plain />
            </span>
            <span aria-hidden className="h-1 w-10 shrink-0 rounded-full bg-surface-3">
              <span
                className="block h-1 rounded-full bg-bar"
                style={{ width: `${Math.max(2, (count / whole) * 100)}%` }}
              />
            </span>
            <span className="w-9 shrink-0 text-right text-[0.6875rem] text-text-3">
              {formatPercent((count / whole) * 100)}
            </span>
          </li>
        ))}
      </ol>
      <p className="py-0.5 text-[0.6875rem] text-text-3">
        {t('fields.topOf', { formatted: formatCount(top.data.total) })}
      </p>
    </div>
  )
}
