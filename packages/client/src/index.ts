import createClient, { type Client } from 'openapi-fetch'
import type { paths } from './generated/api.d.ts'
import { type LiveMessage, type LiveOptions, liveMessages } from './live.ts'

export type { components, operations, paths } from './generated/api.d.ts'
export type { LiveMessage, LiveOptions } from './live.ts'
export { ApiProblem, unwrap } from './problem.ts'

export interface ClientOptions {
  /** `http://127.0.0.1:8700`, without a slash at the end; empty in the browser: the page's own server. */
  readonly baseUrl: string
  /** Sent as bearer token. Without it the browser's session cookie counts. */
  readonly apiKey?: string
  /** Sent with every call: the browser's proof against forged requests, for one. */
  readonly headers?: Readonly<Record<string, string>>
  readonly fetch?: typeof globalThis.fetch
}

/** Typed calls (`GET`, `POST`, … as in openapi-fetch), and `live` for streams. */
export interface WatchfloorClient extends Client<paths> {
  /** Messages of a live route, e.g. `/api/v1/live?topics=alerts`; opens the line again when it is lost. */
  live(path: string, options?: LiveOptions): AsyncGenerator<LiveMessage>
}

/** A client of one server. `unwrap(await client.GET(…))` gives the data or throws an `ApiProblem`. */
export function createWatchfloorClient(options: ClientOptions): WatchfloorClient {
  const baseUrl = options.baseUrl.replace(/\/+$/, '')
  const call = options.fetch ?? ((input: RequestInfo | URL, init?: RequestInit) => globalThis.fetch(input, init))
  const headers = { ...options.headers, ...(options.apiKey ? { authorization: `Bearer ${options.apiKey}` } : {}) }
  const client = createClient<paths>({ baseUrl, headers, fetch: (request) => call(request) })
  const live = (path: string, liveOptions?: LiveOptions) =>
    liveMessages(
      (lastEventId, signal) =>
        call(`${baseUrl}${path}`, {
          headers: {
            ...headers,
            accept: 'text/event-stream',
            ...(lastEventId ? { 'last-event-id': lastEventId } : {}),
          },
          signal,
        }),
      liveOptions,
    )
  return Object.assign(client, { live })
}
