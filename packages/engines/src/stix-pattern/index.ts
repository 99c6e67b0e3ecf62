/** STIX patterns: reading, checking, printing, and matching over observed data and over our own events. Pure. */
export type {
  Comparison,
  ComparisonExpression,
  Constant,
  ObjectPath,
  ObservationExpression,
  ParsedPattern,
  PathStep,
  PatternVersion,
  Qualifier,
} from './ast.ts'
export type { MetValue, UndecidedValue } from './comparison.ts'
export {
  checkStixPattern,
  compileStixPattern,
  type PatternCompilation,
  type PatternEvent,
  type PatternVerdict,
  type StixPattern,
} from './compile.ts'
export { caretLines, type PatternCode, type PatternDiagnostic, type PatternLevel } from './diagnostics.ts'
export { type PatternSighting, patternEvidenceOf, sightingOf } from './evidence.ts'
export { observeEvent } from './from-event.ts'
export type { MatchOptions, PatternMatch } from './match.ts'
export type { Observation, StixObject, StixValue } from './observation.ts'
export { type ObservedDataProblem, type ReadObservations, readObservations } from './observed-data.ts'
export { parseStixPattern } from './parse.ts'
export { PatternSet, type SetMatch } from './pattern-set.ts'
export { printStixPattern } from './print.ts'
export type { PatternHit, PatternStream, StreamOptions } from './stream.ts'
