export { MAX_DEPTH, MAX_DERIVED_CHARS, MAX_FIELDS } from './builder.ts'
export {
  type Chunk,
  type ChunkHeader,
  chunkLimits,
  decodeChunk,
  encodeChunk,
  eventIdOf,
  type RecordHint,
} from './chunk.ts'
export {
  createFramer,
  DEFAULT_MAX_RECORD_BYTES,
  type FrameBatch,
  type FramedRecord,
  type Framer,
  type Framing,
  type FramingCode,
  type FramingOptions,
  type FramingProblem,
  sniff,
  type TextFraming,
} from './framing/index.ts'
export { type NormaliseHint, normalise } from './normalise.ts'
export { parserIds } from './parsers.ts'
export { derivation } from './provenance.ts'
export { parseTimeMs } from './time.ts'
