export { MAX_DEPTH, MAX_DERIVED_CHARS, MAX_FIELDS } from './builder.ts'
export { type NormaliseHint, normalise } from './normalise.ts'
export { derivation } from './provenance.ts'
export { parseTimeMs } from './time.ts'
