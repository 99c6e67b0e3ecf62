import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import compress from '@fastify/compress'
import cookie from '@fastify/cookie'
import { type Permission, type Problem, Refusal } from '@watchfloor/contracts/kernel'
import fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerOptions,
} from 'fastify'
import type { Cache } from '../cache/cache.ts'
import type { Clock } from '../clock/clock.ts'
import type { Log } from '../log/log.ts'
import type { Metrics } from '../metrics/metrics.ts'
import { type Authenticate, createAdmission } from './admission.ts'
import { answerProblem } from './problem.ts'
import type { Route } from './route.ts'
import { checkRoutes, routerPath } from './route-table.ts'
import { registerSecurityHeaders } from './security-headers.ts'
import { type ServeParts, serveRoute } from './serve-route.ts'
import { isPagePath, registerWebFiles } from './web-files.ts'

export interface HttpOptions {
  /** Folder of the built interface. */
  readonly webRoot?: string
  /** Holds every answer against its schema: for tests and development. */
  readonly checkOutputs?: boolean
  /** Where people reach the server, e.g. `https://floor.example.org`; its origin counts as our own. */
  readonly publicUrl?: string
  /** Proxies whose `x-forwarded-*` headers are believed: all of them, or addresses and networks separated by commas. */
  readonly trustProxy?: boolean | string
  readonly tls?: { readonly keyFile: string; readonly certFile: string }
  /** Calls per caller, route and minute where the route says nothing. */
  readonly defaultRateLimitPerMinute?: number
  readonly bodyLimitBytes?: number
  readonly heartbeatMs?: number
  /** A live stream whose reader takes nothing for this long is cut off. */
  readonly stallMs?: number
  /** How often an open stream's reader is asked again whether they may read it. */
  readonly recheckMs?: number
}

export interface HttpServerParts {
  readonly routes: readonly Route[]
  readonly authenticate: Authenticate
  /** Every permission the modules declare. */
  readonly permissions: Iterable<{ readonly name: Permission }>
  readonly log: Log
  readonly metrics: Metrics
  readonly cache: Cache
  readonly clock: Clock
  readonly options?: HttpOptions
}

export interface HttpServer {
  /** @throws Error with the remedy when the address cannot be had */
  listen(where: { host: string; port: number }): Promise<{ host: string; port: number; url: string }>
  inject: FastifyInstance['inject']
  /** Stops accepting, ends live streams, waits for running requests up to `timeoutMs` (10 s), then cuts them off. */
  close(options?: { timeoutMs?: number }): Promise<void>
  readonly fastify: FastifyInstance
}

/** The address cannot be had; the message says why and what to do. */
export class CannotListen extends Error {}

/** What is left of a refused body is read for this long, so that the caller gets to read the answer. */
const drainMs = 5000

const saneRequestId = /^[\w.:-]{1,100}$/

function requestIdOf(request: { headers: IncomingMessage['headers'] }): string {
  const given = request.headers['x-request-id']
  return typeof given === 'string' && saneRequestId.test(given) ? given : randomUUID()
}

/** Answers what is no HTTP at all; no route has seen it. */
function answerClientError(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return
  if (!socket.writable) return void socket.destroy()
  const body = JSON.stringify({ code: 'BAD_REQUEST', message: 'this is no HTTP request', requestId: randomUUID() })
  const head = `HTTP/1.1 400 Bad Request\r\ncontent-type: application/json; charset=utf-8\r\nconnection: close`
  socket.end(`${head}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
}

/** Answers a path that cannot be decoded; hooks and error handler have not seen it. */
function answerRouterError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const body: Problem = { code: 'BAD_REQUEST', message: error.message, requestId: request.id }
  reply.code(400).type('application/json; charset=utf-8').send(JSON.stringify(body))
}

function createFastify(options: HttpOptions): FastifyInstance {
  const { tls } = options
  const https = tls && { key: readFileSync(tls.keyFile), cert: readFileSync(tls.certFile) }
  const settings: FastifyServerOptions = {
    logger: false,
    genReqId: requestIdOf,
    requestIdHeader: false,
    trustProxy: options.trustProxy ?? false,
    exposeHeadRoutes: false,
    // Answered by our own hook, in the form of every other refusal.
    return503OnClosing: false,
    requestTimeout: 300_000,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 1000 },
    clientErrorHandler: answerClientError,
    frameworkErrors: answerRouterError,
  }
  const settingsWithTls = { ...settings, ...(https && { https }) }
  return fastify(settingsWithTls)
}

/** Bodies stay streams: the handlers read them, after the gate. */
function leaveBodiesAlone(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, _payload, done) => done(null, undefined))
}

/**
 * An answer to a request whose body nobody reads to its end goes out at once, but is finished only after the rest was read or took
 * too long: a sender that is still writing would meet a closed connection and never see the answer.
 */
async function answerBeforeTheRest({ raw }: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<unknown> {
  if (raw.complete || raw.readableEnded || raw.destroyed || (typeof payload !== 'string' && !Buffer.isBuffer(payload)))
    return payload
  // Named, so that compression leaves it alone: it would hold the answer back until its end.
  reply.header('content-encoding', 'identity').header('content-length', Buffer.byteLength(payload))
  return Readable.from(
    (async function* () {
      yield payload
      await drained(raw)
    })(),
  )
}

async function drained(raw: IncomingMessage): Promise<void> {
  raw.resume()
  if (!raw.destroyed) await finished(raw, { writable: false, signal: AbortSignal.timeout(drainMs) }).catch(() => {})
}

function measure(app: FastifyInstance, metrics: Metrics, clock: Clock, log: Log): void {
  const duration = metrics.histogram('watchfloor_http_request_duration_seconds', 'Time to answer a request', {
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    labelNames: ['operation', 'method', 'status'],
  })
  const begun = new WeakMap<FastifyRequest, number>()
  app.addHook('onRequest', async (request) => void begun.set(request, clock.monotonic()))
  app.addHook('onResponse', async (request, reply) => {
    const durationMs = clock.monotonic() - (begun.get(request) ?? clock.monotonic())
    const { method } = request
    const operation = operationOf(request)
    duration.observe(durationMs / 1000, { operation, method, status: String(reply.statusCode) })
    log.debug('answered', { operation, method, status: reply.statusCode, durationMs, requestId: request.id })
  })
}

const operationOf = (request: FastifyRequest): string =>
  (request.routeOptions.config as { operationId?: string }).operationId ?? 'none'

function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply, log: Log): FastifyReply {
  const where = { requestId: request.id, operation: operationOf(request) }
  // The caller went away in the middle of its body: nobody is there to answer, and nothing is wrong here.
  if (request.raw.destroyed && !request.raw.complete) {
    log.debug('a caller went away before its request was read', { ...where, error })
    return reply.code(400).send()
  }
  const { status, headers, body } = answerProblem(error, where, log)
  for (const name of ['content-encoding', 'content-length', 'content-disposition', 'etag']) reply.removeHeader(name)
  return reply
    .code(status)
    .headers({ ...headers, 'cache-control': 'no-store' })
    .type('application/json; charset=utf-8')
    .send(JSON.stringify(body))
}

/**
 * The HTTP side of the product, from routes as data.
 * @throws RouteTableInvalid when the routes cannot be served as they are
 */
export function createHttpServer(parts: HttpServerParts): HttpServer {
  const { routes, log, metrics, cache, clock, options = {} } = parts
  checkRoutes(routes, parts.permissions)
  const app = createFastify(options)
  const publicUrl = options.publicUrl ? new URL(options.publicUrl) : undefined
  const tls = options.tls !== undefined || publicUrl?.protocol === 'https:'
  const running = new Set<AbortController>()
  const liveStreams = new Set<AbortController>()
  let closing: Promise<void> | undefined

  const admit = createAdmission({
    authenticate: parts.authenticate,
    cache,
    log,
    defaultRateLimitPerMinute: options.defaultRateLimitPerMinute ?? 1200,
    ownOrigins: publicUrl ? [publicUrl.origin] : [],
  })
  const serveParts: ServeParts = {
    admit,
    log,
    secureCookies: tls,
    checkOutputs: options.checkOutputs ?? false,
    defaultBodyLimitBytes: options.bodyLimitBytes ?? 1024 * 1024,
    live: {
      heartbeatMs: options.heartbeatMs ?? 15_000,
      stallMs: options.stallMs ?? 30_000,
      recheckMs: options.recheckMs ?? 3000,
    },
    running,
    liveStreams,
  }

  leaveBodiesAlone(app)
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
    if (request.url.startsWith('/api/')) reply.header('cache-control', 'no-store')
    if (closing) throw new Refusal('NOT_READY', 'the server is stopping', { retryAfterSeconds: 5 })
  })
  app.addHook('onSend', async (request, reply, payload) => {
    if (closing) reply.header('connection', 'close')
    return answerBeforeTheRest(request, reply, payload)
  })
  measure(app, metrics, clock, log)
  app.setErrorHandler((error, request, reply) => sendProblem(error, request, reply, log))
  registerSecurityHeaders(app, { tls })
  app.register(compress, { global: true, globalDecompression: false, encodings: ['br', 'gzip'], threshold: 1024 })
  app.register(cookie)
  const firstPage = registerWebFiles(app, options.webRoot)
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '/'
    if (isPagePath(request.method, path)) return firstPage(request, reply.header('cache-control', 'no-cache'))
    const refusal = new Refusal('NOT_FOUND', `there is no ${request.method} ${path.slice(0, 200)}`, {
      ...(path.startsWith('/api/') && { remedy: 'GET /api/v1/openapi.json lists what there is' }),
    })
    return sendProblem(refusal, request, reply, log)
  })
  app.register(async (scope) => {
    for (const route of routes)
      scope.route({
        method: route.method,
        url: routerPath(route.path),
        config: { operationId: route.operationId },
        exposeHeadRoute: route.method === 'GET' && route.kind === 'json',
        handler: serveRoute(route, serveParts),
      })
  })

  async function closeGracefully(timeoutMs: number): Promise<void> {
    for (const stream of liveStreams) stream.abort()
    const timer = setTimeout(() => {
      log.warn('requests were cut off: they outlasted the time to stop', { requests: running.size, timeoutMs })
      for (const request of running) request.abort()
      app.server.closeAllConnections()
    }, timeoutMs)
    await app.close()
    clearTimeout(timer)
  }

  return {
    fastify: app,
    inject: app.inject.bind(app),
    async listen({ host, port }) {
      try {
        await app.listen({ host, port })
      } catch (error) {
        throw listenFault(error, host, port)
      }
      const address = app.server.address()
      const bound = typeof address === 'object' && address ? address.port : port
      const shownHost = host.includes(':') ? `[${host}]` : host
      return { host, port: bound, url: `${options.tls ? 'https' : 'http'}://${shownHost}:${bound}` }
    },
    close({ timeoutMs = 10_000 } = {}) {
      closing ??= closeGracefully(timeoutMs)
      return closing
    },
  }
}

function listenFault(error: unknown, host: string, port: number): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  const where = `${host} port ${port}`
  if (code === 'EADDRINUSE')
    return new CannotListen(`${where} is taken by another program; stop it or set WATCHFLOOR_PORT`, { cause: error })
  if (code === 'EACCES')
    return new CannotListen(`this user may not listen on ${where}; set WATCHFLOOR_PORT to 1024 or above`, {
      cause: error,
    })
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return new CannotListen(`this machine has no address ${host}; set WATCHFLOOR_HOST to one it has`, { cause: error })
  return error
}
