import type { CompiledCorrelation } from './compiled.ts'
import type { Group } from './group.ts'

type EntryState = readonly [
  timeMs: number,
  eventId: string,
  input: number,
  value: string | number | null,
  weight: number,
  of: readonly string[] | null,
]

/** One group of a snapshot. */
export type StateLine = [
  correlation: number,
  key: string,
  newestMs: number,
  arrivedMs: number,
  fired: readonly number[],
  context: string | null,
  entries: readonly EntryState[],
]

/** What makes remembered groups meaningful: a correlation with the same fingerprint goes on with them. */
export const fingerprintOf = ({ key, type, timespanMs, inputs, groupBy, judged, percentile }: CompiledCorrelation) =>
  JSON.stringify([
    key,
    type,
    timespanMs,
    groupBy,
    judged,
    percentile,
    inputs.map((one) => [one.source, one.groupFields, one.valueFields]),
  ])

/** Groups as lines, the one that heard nothing for longest first. */
export function* stateLines(correlation: number, groups: Iterable<Group>): Iterable<string> {
  for (const { key, newestMs, arrivedMs, fired, context, entries } of groups) {
    const line: StateLine = [
      correlation,
      key,
      newestMs,
      arrivedMs,
      fired,
      context,
      entries.map(({ timeMs, eventId, input, value, weight, of }) => [timeMs, eventId, input, value, weight, of]),
    ]
    yield JSON.stringify(line)
  }
}

/** The fingerprints of a snapshot's correlations, from its first line. @throws when it is none */
export function readState(line: string): readonly string[] {
  const head = JSON.parse(line) as { version?: unknown; correlations?: unknown }
  if (head.version !== 1 || !Array.isArray(head.correlations)) throw new Error('this is no snapshot of a correlator')
  return head.correlations as string[]
}
