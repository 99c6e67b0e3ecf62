import type { MatchResult } from './messages.ts'

type Columns = MatchResult['columns']

/** Columns of several log records, one after the other, for one write. */
export function joinColumns(parts: readonly Columns[]): Columns {
  const first = parts[0]
  if (parts.length === 1 && first) return first
  const count = parts.reduce((sum, part) => sum + part.count, 0)
  const timeMs = new Float64Array(count)
  const receivedMs = new Float64Array(count)
  let at = 0
  for (const part of parts) {
    timeMs.set(part.timeMs, at)
    receivedMs.set(part.receivedMs, at)
    at += part.count
  }
  return {
    count,
    timeMs,
    receivedMs,
    id: parts.flatMap((part) => part.id),
    sourceId: parts.flatMap((part) => part.sourceId),
    parser: parts.flatMap((part) => part.parser),
    ecsJson: parts.flatMap((part) => part.ecsJson),
    raw: parts.flatMap((part) => part.raw),
  }
}
