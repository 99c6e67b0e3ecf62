import type { FieldValue } from '../../event/index.ts'
import { scalarsOf, textOf } from '../compile/field-values.ts'
import type { CompiledCorrelation, CorrelationInput } from './compiled.ts'
import { isShare } from './window.ts'

/** One match of a base rule, with what correlations want of its event. */
export interface Observation {
  /** Key of the rule. */
  readonly source: string
  /** Observations with one id and rule are the same. */
  readonly eventId: string
  /** When the event happened, whole ms since 1970. */
  readonly timeMs: number
  /** When its match came in, ms; must not decrease. Idle groups are told by it, so that a replay of the same observations gives the same hits. */
  readonly arrivedMs: number
  /** The fields of `fieldsWanted`, as far as the event has them. */
  readonly values: Readonly<Record<string, FieldValue>>
  /** Given back with hits whose newest event this is. */
  readonly context?: string
}

/** Characters kept of a value; what is longer is told apart by its length and its first part. */
const MAX_VALUE_CHARS = 500
const SEPARATOR = '\u001f'

/** The first value of a field, cut where it is very long; nothing when it has none. */
function firstValueOf(value: FieldValue | undefined): string | number | undefined {
  for (const one of scalarsOf(value)) {
    if (typeof one === 'number') return one
    const text = textOf(one)
    return text.length <= MAX_VALUE_CHARS ? text : `${text.slice(0, MAX_VALUE_CHARS)}… (${text.length})`
  }
  return undefined
}

/** A log may call a field `constructor`, and another may not have it. */
const valueAt = (values: Observation['values'], field: string): string | number | undefined =>
  Object.hasOwn(values, field) ? firstValueOf(values[field]) : undefined

/** Group values in one text; nothing when a field is absent, as such an event belongs to no group. */
export function groupKeyOf(input: CorrelationInput, values: Observation['values']): string | undefined {
  const { groupFields } = input
  if (groupFields.length === 1) {
    const value = valueAt(values, groupFields[0]!)
    return value === undefined ? undefined : String(value)
  }
  const parts: string[] = []
  for (const field of groupFields) {
    const value = valueAt(values, field)
    if (value === undefined) return undefined
    parts.push(String(value))
  }
  return JSON.stringify(parts)
}

/** The group's values by the names that the correlation gives them. */
export function groupOf({ groupBy }: CompiledCorrelation, key: string): Record<string, string> {
  const values = groupBy.length === 1 ? [key] : (JSON.parse(key) as string[])
  return Object.fromEntries(groupBy.map((name, at) => [name, values[at] as string]))
}

const DECIMAL = /^\s*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?\s*$/

/** What is counted or computed with; `undefined` when the event has nothing of the kind and does not count. */
export function measuredOf(
  correlation: CompiledCorrelation,
  input: CorrelationInput,
  values: Observation['values'],
): string | number | null | undefined {
  const { type } = correlation
  if (type === 'event_count' || type === 'temporal' || type === 'temporal_ordered') return null
  const parts: (string | number)[] = []
  for (const field of input.valueFields) {
    const value = valueAt(values, field)
    if (value === undefined) return undefined
    parts.push(value)
  }
  // A number and its text are one value, as one source may write it so and another so.
  if (type === 'value_count' || isShare(correlation)) return parts.map(String).join(SEPARATOR)
  const number = typeof parts[0] === 'string' && DECIMAL.test(parts[0]) ? Number(parts[0]) : parts[0]
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined
}
