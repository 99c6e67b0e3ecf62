import type { Json, JsonObject } from '../event/index.ts'

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A member of a nested object, or of its dotted spelling at the top: `inner(r, 'event', 'code')` finds `event.code` both ways. */
export function inner(record: JsonObject, object: string, field: string): Json | undefined {
  const nested = record[object]
  return (isObject(nested) ? nested[field] : undefined) ?? record[`${object}.${field}`]
}
