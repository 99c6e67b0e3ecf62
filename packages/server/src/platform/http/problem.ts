import { type ErrorCode, errorCatalogue, type Problem, Refusal } from '@watchfloor/contracts/kernel'
import type { Log } from '../log/log.ts'

/** The framework's own refusals, by the status they carry. */
const codeByStatus: Readonly<Record<number, ErrorCode>> = {
  400: 'BAD_REQUEST',
  404: 'NOT_FOUND',
  413: 'BODY_TOO_LARGE',
  414: 'BAD_REQUEST',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  429: 'RATE_LIMITED',
  431: 'BAD_REQUEST',
  503: 'NOT_READY',
}

function frameworkRefusal(error: unknown): Refusal | undefined {
  if (!(error instanceof Error) || !('code' in error) || !('statusCode' in error)) return undefined
  if (!String(error.code).startsWith('FST_')) return undefined
  const code = codeByStatus[Number(error.statusCode)]
  return code && new Refusal(code, error.message)
}

/** What a thrown thing becomes on the wire. */
export interface ProblemAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Problem
}

function answerOf(refusal: Refusal, requestId: string): ProblemAnswer {
  const { code, message, remedy, issues, details, retryAfterSeconds } = refusal
  const headers: Record<string, string> = {}
  if (retryAfterSeconds !== undefined) headers['retry-after'] = String(Math.max(1, Math.ceil(retryAfterSeconds)))
  if (refusal.status === 401) headers['www-authenticate'] = 'Bearer realm="watchfloor"'
  const body: Problem = {
    code,
    message,
    ...(remedy !== undefined && { remedy }),
    ...(issues !== undefined && { issues }),
    ...(details !== undefined && { details }),
    requestId,
  }
  return { status: errorCatalogue[code], headers, body }
}

/**
 * Turns what a route threw into an answer. A refusal speaks for itself; anything else is a bug: logged with its stack,
 * and answered without a word of it.
 */
export function answerProblem(
  error: unknown,
  where: { readonly requestId: string; readonly operation: string },
  log: Log,
): ProblemAnswer {
  const refusal = error instanceof Refusal ? error : frameworkRefusal(error)
  if (refusal) return answerOf(refusal, where.requestId)
  log.error('a request failed unexpectedly', {
    ...where,
    error: error instanceof Error ? error : new Error(`thrown: ${String(error)}`),
  })
  const internal = new Refusal('INTERNAL', 'something went wrong on the server', {
    remedy: 'the server log says more under this request id',
  })
  return answerOf(internal, where.requestId)
}
