import { z } from 'zod'

/**
 * Every refusal that any part of the product may answer with, and the HTTP status it becomes.
 * A code is stable: callers program against it; the words beside it may change.
 */
export const errorCatalogue = {
  BAD_REQUEST: 400,
  VALIDATION_FAILED: 400,
  QUERY_INVALID: 400,
  UNAUTHENTICATED: 401,
  BAD_CREDENTIALS: 401,
  SECOND_FACTOR_REQUIRED: 401,
  SECOND_FACTOR_WRONG: 401,
  SESSION_EXPIRED: 401,
  FORBIDDEN: 403,
  CSRF_REJECTED: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  STALE_EDIT: 409,
  ALREADY_SET_UP: 409,
  IDEMPOTENCY_KEY_REUSED: 409,
  GONE: 410,
  BODY_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  UNPROCESSABLE: 422,
  RULE_INVALID: 422,
  RULE_SAMPLES_BROKEN: 409,
  ACCOUNT_LOCKED: 423,
  RATE_LIMITED: 429,
  BACK_PRESSURE: 429,
  INTERNAL: 500,
  NOT_READY: 503,
  STORAGE_FULL: 507,
} as const satisfies Record<string, number>

export type ErrorCode = keyof typeof errorCatalogue
export const errorCodes = Object.keys(errorCatalogue) as ErrorCode[]

/** The body of every answer that is not a success. */
export const problem = z.object({
  code: z.enum(errorCodes as [ErrorCode, ...ErrorCode[]]),
  message: z.string(),
  /** What the caller can do about it. */
  remedy: z.string().optional(),
  /** Where in the input: a path such as `body.rules[3].title`, a line, an offset. */
  issues: z.array(z.object({ at: z.string(), message: z.string() })).optional(),
  details: z.record(z.string(), z.unknown()).optional(),
  requestId: z.string(),
})
export type Problem = z.infer<typeof problem>

/** The caller's mistake or a rule of the domain: becomes a 4xx (or 503/507) answer with a stable code; never logged as a fault. */
export class Refusal extends Error {
  readonly code: ErrorCode
  readonly remedy: string | undefined
  readonly issues: { at: string; message: string }[] | undefined
  readonly details: Record<string, unknown> | undefined
  readonly retryAfterSeconds: number | undefined

  constructor(
    code: ErrorCode,
    message: string,
    more: {
      remedy?: string
      issues?: { at: string; message: string }[]
      details?: Record<string, unknown>
      retryAfterSeconds?: number
    } = {},
  ) {
    super(message)
    this.name = 'Refusal'
    this.code = code
    this.remedy = more.remedy
    this.issues = more.issues
    this.details = more.details
    this.retryAfterSeconds = more.retryAfterSeconds
  }

  get status(): number {
    return errorCatalogue[this.code]
  }
}

/** Ends a switch over a union: the compiler refuses it while a case is missing. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value ${JSON.stringify(value)}`)
}
