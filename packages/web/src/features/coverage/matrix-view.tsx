import { clsx } from 'clsx'
import { type KeyboardEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { formatCompact } from '../../ui/format/number.ts'
import { type MatrixCell, type MatrixColumn, shadeOf, step } from './matrix.ts'

/** How much of the accent is in a shade; never so much that the text on it is hard to read. */
const shadePct = [0, 10, 18, 26, 34] as const

const placeId = (column: number, row: number): string => `cell-${column}-${row}`

/** The matrix: one column for each tactic. Arrow keys move, one cell is in the order of tabs. */
export function MatrixView({
  columns,
  chosen,
  onChoose,
}: {
  columns: readonly MatrixColumn[]
  chosen: string | undefined
  onChoose: (id: string) => void
}) {
  const { t } = useTranslation('coverage')
  const box = useRef<HTMLDivElement>(null)
  const first = {
    column: Math.max(
      0,
      columns.findIndex((one) => one.cells.length > 0),
    ),
    row: 0,
  }
  const [at, setAt] = useState(first)
  const here = columns[at.column]?.cells[at.row] ? at : first
  const onKeyDown = (event: KeyboardEvent) => {
    const next = step(columns, here, event.key)
    if (next === here || (next.column === here.column && next.row === here.row)) return
    event.preventDefault()
    setAt(next)
    box.current?.querySelector<HTMLElement>(`[data-place="${placeId(next.column, next.row)}"]`)?.focus()
  }
  return (
    <section aria-label={t('matrix')} className="relative min-h-0 min-w-0 flex-1 overflow-auto p-4">
      <p className="sr-only">{t('matrixHelp')}</p>
      <div ref={box} className="flex w-max items-start gap-2">
        {columns.map((column, columnAt) => (
          <div key={column.tactic.id} className="w-40 shrink-0">
            <h2 className="truncate font-semibold" title={column.tactic.name}>
              {column.tactic.name}
            </h2>
            <p className="mb-1.5 text-12 text-text-3">
              {t('tacticCovered', { covered: column.covered, total: column.total })}
            </p>
            <ul className="flex flex-col gap-1">
              {column.cells.map((cell, row) => (
                <li key={cell.id}>
                  <Cell
                    cell={cell}
                    place={placeId(columnAt, row)}
                    isHere={here.column === columnAt && here.row === row}
                    isChosen={cell.id === chosen}
                    onFocus={() => setAt({ column: columnAt, row })}
                    onKeyDown={onKeyDown}
                    onChoose={() => onChoose(cell.id)}
                  />
                </li>
              ))}
            </ul>
          </div>
        ))}
      </div>
    </section>
  )
}

interface CellProps {
  readonly cell: MatrixCell
  readonly place: string
  readonly isHere: boolean
  readonly isChosen: boolean
  readonly onFocus: () => void
  readonly onKeyDown: (event: KeyboardEvent) => void
  readonly onChoose: () => void
}

function Cell({ cell, place, isHere, isChosen, onFocus, onKeyDown, onChoose }: CellProps) {
  const { t } = useTranslation('coverage')
  const { id, name, rules, enabled, detections, score } = cell
  const label = `${t('cell', { id, name, enabled, rules, detections })}${score === undefined ? '' : t('cellLayer', { score })}`
  return (
    <button
      type="button"
      data-place={place}
      tabIndex={isHere ? 0 : -1}
      aria-pressed={isChosen}
      title={label}
      onFocus={onFocus}
      onKeyDown={onKeyDown}
      onClick={onChoose}
      style={{
        backgroundColor: `color-mix(in srgb, var(--accent) ${shadePct[shadeOf(enabled)]}%, var(--surface))`,
      }}
      className={clsx(
        'flex w-full flex-col rounded border px-1.5 py-1 text-left hover:border-line-strong',
        isChosen ? 'border-accent' : score !== undefined && score > 0 ? 'border-warn border-dashed' : 'border-line',
      )}
    >
      <span className="w-full truncate text-12 font-medium">{name}</span>
      <span className="flex w-full items-center gap-1 text-12 text-text-2 tabular-nums">
        <span>{id}</span>
        <span className="ml-auto">
          {enabled}/{rules} <span className="sr-only">{t('cellRules')}</span>
        </span>
        {detections > 0 && (
          <span className="font-semibold text-bad">
            {formatCompact(detections)} <span className="sr-only">{t('cellDetections')}</span>
          </span>
        )}
        {score !== undefined && <span className="sr-only">{t('cellLayer', { score })}</span>}
      </span>
    </button>
  )
}
