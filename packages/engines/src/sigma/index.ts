export { type Compilation, type CompiledRule, type CompileOptions, compileRules } from './compile/compile.ts'
export { fits, type MatchableEvent, matchCompiled, type ReadableEvent } from './compile/evaluate.ts'
export * from './correlate/index.ts'
export type { Diagnostic, DiagnosticLevel, Position, SigmaCode } from './diagnostics.ts'
export { explain, type PredicateHit } from './explain.ts'
export { checkFilters, narrows } from './filter/filter-set.ts'
export { matchNaive } from './oracle/naive.ts'
export { applyPipelines, type PipelineInput, type PipelineOutput } from './pipeline/apply.ts'
export { builtinPipeline, builtinPipelineNames, builtinPipelineText } from './pipeline/builtin/builtin.ts'
export { type Pipeline, readPipeline, transformationNames } from './pipeline/read-pipeline.ts'
export { readPlaceholders } from './pipeline/read-placeholders.ts'
export { buildPlan, Plan, type RuleMatch } from './plan/plan.ts'
export { MAX_RULE_FILE_CHARS, type ParsedFile, parseRules, type RefusedDocument } from './read/parse-rules.ts'
export {
  type Condition,
  type Detection,
  type SigmaCorrelation,
  type SigmaDocument,
  type SigmaFilter,
  type SigmaHead,
  type SigmaLevel,
  type SigmaOther,
  type SigmaRule,
  type SigmaStatus,
  sigmaLevels,
  sigmaStatuses,
} from './rule.ts'
