import type { Coverage, CoverageTechnique } from '@watchfloor/contracts/rules'

export const shows = ['all', 'covered', 'off', 'gaps', 'detected', 'layer'] as const
export type Show = (typeof shows)[number]

export interface MatrixFilter {
  readonly text: string
  readonly show: Show
  /** Scores of the layer laid over, by technique. */
  readonly scores: Readonly<Record<string, number>> | undefined
}

/** A technique with its sub-techniques, counted together. */
export interface MatrixCell {
  readonly id: string
  readonly name: string
  readonly rules: number
  readonly enabled: number
  readonly detections: number
  /** The best of the layer's scores; undefined when it names none of them. */
  readonly score: number | undefined
  readonly itself: CoverageTechnique
  readonly subs: readonly CoverageTechnique[]
}

export interface MatrixColumn {
  readonly tactic: Coverage['tactics'][number]
  /** Its techniques, whatever the filter: all, and those with a rule that runs. */
  readonly total: number
  readonly covered: number
  readonly cells: readonly MatrixCell[]
}

const parentOf = (id: string): string => id.slice(0, 5)
const sum = (list: readonly CoverageTechnique[], name: 'rules' | 'enabled' | 'detections'): number =>
  list.reduce((total, one) => total + one[name], 0)

function cellOf(
  itself: CoverageTechnique,
  subs: readonly CoverageTechnique[],
  scores: MatrixFilter['scores'],
): MatrixCell {
  const all = [itself, ...subs]
  const known = all.flatMap((one) => scores?.[one.id] ?? [])
  return {
    id: itself.id,
    name: itself.name,
    // A rule that names both counts for both: an upper bound, told apart in the panel.
    rules: sum(all, 'rules'),
    enabled: sum(all, 'enabled'),
    detections: sum(all, 'detections'),
    score: known.length > 0 ? Math.max(...known) : undefined,
    itself,
    subs,
  }
}

function isShown(cell: MatrixCell, { text, show }: MatrixFilter): boolean {
  const wanted = text.trim().toLowerCase()
  const names = [cell.itself, ...cell.subs].map((one) => `${one.id} ${one.name}`.toLowerCase())
  if (wanted !== '' && !names.some((name) => name.includes(wanted))) return false
  switch (show) {
    case 'all':
      return true
    case 'covered':
      return cell.enabled > 0
    case 'off':
      return cell.rules > 0 && cell.enabled === 0
    case 'gaps':
      return cell.rules === 0
    case 'detected':
      return cell.detections > 0
    case 'layer':
      return (cell.score ?? 0) > 0 && cell.enabled === 0
  }
}

/** The matrix as columns of tactics, with the techniques that the filter leaves. */
export function matrixOf(coverage: Coverage, filter: MatrixFilter): MatrixColumn[] {
  const subsOf = new Map<string, CoverageTechnique[]>()
  for (const one of coverage.techniques)
    if (one.id.length > 5) subsOf.set(parentOf(one.id), [...(subsOf.get(parentOf(one.id)) ?? []), one])
  const cells = coverage.techniques
    .filter((one) => one.id.length === 5)
    .map((one) => cellOf(one, subsOf.get(one.id) ?? [], filter.scores))
    .sort((a, b) => a.name.localeCompare(b.name))
  return coverage.tactics.map((tactic) => {
    const all = cells.filter((cell) => cell.itself.tactics.includes(tactic.shortName))
    return {
      tactic,
      total: all.length,
      covered: all.filter((cell) => cell.enabled > 0).length,
      cells: all.filter((cell) => isShown(cell, filter)),
    }
  })
}

/** Steps of the shade: none, one, few, several, many. */
export const shadeOf = (enabled: number): 0 | 1 | 2 | 3 | 4 =>
  enabled === 0 ? 0 : enabled === 1 ? 1 : enabled < 5 ? 2 : enabled < 20 ? 3 : 4

/** Where an arrow key leads from a cell; columns are of different lengths. */
export function step(
  columns: readonly MatrixColumn[],
  from: { column: number; row: number },
  key: string,
): { column: number; row: number } {
  const rows = (column: number) => columns[column]?.cells.length ?? 0
  const along = (direction: 1 | -1) => {
    let column = from.column + direction
    while (column >= 0 && column < columns.length && rows(column) === 0) column += direction
    return column < 0 || column >= columns.length ? from : { column, row: Math.min(from.row, rows(column) - 1) }
  }
  switch (key) {
    case 'ArrowDown':
      return { ...from, row: Math.min(rows(from.column) - 1, from.row + 1) }
    case 'ArrowUp':
      return { ...from, row: Math.max(0, from.row - 1) }
    case 'ArrowRight':
      return along(1)
    case 'ArrowLeft':
      return along(-1)
    case 'Home':
      return { ...from, row: 0 }
    case 'End':
      return { ...from, row: rows(from.column) - 1 }
    default:
      return from
  }
}
