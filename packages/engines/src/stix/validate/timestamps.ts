import { dayExists, isTimestamp, sortableTimestamp } from '../../stix-pattern/timestamp.ts'
import { shown } from './issue.ts'
import { type Judge, wrongKind } from './walk.ts'

export const judgeTimestamp: Judge<'timestamp'> = (value, { precision }, path, walk) => {
  if (typeof value !== 'string') return wrongKind(value, 'a timestamp (a text)', path, walk)
  const { issues, prefix } = walk
  const bad = (message: string, remedy: string): void =>
    issues.error('STIX_BAD_TIMESTAMP', prefix + path, `${shown(value)} ${message}`, remedy)
  if (!isTimestamp(value)) return bad('is no timestamp', 'write it in UTC: 2026-01-31T08:30:00.000Z')
  if (!dayExists(value)) return bad('is of a day that the calendar does not have', 'mend the date')
  if (precision === 'milliseconds' && !/\.\d{3,}Z$/.test(value))
    bad('has no milliseconds', 'write three decimals: …:00.000Z')
  if (precision === 'whole-seconds' && value.includes('.')) bad('has decimals', 'write whole seconds')
}

/** Which of two timestamps is the later, to their last decimal: below 0 when the first is earlier; nothing when one is none. */
export function compareTimestamps(a: unknown, b: unknown): number | undefined {
  if (typeof a !== 'string' || typeof b !== 'string') return undefined
  const [first, second] = [sortableTimestamp(a), sortableTimestamp(b)]
  if (first === undefined || second === undefined) return undefined
  return first < second ? -1 : first > second ? 1 : 0
}
