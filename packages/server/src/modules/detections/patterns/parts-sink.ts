import type { Bus } from '../../../platform/bus/bus.ts'
import type { DetectionSink } from '../pipeline/pipeline.ts'
import { publishingSink } from '../pipeline/publishing-sink.ts'
import { encodeParts } from './part-record.ts'

/** Events that patterns over several events take as parts. */
export const partTopic = 'detections.pattern-parts'

/** Puts the parts of a batch into their log before `sink` has it. */
export const partsSink = (bus: Bus, sink: DetectionSink): DetectionSink =>
  publishingSink(bus, { topic: partTopic, of: ({ result }) => result.patternParts ?? [], encode: encodeParts }, sink)
