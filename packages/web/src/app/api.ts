import { createWatchfloorClient } from '@watchfloor/client'
import type { ErrorCode, Problem } from '@watchfloor/contracts/kernel'

/**
 * The server this page came from: paths, parameters and bodies are checked against its OpenAPI document. The header proves
 * that the call is ours and not a forged one.
 */
export const api = createWatchfloorClient({
  baseUrl: globalThis.location?.origin ?? '',
  headers: { 'x-watchfloor-csrf': '1' },
})

/** A call that was refused or failed, with what to do about it. `NETWORK`: the server was not reached. */
export class ApiError extends Error {
  readonly status: number
  readonly code: ErrorCode | 'NETWORK'
  readonly remedy: string | undefined
  readonly requestId: string | undefined
  readonly issues: Problem['issues']
  readonly details: Problem['details']

  constructor(
    status: number,
    problem: Omit<Partial<Problem>, 'code'> & { code: ErrorCode | 'NETWORK'; message: string },
  ) {
    super(problem.message)
    this.name = 'ApiError'
    this.status = status
    this.code = problem.code
    this.remedy = problem.remedy
    this.requestId = problem.requestId
    this.issues = problem.issues
    this.details = problem.details
  }
}

/** A type as the wire has it: ids are plain text there. */
type Wire<T> = T extends string & { readonly __id: string }
  ? string
  : T extends object
    ? { readonly [K in keyof T]: Wire<T[K]> }
    : T

interface Answer<Data = unknown> {
  readonly data?: Data | undefined
  readonly error?: unknown
  readonly response: Response
}

const isProblem = (value: unknown): value is Problem =>
  typeof value === 'object' && value !== null && 'code' in value && 'message' in value

/**
 * The data of an answer, which the compiler compares with what the document of the server says.
 * @error ApiError for every answer that is no success, and `NETWORK` when there was none
 */
export async function call<T>(answer: Promise<Answer<Wire<T>>>): Promise<T> {
  let settled: Answer
  try {
    settled = await answer
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new ApiError(0, {
      code: 'NETWORK',
      message: 'The server could not be reached.',
      remedy: 'Check the connection; Watchfloor tries again by itself.',
    })
  }
  const { data, error, response } = settled
  if (response.ok) return data as T
  if (isProblem(error)) throw new ApiError(response.status, error)
  throw new ApiError(response.status, {
    code: response.status >= 500 ? 'INTERNAL' : 'BAD_REQUEST',
    message: `The server answered ${response.status} without saying why.`,
    remedy: 'Try again; if it stays so, look at the server’s log.',
    ...(response.headers.get('x-request-id') && { requestId: response.headers.get('x-request-id')! }),
  })
}

/** True when the person has to sign in again. */
export const isSessionEnd = (error: unknown): boolean =>
  error instanceof ApiError &&
  (error.code === 'SESSION_EXPIRED' || (error.code === 'UNAUTHENTICATED' && error.details?.reason !== 'recent-login'))

/** True when a sensitive act wants the password again. */
export const wantsRecentLogin = (error: unknown): boolean =>
  error instanceof ApiError && error.code === 'UNAUTHENTICATED' && error.details?.reason === 'recent-login'
