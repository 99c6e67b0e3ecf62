import { type Actor, Refusal } from '@watchfloor/contracts/kernel'
import type { Cache } from '../cache/cache.ts'
import type { Log } from '../log/log.ts'
import { callerNetwork } from './caller-address.ts'
import type { Route } from './route.ts'

/** What a request shows of its sender. */
export interface Credentials {
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly cookies: Readonly<Record<string, string | undefined>>
  readonly ip: string
}

export interface Caller {
  readonly actor: Actor
  /** How they proved who they are; `none`: they did not. */
  readonly via: 'session' | 'bearer' | 'api-key' | 'none'
}

/**
 * Tells who calls. Answers `via: 'none'` for a request without credentials.
 * @throws Refusal for credentials that do not hold; a public route takes the caller as nobody then
 */
export type Authenticate = (request: Credentials) => Promise<Caller>

const nobody: Caller = {
  actor: { kind: 'system', id: 'nobody', name: 'nobody', roles: [], permissions: new Set() },
  via: 'none',
}

const windowMs = 60_000

export interface AdmissionParts {
  readonly authenticate: Authenticate
  readonly cache: Cache
  readonly log: Log
  readonly defaultRateLimitPerMinute: number
  /** Origins besides the request's own from which the interface may be served. */
  readonly ownOrigins: readonly string[]
}

/** What admission looks at. `host` is the one the caller addressed, with its port. */
export interface Admitted extends Credentials {
  readonly method: string
  readonly host: string
}

function requirePermission(route: Route, caller: Caller): void {
  if (route.permission === 'public') return
  if (caller.via === 'none')
    throw new Refusal('UNAUTHENTICATED', 'this needs a signed-in caller', {
      remedy: 'sign in, or send an API key or access token',
    })
  if (route.permission !== 'self' && !caller.actor.permissions.has(route.permission))
    throw new Refusal('FORBIDDEN', `this needs the permission ${route.permission}`, {
      remedy: 'ask an administrator for a role that has it',
      details: { permission: route.permission },
    })
}

function hostOf(origin: string): string | undefined {
  try {
    return new URL(origin).host
  } catch {
    return undefined
  }
}

/**
 * A browser attaches the session cookie to requests that other sites cause. Only what another site cannot forge counts:
 * the browser's own word on where the request came from, or a header that cross-site requests cannot carry.
 */
function requireSameOrigin(request: Admitted, ownOrigins: readonly string[]): void {
  const { headers } = request
  if (headers['x-watchfloor-csrf'] === '1') return
  if (headers['sec-fetch-site'] === 'same-origin') return
  const { origin } = headers
  if (headers['sec-fetch-site'] === undefined && origin !== undefined && origin !== 'null')
    if (ownOrigins.includes(origin) || hostOf(origin) === request.host.toLowerCase()) return
  throw new Refusal('CSRF_REJECTED', 'this change does not come from the interface itself', {
    remedy: 'with a session cookie, send the header x-watchfloor-csrf: 1; programs use an API key instead',
  })
}

/** The gate before every route: who calls, how often, whether they may, and whether it is themselves who want it. */
export function createAdmission(parts: AdmissionParts): (route: Route, request: Admitted) => Promise<Caller> {
  const { authenticate, cache, log, ownOrigins } = parts

  async function takeTurn(route: Route, who: string): Promise<void> {
    const limit = route.rateLimitPerMinute ?? parts.defaultRateLimitPerMinute
    let turn: Awaited<ReturnType<Cache['take']>>
    try {
      turn = await cache.take(`rate:${route.operationId}:${who}`, limit, windowMs)
    } catch (error) {
      // A lost cache must not stop the floor: limits are off until it is back.
      log.warn('rate limits could not be counted', { operation: route.operationId, error })
      return
    }
    if (turn.allowed) return
    throw new Refusal('RATE_LIMITED', `more than ${limit} calls a minute`, {
      retryAfterSeconds: turn.retryAfterMs / 1000,
    })
  }

  async function whoCalls(route: Route, request: Admitted): Promise<Caller> {
    const network = `ip:${callerNetwork(request.ip)}`
    let caller: Caller
    try {
      caller = await authenticate(request)
    } catch (error) {
      await takeTurn(route, network)
      if (route.permission === 'public' && error instanceof Refusal) return nobody
      throw error
    }
    await takeTurn(route, caller.via === 'none' ? network : `${caller.actor.kind}:${caller.actor.id}`)
    return caller
  }

  return async (route, request) => {
    const caller = await whoCalls(route, request)
    requirePermission(route, caller)
    const changes = request.method !== 'GET' && request.method !== 'HEAD'
    if (changes && caller.via === 'session') requireSameOrigin(request, ownOrigins)
    return caller
  }
}
