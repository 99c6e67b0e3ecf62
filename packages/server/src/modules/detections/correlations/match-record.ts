import type { FieldValue } from '@watchfloor/engines/event'
import type { BaseMatch } from './messages.ts'

/** Matches in one record of the log. */
export const matchesPerRecord = 1000

type Line = readonly [
  ruleId: string,
  eventId: string,
  timeMs: number,
  values: Readonly<Record<string, FieldValue>>,
  sourceId: string,
  entities: Readonly<Record<string, string>>,
]

/** Matches as they stand in the log, a thousand to a record. */
export function* encodeMatches(matches: readonly BaseMatch[]): Iterable<Uint8Array> {
  for (let start = 0; start < matches.length; start += matchesPerRecord) {
    const lines = matches
      .slice(start, start + matchesPerRecord)
      .map(
        ({ ruleId, eventId, timeMs, values, sourceId, entities }): Line => [
          ruleId,
          eventId,
          timeMs,
          values,
          sourceId,
          entities,
        ],
      )
    yield new TextEncoder().encode(JSON.stringify(lines))
  }
}

/** @throws when the bytes are no matches: the log is ours alone, so they always are */
export const decodeMatches = (bytes: Uint8Array): BaseMatch[] =>
  (JSON.parse(new TextDecoder().decode(bytes)) as Line[]).map(
    ([ruleId, eventId, timeMs, values, sourceId, entities]) => ({
      ruleId,
      eventId,
      timeMs,
      values,
      sourceId,
      entities,
    }),
  )
