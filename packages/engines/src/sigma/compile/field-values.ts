import type { FieldValue } from '../../event/index.ts'

/** How a value is compared with texts; null has no text. */
export const textOf = (value: string | number | boolean): string => (typeof value === 'string' ? value : String(value))

/** The values of a field without the lists around them; absent and null give nothing. */
export function* scalarsOf(value: FieldValue | undefined): Iterable<string | number | boolean> {
  if (value === undefined || value === null) return
  if (typeof value !== 'object') yield value
  else for (const item of value) yield* scalarsOf(item)
}
