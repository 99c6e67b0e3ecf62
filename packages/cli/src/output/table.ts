import { cutTo, widthOf } from './text.ts'

export interface TableColumn {
  readonly title: string
  readonly align?: 'left' | 'right'
  /** Columns of a terminal it may take at most. */
  readonly maxWidth?: number
  /** Never cut: an id that is to be copied. */
  readonly isWhole?: boolean
}

export interface TableOptions {
  /** Columns of the terminal; undefined: as wide as it gets. */
  readonly width?: number | undefined
  readonly titleStyle?: (text: string) => string
}

const gap = '  '
const leastWidth = 8

/** Aligned columns under titles. Where the terminal is too narrow, the widest columns are cut. */
export function tableText(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  options: TableOptions = {},
): string {
  const widths = columns.map((column, index) => {
    const widest = rows.reduce((most, row) => Math.max(most, widthOf(row[index] ?? '')), widthOf(column.title))
    return Math.min(widest, column.maxWidth ?? widest)
  })
  if (options.width !== undefined) shrink(columns, widths, options.width)
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => {
        const width = widths[index] ?? 0
        const fitting = cutTo(cell, width)
        const space = ' '.repeat(Math.max(0, width - widthOf(fitting)))
        return columns[index]?.align === 'right' ? space + fitting : fitting + space
      })
      .join(gap)
      .trimEnd()
  const title = line(columns.map((column) => column.title))
  return [options.titleStyle ? options.titleStyle(title) : title, ...rows.map(line)].map((text) => `${text}\n`).join('')
}

/** Takes from the widest columns what does not fit, down to where they would say nothing more. */
function shrink(columns: readonly TableColumn[], widths: number[], available: number): void {
  let over = widths.reduce((sum, width) => sum + width, 0) + gap.length * (widths.length - 1) - available
  const indices = columns.flatMap((column, index) => (column.isWhole ? [] : [index]))
  const widthAt = (index: number): number => widths[index] ?? 0
  while (over > 0) {
    const [widest, second] = indices.toSorted((a, b) => widthAt(b) - widthAt(a))
    if (widest === undefined || widthAt(widest) <= leastWidth) return
    const floor = Math.max(leastWidth, second === undefined ? 0 : Math.min(widthAt(second), widthAt(widest) - 1))
    const take = Math.min(over, widthAt(widest) - floor)
    widths[widest] = widthAt(widest) - take
    over -= take
  }
}

/** Names and values, one a line, the values aligned. */
export const detailText = (
  pairs: readonly (readonly [name: string, value: string])[],
  nameStyle = (text: string) => text,
): string => {
  const shown = pairs.filter(([, value]) => value !== '')
  const width = shown.reduce((most, [name]) => Math.max(most, widthOf(name)), 0)
  return shown
    .map(([name, value]) => {
      const [first = '', ...more] = value.split('\n')
      const indent = ' '.repeat(width + gap.length)
      return [
        `${nameStyle(name)}${' '.repeat(width - widthOf(name))}${gap}${first}`,
        ...more.map((line) => indent + line),
      ]
        .map((line) => `${line}\n`)
        .join('')
    })
    .join('')
}
