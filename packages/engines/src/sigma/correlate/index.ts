export {
  type CorrelationCompilation,
  type CorrelationSource,
  checkCorrelation,
  compileCorrelations,
  type RuleName,
} from './compile.ts'
export type { CompiledCorrelation, CorrelationInput } from './compiled.ts'
export {
  type CorrelationHit,
  Correlator,
  type CorrelatorOptions,
  type CorrelatorStats,
  createCorrelator,
} from './correlator.ts'
export { correlateNaive } from './naive.ts'
export type { Observation } from './observation.ts'
export { wantedFieldsOf } from './wanted-fields.ts'
