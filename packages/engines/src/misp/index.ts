export type {
  MispAttribute,
  MispCluster,
  MispEvent,
  MispGalaxy,
  MispObject,
  MispSighting,
  MispTag,
} from './event.ts'
export { indicatorTypesOf } from './indicator-types.ts'
export { indicatorsOf, type MispIndicator, type NoIndicator } from './indicators.ts'
export {
  defaultMispLimits,
  type MispProblem,
  type MispReading,
  type MispReadLimits,
  readMispEvents,
} from './read-events.ts'
export { attributeRules } from './stix/attribute-rules.ts'
export { compareStix, type Difference } from './stix/compare.ts'
export type { ConversionNote } from './stix/conversion.ts'
export { mispToStix, type StixConversion } from './stix/event-to-stix.ts'
export { mispToStixReported, type ReportedDifference, stixToMispReported } from './stix/reported.ts'
export { type MispConversion, stixToMisp } from './stix/stix-to-events.ts'
export { writeMispEvent } from './write-event.ts'
