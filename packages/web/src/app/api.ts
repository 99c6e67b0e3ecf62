import { createWatchfloorClient } from '@watchfloor/client'
import type { ErrorCode, Problem } from '@watchfloor/contracts/kernel'

/** The server this page came from. The header proves that the call is ours and not a forged one. */
export const client = createWatchfloorClient({ baseUrl: '', headers: { 'x-watchfloor-csrf': '1' } })

/** A call that was refused or failed, with what to do about it. `NETWORK`: the server was not reached. */
export class ApiError extends Error {
  readonly status: number
  readonly code: ErrorCode | 'NETWORK'
  readonly remedy: string | undefined
  readonly requestId: string | undefined
  readonly issues: Problem['issues']
  readonly details: Problem['details']

  constructor(status: number, problem: Omit<Partial<Problem>, 'code'> & { code: ErrorCode | 'NETWORK'; message: string }) {
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

type Scalar = string | number | boolean | undefined | null
interface CallInit {
  readonly params?: { readonly path?: Record<string, string>; readonly query?: Record<string, Scalar> }
  readonly body?: unknown
  readonly signal?: AbortSignal
}
interface Answer {
  readonly data?: unknown
  readonly error?: unknown
  readonly response: Response
}

async function send(method: string, path: string, init: CallInit = {}): Promise<Answer> {
  let url = path
  for (const [name, value] of Object.entries(init.params?.path ?? {})) url = url.replace(`{${name}}`, encodeURIComponent(value))
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(init.params?.query ?? {})) if (value !== undefined && value !== null) query.set(name, String(value))
  if (query.size > 0) url += `?${query}`
  const response = await fetch(url, {
    method,
    credentials: 'same-origin',
    headers: { 'x-watchfloor-csrf': '1', ...(init.body !== undefined && { 'content-type': 'application/json' }) },
    ...(init.body !== undefined && { body: JSON.stringify(init.body) }),
    ...(init.signal && { signal: init.signal }),
  })
  const text = await response.text()
  const json: unknown = text === '' ? undefined : JSON.parse(text)
  return response.ok ? { data: json, response } : { error: json, response }
}

export const api = {
  GET: (path: string, init?: CallInit) => send('GET', path, init),
  POST: (path: string, init?: CallInit) => send('POST', path, init),
  PUT: (path: string, init?: CallInit) => send('PUT', path, init),
  PATCH: (path: string, init?: CallInit) => send('PATCH', path, init),
  DELETE: (path: string, init?: CallInit) => send('DELETE', path, init),
}

const isProblem = (value: unknown): value is Problem => typeof value === 'object' && value !== null && 'code' in value && 'message' in value

/**
 * The data of an answer.
 * @error ApiError for every answer that is no success, and `NETWORK` when there was none
 */
export async function call<T>(answer: Promise<Answer>): Promise<T> {
  let settled: Answer
  try {
    settled = await answer
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new ApiError(0, { code: 'NETWORK', message: 'The server could not be reached.', remedy: 'Check the connection; Watchfloor tries again by itself.' })
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
  error instanceof ApiError && (error.code === 'SESSION_EXPIRED' || (error.code === 'UNAUTHENTICATED' && error.details?.reason !== 'recent-login'))

/** True when a sensitive act wants the password again. */
export const wantsRecentLogin = (error: unknown): boolean => error instanceof ApiError && error.code === 'UNAUTHENTICATED' && error.details?.reason === 'recent-login'
