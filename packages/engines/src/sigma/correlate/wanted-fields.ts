import type { FieldValue, NormalisedEvent } from '../../event/index.ts'

/** Of a value, what is sent along; correlations tell longer ones apart by much less. */
const maxCharacters = 2000
const maxItems = 20

/** Fields of an event that correlations want: by the names that rules use, else by those of the common schema. */
export function wantedFieldsOf(
  { taxonomy, ecs }: Pick<NormalisedEvent, 'taxonomy' | 'ecs'>,
  wanted: readonly string[],
): Record<string, FieldValue> {
  const values: [string, FieldValue][] = []
  for (const field of wanted) {
    const value = taxonomy[field] ?? ecs[field]
    if (value !== undefined && value !== null) values.push([field, bounded(value)])
  }
  return Object.fromEntries(values)
}

function bounded(value: FieldValue): FieldValue {
  if (typeof value === 'string') return value.slice(0, maxCharacters)
  return Array.isArray(value) ? value.slice(0, maxItems).map(bounded) : value
}
