import { cutTo, widthOf } from './text.ts'

export interface TableColumn {
  readonly title: string
  readonly align?: 'left' | 'right'
  /** Columns of a terminal it may take at most. */
  readonly maxWidth?: number
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
  if (options.width !== undefined) shrink(widths, options.width)
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

function shrink(widths: number[], available: number): void {
  let over = widths.reduce((sum, width) => sum + width, 0) + gap.length * (widths.length - 1) - available
  while (over > 0) {
    const widest = widths.indexOf(Math.max(...widths))
    const width = widths[widest] ?? 0
    if (width <= leastWidth) return
    const second = Math.max(
      leastWidth,
      ...widths.filter((_, index) => index !== widest && (widths[index] ?? 0) < width),
    )
    const take = Math.min(over, Math.max(1, width - second))
    widths[widest] = width - take
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
