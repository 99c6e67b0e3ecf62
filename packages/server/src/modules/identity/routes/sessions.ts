import {
  confirmLogin,
  login,
  me,
  refresh,
  revokedCount,
  sessionList,
  sessionParams,
  tokenPair,
} from '@watchfloor/contracts/identity'
import { jsonRoute, type Route } from '../../../platform/http/route.ts'
import { sessionCookie } from '../callers.ts'
import type { IdentityServices } from '../service.ts'
import { knownOf, originOf, personOf, setSession } from './calls.ts'

const loginErrors = [
  'BAD_CREDENTIALS',
  'SECOND_FACTOR_REQUIRED',
  'SECOND_FACTOR_WRONG',
  'ACCOUNT_LOCKED',
  'BACK_PRESSURE',
] as const

/** How often a network may call where nobody is signed in yet; the tries at passwords have a limit of their own. */
const publicPerMinute = 300

export const sessionRoutes = (services: IdentityServices): Route[] => [
  jsonRoute({
    method: 'POST',
    path: '/api/v1/session',
    operationId: 'login',
    summary: 'Signs a browser in: sets the session cookie',
    permission: 'public',
    rateLimitPerMinute: publicPerMinute,
    body: login,
    output: me,
    errors: loginErrors,
    async handle({ body }, context) {
      const origin = originOf(context)
      const { account, factor } = await services.login.prove(body, origin)
      const { session, cookie } = await services.sessions.openBrowser(account, origin, factor)
      setSession(context, cookie)
      return services.own.me({ kind: 'session', account, session })
    },
  }),
  jsonRoute({
    method: 'DELETE',
    path: '/api/v1/session',
    operationId: 'logout',
    summary: 'Ends this session',
    permission: 'self',
    async handle(_input, context) {
      const { account, session } = await personOf(services, context)
      await services.sessions.end(account, session.id, originOf(context))
      context.answer.clearCookie(sessionCookie, '/')
    },
  }),
  jsonRoute({
    method: 'POST',
    path: '/api/v1/session/confirm',
    operationId: 'confirmLogin',
    summary: 'Takes the password again, for sensitive acts',
    permission: 'self',
    body: confirmLogin,
    output: me,
    errors: ['BAD_CREDENTIALS', 'ACCOUNT_LOCKED'],
    async handle({ body }, context) {
      const person = await personOf(services, context)
      setSession(context, await services.own.confirmLogin(person, body.password, originOf(context)))
      const session = { ...person.session, authenticated_ms: services.parts.clock.now() }
      return services.own.me({ ...person, session })
    },
  }),
  jsonRoute({
    method: 'GET',
    path: '/api/v1/me/sessions',
    operationId: 'listSessions',
    summary: 'Where you are signed in',
    permission: 'self',
    output: sessionList,
    async handle(_input, context) {
      const { account, session } = await personOf(services, context)
      return { items: await services.sessions.list(account, session.id) }
    },
  }),
  jsonRoute({
    method: 'DELETE',
    path: '/api/v1/me/sessions',
    operationId: 'revokeOtherSessions',
    summary: 'Ends all your sessions but this one',
    permission: 'self',
    output: revokedCount,
    async handle(_input, context) {
      const { account, session } = await personOf(services, context)
      return { revoked: await services.sessions.endOthers(account, session.id, originOf(context)) }
    },
  }),
  jsonRoute({
    method: 'DELETE',
    path: '/api/v1/me/sessions/{sessionId}',
    operationId: 'revokeSession',
    summary: 'Ends one of your sessions',
    permission: 'self',
    params: sessionParams,
    errors: ['NOT_FOUND'],
    async handle({ params }, context) {
      const { account } = await personOf(services, context)
      await services.sessions.end(account, params.sessionId, originOf(context))
    },
  }),
  jsonRoute({
    method: 'POST',
    path: '/api/v1/tokens',
    operationId: 'issueToken',
    summary: 'Signs an API client in: an access token for ten minutes and a refresh token',
    permission: 'public',
    rateLimitPerMinute: publicPerMinute,
    body: login,
    output: tokenPair,
    errors: loginErrors,
    async handle({ body }, context) {
      const origin = originOf(context)
      const { account, factor } = await services.login.prove(body, origin)
      return services.sessions.openTokens(account, origin, factor)
    },
  }),
  jsonRoute({
    method: 'POST',
    path: '/api/v1/tokens/refresh',
    operationId: 'refreshToken',
    summary: 'Exchanges a refresh token, once, for the next pair',
    permission: 'public',
    rateLimitPerMinute: publicPerMinute,
    body: refresh,
    output: tokenPair,
    handle: ({ body }, context) => services.sessions.refresh(body.refreshToken, originOf(context)),
  }),
  jsonRoute({
    method: 'POST',
    path: '/api/v1/tokens/revoke',
    operationId: 'revokeToken',
    summary: 'Ends the session of a refresh token',
    permission: 'public',
    rateLimitPerMinute: publicPerMinute,
    body: refresh,
    handle: ({ body }, context) => services.sessions.revokeRefreshToken(body.refreshToken, originOf(context)),
  }),
  jsonRoute({
    method: 'GET',
    path: '/api/v1/me',
    operationId: 'getMe',
    summary: 'Who you are and what you may do',
    permission: 'self',
    output: me,
    handle: async (_input, context) => services.own.me(await knownOf(services, context)),
  }),
]
