import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Admitted, Caller } from './admission.ts'
import { normaliseIp } from './caller-address.ts'
import type { CallContext } from './route.ts'

export interface ContextOptions {
  /** Cookies travel over TLS alone. */
  readonly secureCookies: boolean
}

function flatHeaders(request: FastifyRequest): Record<string, string | undefined> {
  const flat: Record<string, string | undefined> = {}
  for (const [name, value] of Object.entries(request.headers))
    flat[name] = Array.isArray(value) ? value.join(', ') : value
  return flat
}

/** What admission needs of a request. */
export const shownBy = (request: FastifyRequest): Admitted => ({
  method: request.method,
  host: request.host,
  headers: flatHeaders(request),
  cookies: request.cookies,
  ip: normaliseIp(request.ip),
})

const answerOf = (reply: FastifyReply, { secureCookies }: ContextOptions): CallContext['answer'] => ({
  header: (name, value) => void reply.header(name, value),
  setCookie: (name, value, { httpOnly = true, maxAgeSeconds, path = '/', sameSite = 'strict' }) =>
    void reply.setCookie(name, value, {
      httpOnly,
      path,
      sameSite,
      secure: secureCookies,
      ...(maxAgeSeconds !== undefined && { maxAge: maxAgeSeconds }),
    }),
  clearCookie: (name, path = '/') =>
    void reply.clearCookie(name, { path, httpOnly: true, sameSite: 'strict', secure: secureCookies }),
})

export function contextOf(
  reply: FastifyReply,
  caller: Caller,
  shown: Admitted,
  signal: AbortSignal,
  options: ContextOptions,
): CallContext {
  const { headers, cookies, ip } = shown
  const requestId = reply.request.id
  const userAgent = (headers['user-agent'] ?? '').slice(0, 500)
  return {
    actor: { ...caller.actor, origin: { ip, userAgent, requestId } },
    requestId,
    ip,
    userAgent,
    answer: answerOf(reply, options),
    headers,
    cookies,
    signal,
  }
}
