// biome-ignore-all lint/a11y/useSemanticElements: a virtual list cannot be a table element: rows out of sight do not exist
// biome-ignore-all lint/a11y/useFocusableInteractive: focus stays on the grid, which names the active row
import { useVirtualizer } from '@tanstack/react-virtual'
import { clsx } from 'clsx'
import { ArrowDown, ArrowUp } from 'lucide-react'
import { type ReactNode, useEffect, useId, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { type Breadth, useBreadth, useDisplay } from './display.tsx'
import { Skeleton } from './states.tsx'

export interface Column<Row> {
  readonly id: string
  readonly header: string
  /** A CSS grid track: `120px`, `minmax(0, 2fr)`. */
  readonly track: string
  readonly cell: (row: Row) => ReactNode
  readonly align?: 'end'
  /** Least room that shows it; without, always. */
  readonly from?: Breadth
  /** What a click on the header asks for, and how the list is then ordered. */
  readonly sort?: { readonly value: string; readonly direction: 'ascending' | 'descending' }
}

export interface DataTableProps<Row> {
  /** Name for people who cannot see it. */
  readonly label: string
  readonly rows: readonly Row[]
  readonly rowId: (row: Row) => string
  readonly columns: readonly Column<Row>[]
  /** Row the keyboard stands on. */
  readonly cursor?: string | undefined
  readonly onCursor?: (id: string) => void
  readonly selected?: ReadonlySet<string>
  readonly onSelect?: (id: string, range: boolean) => void
  /** Chooses all rows that are loaded, or none; its box stands in the header. */
  readonly onSelectAll?: (all: boolean) => void
  readonly sort?: string
  readonly onSort?: (value: string) => void
  /** Called when the last rows come into sight. */
  readonly onEnd?: (() => void) | undefined
  readonly loadingMore?: boolean
  /** Shown beneath a row. */
  readonly expansion?: (row: Row) => ReactNode
  readonly expanded?: ReadonlySet<string>
  readonly rowClass?: (row: Row) => string | undefined
  /** Under this name the scroll place is kept while somebody is elsewhere. */
  readonly placeKey?: string
  readonly totalRows?: number | undefined
  readonly footer?: ReactNode
}

const places = new Map<string, number>()
const rank: Record<Breadth, number> = { phone: 0, tablet: 1, wide: 2 }

/** A virtual list in columns. Rows are 32 px (40 px when a person prefers), only those in sight exist. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { rows, rowId, columns, cursor, selected, expanded, expansion, onEnd, placeKey } = props
  const { t } = useTranslation('ui')
  const { density } = useDisplay()
  const breadth = useBreadth()
  const scroller = useRef<HTMLDivElement>(null)
  const id = useId()
  const rowPx = density === 'dense' ? 32 : 40
  const shown = columns.filter((column) => rank[breadth] >= rank[column.from ?? 'phone'])
  const template = [props.onSelect ? '16px' : '', ...shown.map((column) => column.track)].filter(Boolean).join(' ')

  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx,
    overscan: 12,
    initialOffset: placeKey ? (places.get(placeKey) ?? 0) : 0,
    getItemKey: (index) => rowId(rows[index]!),
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: sizes must be measured anew when the density changes
  useEffect(() => virtual.measure(), [rowPx])

  const items = virtual.getVirtualItems()
  const lastIndex = items.at(-1)?.index ?? -1
  useEffect(() => {
    if (onEnd && rows.length > 0 && lastIndex >= rows.length - 20) onEnd()
  }, [lastIndex, rows.length, onEnd])

  const cursorIndex = cursor === undefined ? -1 : rows.findIndex((row) => rowId(row) === cursor)
  useEffect(() => {
    if (cursorIndex >= 0) virtual.scrollToIndex(cursorIndex, { align: 'auto' })
  }, [cursorIndex, virtual])

  return (
    <div
      ref={scroller}
      role="grid"
      aria-label={props.label}
      aria-rowcount={props.totalRows ?? rows.length}
      aria-activedescendant={cursorIndex >= 0 ? `${id}-${cursorIndex}` : undefined}
      tabIndex={0}
      data-table
      className="relative min-h-0 flex-1 overflow-auto overscroll-contain focus-visible:outline-offset-[-2px]"
      onScroll={(event) => placeKey && places.set(placeKey, event.currentTarget.scrollTop)}
    >
      <div role="rowgroup" className="sticky top-0 z-10">
        <div
          role="row"
          className="grid h-8 items-center border-b border-line bg-surface px-3 text-12 text-text-3"
          style={{ gridTemplateColumns: template, columnGap: 12 }}
        >
          {props.onSelect && <SelectHeader rows={rows.length} selected={selected} onSelectAll={props.onSelectAll} />}
          {shown.map((column) => (
            <HeaderCell key={column.id} column={column} sort={props.sort} onSort={props.onSort} />
          ))}
        </div>
      </div>
      <div role="rowgroup" className="relative" style={{ height: virtual.getTotalSize() }}>
        {items.map((item) => {
          const row = rows[item.index]!
          const key = rowId(row)
          const isCursor = item.index === cursorIndex
          const isSelected = selected?.has(key) ?? false
          const isExpanded = expanded?.has(key) ?? false
          return (
            <div
              key={item.key}
              ref={virtual.measureElement}
              data-index={item.index}
              className="absolute inset-x-0 top-0"
              style={{ transform: `translateY(${item.start}px)` }}
              role="presentation"
            >
              {/* biome-ignore lint/a11y/useKeyWithClickEvents: the same is on the keyboard, bound for the whole page (j, k, Enter, x) */}
              <div
                id={`${id}-${item.index}`}
                role="row"
                aria-rowindex={item.index + 2}
                aria-selected={props.onSelect ? isSelected : isCursor}
                tabIndex={-1}
                onClick={(event) => {
                  if ((event.target as HTMLElement).closest('button, a, input, label')) return
                  props.onCursor?.(key)
                }}
                className={clsx(
                  'grid cursor-default items-center border-b border-line px-3',
                  isSelected ? 'bg-accent-soft' : isCursor ? 'bg-surface-2' : 'hover:bg-surface-2',
                  isCursor && 'shadow-[inset_2px_0_0_var(--accent)]',
                  props.rowClass?.(row),
                )}
                style={{ gridTemplateColumns: template, columnGap: 12, height: rowPx }}
              >
                {props.onSelect && (
                  <span role="gridcell" className="flex">
                    <input
                      type="checkbox"
                      tabIndex={-1}
                      aria-label={t('table.selectRow', { row: item.index + 1 })}
                      checked={isSelected}
                      onChange={() => {}}
                      onClick={(event) => props.onSelect?.(key, event.shiftKey)}
                      className="size-3.5 accent-[var(--accent)]"
                    />
                  </span>
                )}
                {shown.map((column) => (
                  <span
                    role="gridcell"
                    key={column.id}
                    className={clsx('min-w-0 truncate', column.align === 'end' && 'text-right')}
                  >
                    {column.cell(row)}
                  </span>
                ))}
              </div>
              {isExpanded && expansion && (
                <div role="row">
                  <div role="gridcell" className="border-b border-line bg-bg">
                    {expansion(row)}
                  </div>
                </div>
              )}
            </div>
          )
        })}
      </div>
      {props.loadingMore && (
        <div role="presentation" className="px-3 py-2">
          <Skeleton className="h-4 w-1/3" />
        </div>
      )}
      {props.footer}
    </div>
  )
}

function SelectHeader({
  rows,
  selected,
  onSelectAll,
}: {
  rows: number
  selected: ReadonlySet<string> | undefined
  onSelectAll: ((all: boolean) => void) | undefined
}) {
  const { t } = useTranslation('ui')
  const count = selected?.size ?? 0
  const isAll = rows > 0 && count >= rows
  return (
    <span role="columnheader" className="flex">
      {onSelectAll ? (
        <input
          type="checkbox"
          aria-label={t('table.selectAll')}
          ref={(box) => {
            if (box) box.indeterminate = count > 0 && !isAll
          }}
          checked={isAll}
          onChange={() => onSelectAll(!isAll)}
          className="size-3.5 accent-[var(--accent)]"
        />
      ) : (
        <span className="sr-only">{t('table.select')}</span>
      )}
    </span>
  )
}

function HeaderCell<Row>({
  column,
  sort,
  onSort,
}: {
  column: Column<Row>
  sort: string | undefined
  onSort: ((value: string) => void) | undefined
}) {
  const active = column.sort !== undefined && column.sort.value === sort
  return (
    <span
      role="columnheader"
      aria-sort={active ? column.sort?.direction : undefined}
      className={clsx('truncate', column.align === 'end' && 'text-right')}
    >
      {column.sort && onSort ? (
        <button
          type="button"
          className={clsx('inline-flex items-center gap-1 hover:text-text', active && 'text-text')}
          onClick={() => onSort(column.sort!.value)}
        >
          {column.header}
          {active &&
            (column.sort.direction === 'ascending' ? (
              <ArrowUp size={12} aria-hidden />
            ) : (
              <ArrowDown size={12} aria-hidden />
            ))}
        </button>
      ) : (
        column.header
      )}
    </span>
  )
}
