import type { Actor, ErrorCode, Permission } from '@watchfloor/contracts/kernel'
import type { z } from 'zod'

/**
 * Who may call a route. `public`: anybody; `self`: anybody signed in (their own account and session); else the permission.
 * A route without one does not start.
 */
export type Access = Permission | 'public' | 'self'

type Output<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined

export interface CallInput<P, Q, B> {
  readonly params: Output<P>
  readonly query: Output<Q>
  readonly body: Output<B>
}

export interface CallContext {
  /** The caller; on public routes possibly `anonymous`. */
  readonly actor: Actor
  readonly requestId: string
  readonly ip: string
  readonly userAgent: string
  /** Sets a cookie or a header on the answer. The few routes that sign people in need it. */
  readonly answer: {
    header(name: string, value: string): void
    setCookie(
      name: string,
      value: string,
      options: { httpOnly?: boolean; maxAgeSeconds?: number; path?: string; sameSite?: 'strict' | 'lax' },
    ): void
    clearCookie(name: string, path?: string): void
  }
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly cookies: Readonly<Record<string, string | undefined>>
  /** Aborted when the caller goes away. */
  readonly signal: AbortSignal
}

interface RouteBase {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** With `{name}` for parameters: `/api/v1/alerts/{alertId}`. Becomes the OpenAPI path as it is. */
  readonly path: string
  /** camelCase, unique: the name in the OpenAPI document and in the client. */
  readonly operationId: string
  readonly summary: string
  readonly permission: Access
  /** Refusals beyond the usual (400, 401, 403, 429, 500). */
  readonly errors?: readonly ErrorCode[]
  /** Calls per caller and minute; a default applies when absent. */
  readonly rateLimitPerMinute?: number
  /** Tags in the OpenAPI document; the module's name when absent. */
  readonly tag?: string
}

type MaybeSchema = z.ZodType | undefined

/** JSON in, JSON out. */
export interface JsonRoute<
  P extends MaybeSchema = MaybeSchema,
  Q extends MaybeSchema = MaybeSchema,
  B extends MaybeSchema = MaybeSchema,
  O extends MaybeSchema = MaybeSchema,
> extends RouteBase {
  readonly kind: 'json'
  readonly params?: P
  readonly query?: Q
  readonly body?: B
  readonly output?: O
  /** 200 when there is an output, else 204. */
  readonly status?: number
  readonly bodyLimitBytes?: number
  handle(input: CallInput<P, Q, B>, context: CallContext): Promise<O extends z.ZodType ? z.input<O> : void>
}

/** Bytes in, bytes out: uploads, exports, intake. The body is a stream; the handler bounds what it reads. */
export interface RawRoute<P extends MaybeSchema = MaybeSchema, Q extends MaybeSchema = MaybeSchema> extends RouteBase {
  readonly kind: 'raw'
  readonly params?: P
  readonly query?: Q
  /** Media types of the body, for the document; any are accepted. */
  readonly consumes?: readonly string[]
  readonly produces?: readonly string[]
  /** Shape of a JSON answer, for the document. */
  readonly output?: z.ZodType
  handle(
    input: { params: Output<P>; query: Output<Q>; body: AsyncIterable<Uint8Array> },
    context: CallContext,
  ): Promise<{
    status: number
    headers?: Record<string, string>
    body?: string | Uint8Array | AsyncIterable<Uint8Array | string>
  }>
}

export interface LiveMessage {
  /** Opaque position; the browser sends the last one back when it reconnects. */
  readonly id?: string
  readonly event: string
  readonly data: unknown
}

/** Server-sent events. */
export interface LiveRoute<Q extends MaybeSchema = MaybeSchema> extends RouteBase {
  readonly kind: 'live'
  readonly query?: Q
  handle(input: { query: Output<Q>; lastEventId: string | undefined }, context: CallContext): AsyncIterable<LiveMessage>
}

/** A list holds routes of every shape; each was checked where it was written. */
export type Route = JsonRoute | RawRoute | LiveRoute

export const jsonRoute = <
  P extends MaybeSchema = undefined,
  Q extends MaybeSchema = undefined,
  B extends MaybeSchema = undefined,
  O extends MaybeSchema = undefined,
>(
  route: Omit<JsonRoute<P, Q, B, O>, 'kind'>,
): JsonRoute<P, Q, B, O> => ({ kind: 'json', ...route })

export const rawRoute = <P extends MaybeSchema = undefined, Q extends MaybeSchema = undefined>(
  route: Omit<RawRoute<P, Q>, 'kind'>,
): RawRoute<P, Q> => ({
  kind: 'raw',
  ...route,
})

export const liveRoute = <Q extends MaybeSchema = undefined>(route: Omit<LiveRoute<Q>, 'kind'>): LiveRoute<Q> => ({
  kind: 'live',
  ...route,
})
