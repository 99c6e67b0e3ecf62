import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import type { Log } from '../log/log.ts'
import type { Caller } from './admission.ts'
import { contextOf, shownBy } from './call-context.ts'
import { checkOutput, listFields, parseInput, queryValue } from './call-input.ts'
import { readJsonBody } from './json-body.ts'
import { type LiveStreamOptions, writeLiveStream } from './live-stream.ts'
import type { CallContext, JsonRoute, LiveRoute, RawRoute, Route } from './route.ts'

export interface ServeParts {
  readonly admit: (route: Route, request: ReturnType<typeof shownBy>) => Promise<Caller>
  readonly log: Log
  readonly secureCookies: boolean
  readonly checkOutputs: boolean
  readonly defaultBodyLimitBytes: number
  readonly live: LiveStreamOptions
  /** Requests that are being answered; aborted when the server stops. */
  readonly running: Set<AbortController>
  readonly liveStreams: Set<AbortController>
}

export type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>

/** Not destroyed when a handler leaves its loop early: the socket must stay to carry the answer. */
const requestBytes = (request: FastifyRequest): AsyncIterable<Uint8Array> => ({
  [Symbol.asyncIterator]: () => request.raw.iterator({ destroyOnReturn: false }) as AsyncIterator<Uint8Array>,
})

async function admitted(
  route: Route,
  request: FastifyRequest,
  reply: FastifyReply,
  parts: ServeParts,
): Promise<{ context: CallContext; abort: AbortController; admitAgain: () => Promise<void> }> {
  const abort = new AbortController()
  parts.running.add(abort)
  reply.raw.once('close', () => {
    parts.running.delete(abort)
    if (!reply.raw.writableFinished) abort.abort()
  })
  const shown = shownBy(request)
  const caller = await parts.admit(route, shown)
  const admitAgain = async () => void (await parts.admit(route, shown))
  return { context: contextOf(reply, caller, shown, abort.signal, parts), abort, admitAgain }
}

function jsonBody(route: JsonRoute, request: FastifyRequest, parts: ServeParts): Promise<unknown> | undefined {
  if (!route.body) return undefined
  return readJsonBody({
    body: requestBytes(request),
    contentType: request.headers['content-type'],
    contentEncoding: request.headers['content-encoding'],
    contentLengthBytes: Number(request.headers['content-length'] ?? Number.NaN),
    limitBytes: route.bodyLimitBytes ?? parts.defaultBodyLimitBytes,
  })
}

function serveJson(route: JsonRoute, parts: ServeParts): Handler {
  const lists = listFields(route.query)
  return async (request, reply) => {
    const { context } = await admitted(route, request, reply, parts)
    const body = await jsonBody(route, request, parts)
    const input = parseInput([
      { name: 'params', schema: route.params, value: request.params },
      { name: 'query', schema: route.query, value: queryValue(request.query, lists) },
      { name: 'body', schema: route.body, value: body },
    ])
    const answer: unknown = await route.handle(input, context)
    if (!route.output) return reply.code(route.status ?? 204).send()
    const text = JSON.stringify(answer)
    if (text === undefined) throw new Error(`${route.operationId} answered nothing, though it has an output`)
    if (parts.checkOutputs) checkOutput(route.operationId, route.output, text)
    return reply
      .code(route.status ?? 200)
      .type('application/json; charset=utf-8')
      .send(text)
  }
}

type RawBody = Awaited<ReturnType<RawRoute['handle']>>['body']

function sendable(body: RawBody, reply: FastifyReply, log: Log): string | Buffer | Readable | undefined {
  if (body === undefined || typeof body === 'string') return body
  if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  const stream = Readable.from(body, { objectMode: false })
  stream.on('error', (error) => {
    // Before that, the error handler still answers; afterwards breaking off is all that can be told.
    if (reply.raw.headersSent) log.error('an answer broke off while it was sent', { error })
  })
  return stream
}

function serveRaw(route: RawRoute, parts: ServeParts): Handler {
  const lists = listFields(route.query)
  return async (request, reply) => {
    const { context } = await admitted(route, request, reply, parts)
    const { params, query } = parseInput([
      { name: 'params', schema: route.params, value: request.params },
      { name: 'query', schema: route.query, value: queryValue(request.query, lists) },
    ])
    const answer = await route.handle(
      { params: params as never, query: query as never, body: requestBytes(request) },
      context,
    )
    reply.code(answer.status).headers({ ...answer.headers })
    const where = { operation: route.operationId, requestId: context.requestId }
    return reply.send(sendable(answer.body, reply, parts.log.child(where)))
  }
}

const liveHeaders = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store, no-transform',
  // nginx would collect the stream instead of passing it on.
  'x-accel-buffering': 'no',
}

function lastEventId(request: FastifyRequest): string | undefined {
  const value = request.headers['last-event-id']
  return typeof value === 'string' && value !== '' ? value.slice(0, 200) : undefined
}

function serveLive(route: LiveRoute, parts: ServeParts): Handler {
  const lists = listFields(route.query)
  return async (request, reply) => {
    const { context, abort, admitAgain } = await admitted(route, request, reply, parts)
    const { query } = parseInput([{ name: 'query', schema: route.query, value: queryValue(request.query, lists) }])
    const messages = route.handle({ query: query as never, lastEventId: lastEventId(request) }, context)
    const headers = { ...reply.getHeaders(), ...liveHeaders } as Record<string, string>
    reply.hijack()
    reply.raw.writeHead(200, headers)
    parts.running.delete(abort)
    parts.liveStreams.add(abort)
    // A stream must not outlive its session: who may no longer call the route is not told anything more.
    const recheck = setInterval(() => {
      admitAgain().catch(() => abort.abort())
    }, parts.live.recheckMs)
    try {
      const log = parts.log.child({ operation: route.operationId, requestId: context.requestId })
      await writeLiveStream(reply.raw, messages, abort.signal, log, parts.live)
    } finally {
      clearInterval(recheck)
      parts.liveStreams.delete(abort)
    }
    return reply
  }
}

/** The handler that serves a route: admission, then input, then the route's own work, then its answer. */
export function serveRoute(route: Route, parts: ServeParts): Handler {
  switch (route.kind) {
    case 'json':
      return serveJson(route as JsonRoute<z.ZodType, z.ZodType, z.ZodType, z.ZodType> as unknown as JsonRoute, parts)
    case 'raw':
      return serveRaw(route, parts)
    case 'live':
      return serveLive(route, parts)
  }
}
