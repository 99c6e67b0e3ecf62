import type { Bus } from '../../../platform/bus/bus.ts'
import type { DetectionSink, Processed } from '../pipeline/pipeline.ts'
import { publishingSink } from '../pipeline/publishing-sink.ts'
import { encodeMatches } from './match-record.ts'
import type { BaseMatch } from './messages.ts'

/** Matches of rules that correlations look at. */
export const matchTopic = 'detections.matches'

/** Puts the matches of a batch into their log before `sink` has it. */
export const matchesSink = (bus: Bus, sink: DetectionSink): DetectionSink =>
  publishingSink(bus, { topic: matchTopic, of: matchesOf, encode: encodeMatches }, sink)

const matchesOf = ({ result }: Processed): BaseMatch[] =>
  (result.baseMatches ?? []).map(({ row, ruleId, values, entities }) => {
    const { id, timeMs } = result.found.get(row)!
    return { ruleId, eventId: id, timeMs, values, sourceId: result.sourceId, entities }
  })
