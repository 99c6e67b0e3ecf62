export { defaultDecodeLimits, type MmdbValue } from './decode.ts'
export type { MmdbMetadata } from './metadata.ts'
export { MmdbProblem, type MmdbProblemCode } from './problem.ts'
export { type MmdbAnswer, MmdbReader } from './reader.ts'
