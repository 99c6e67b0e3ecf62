export type MmdbProblemCode =
  /** No MaxMind DB, or cut off before its metadata. */
  | 'MMDB_NO_METADATA'
  /** A format, record size or address family that the specification does not have. */
  | 'MMDB_UNSUPPORTED'
  /** Parts point outside the file, at each other in circles, or are of a type or size that they must not be. */
  | 'MMDB_CORRUPT'
  /** What was asked for is no address. */
  | 'MMDB_BAD_ADDRESS'

/** Why a database, or a record of it, cannot be read. */
export class MmdbProblem extends Error {
  readonly code: MmdbProblemCode

  constructor(code: MmdbProblemCode, message: string) {
    super(message)
    this.name = 'MmdbProblem'
    this.code = code
  }
}

export const corrupt = (message: string): MmdbProblem =>
  new MmdbProblem('MMDB_CORRUPT', `${message}; fetch the database again`)
