import type { Problem } from '@watchfloor/contracts/kernel'

/** An answer of the server that is not a success, as an error. `code` is stable; `message` and `remedy` are for people. */
export class ApiProblem extends Error {
  readonly status: number
  readonly code: Problem['code'] | 'UNREADABLE_ANSWER'
  readonly problem: Problem | undefined
  /** Seconds after which the server asks to try again. */
  readonly retryAfterSeconds: number | undefined

  constructor(response: Response, body: unknown) {
    const problem = isProblem(body) ? body : undefined
    super(problem?.message ?? `the server answered ${response.status} ${response.statusText}`.trim())
    this.name = 'ApiProblem'
    this.status = response.status
    this.code = problem?.code ?? 'UNREADABLE_ANSWER'
    this.problem = problem
    const retryAfter = Number(response.headers.get('retry-after'))
    this.retryAfterSeconds = retryAfter > 0 ? retryAfter : undefined
  }

  get remedy(): string | undefined {
    return this.problem?.remedy
  }
}

const isProblem = (body: unknown): body is Problem =>
  typeof body === 'object' &&
  body !== null &&
  'code' in body &&
  'message' in body &&
  typeof body.code === 'string' &&
  typeof body.message === 'string'

/** What a call of the client resolves to. */
interface CallResult<Data> {
  readonly data?: Data
  readonly error?: unknown
  readonly response: Response
}

/** The data of a call. @error ApiProblem when the answer was no success */
export function unwrap<Data>(result: CallResult<Data>): Data {
  if (!result.response.ok) throw new ApiProblem(result.response, result.error)
  return result.data as Data
}
