/** Why the database could not answer; the caller may try again or degrade. */
export type SqlFailureReason = 'timeout' | 'unavailable' | 'closed'

/** An operational failure of the database: nothing is wrong with the statement itself. */
export class SqlFailure extends Error {
  readonly reason: SqlFailureReason

  constructor(reason: SqlFailureReason, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'SqlFailure'
    this.reason = reason
  }
}

/** A mistake in our own code about transactions: it would hang or lose data, so it throws at once. */
export class SqlMisuse extends Error {
  override readonly name = 'SqlMisuse'
}

/** The database does not fit this program: what a person must do is in the message. */
export class SchemaMismatch extends Error {
  override readonly name = 'SchemaMismatch'
}

const field = (error: unknown, name: string): string | undefined => {
  if (typeof error !== 'object' || error === null || !(name in error)) return undefined
  const value: unknown = Reflect.get(error, name)
  return typeof value === 'string' ? value : undefined
}

/** The five-character SQLSTATE of an error that PostgreSQL reported. */
export function sqlState(error: unknown): string | undefined {
  const code = field(error, 'code')
  return code !== undefined && /^[0-9A-Z]{5}$/.test(code) ? code : undefined
}

/** True for a broken unique constraint or index; of that name, when one is given. */
export const isUniqueViolation = (error: unknown, constraint?: string): boolean =>
  sqlState(error) === '23505' && (constraint === undefined || field(error, 'constraint') === constraint)

/** A serialisation failure or a deadlock: the same transaction may pass when tried again. */
export const isWorthRetrying = (error: unknown): boolean => {
  const state = sqlState(error)
  return state === '40001' || state === '40P01'
}

const networkErrors = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'ETIMEDOUT', 'EPIPE', 'EAI_AGAIN', 'ENOENT'])

/** Turns what the driver throws into a `SqlFailure` when the database is the cause; leaves every other error as it is. */
export function asSqlFailure(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof SqlFailure) return error
  const state = sqlState(error)
  if (state === '57014')
    return new SqlFailure('timeout', `the database stopped a statement: ${error.message}`, { cause: error })
  const lost =
    state !== undefined
      ? state.startsWith('08') || state.startsWith('57P') || state === '53300'
      : networkErrors.has(field(error, 'code') ?? '') ||
        /^Connection terminated|^timeout exceeded when|not queryable$/.test(error.message)
  if (lost) return new SqlFailure('unavailable', `the database does not answer: ${error.message}`, { cause: error })
  return error
}
