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
export {
  defaultMispLimits,
  type MispProblem,
  type MispReading,
  type MispReadLimits,
  readMispEvents,
} from './read-events.ts'
export type { ConversionNote } from './stix/conversion.ts'
export { mispToStix, type StixConversion } from './stix/event-to-stix.ts'
export { writeMispEvent } from './write-event.ts'
