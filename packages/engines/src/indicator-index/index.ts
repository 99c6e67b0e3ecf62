export { type IndexedIndicator, IndicatorIndexBuilder, type IndicatorIndexOptions } from './builder.ts'
export { type CanonicalIndicator, canonicalIndicator, type IndicatorProblem } from './canonical/canonical.ts'
export { guessIndicatorType, readIndicator } from './canonical/guess.ts'
export { coveringIndicators } from './covering.ts'
export { type IndicatorHit, indicatorFields, matchIndicators } from './event-values.ts'
export { type IndicatorIndexParts, indexBytes } from './index-parts.ts'
export { IndicatorIndex, type IndicatorMatch, isConfirmed } from './indicator-index.ts'
export { IndicatorListReader, type ListedFacts, type ListedLine } from './list-reader.ts'
export {
  type CompiledWarningLists,
  compileWarningLists,
  type WarningListHit,
  WarningLists,
  type WarningListText,
} from './warning-lists.ts'
