import { lookup as systemLookup } from 'node:dns'
import { isIP, isIPv4, type LookupFunction } from 'node:net'
import { Refusal } from '@watchfloor/contracts/kernel'
import type { Agent, Dispatcher, request } from 'undici'
import { isSecretName } from '../log/redact.ts'
import { decodeBody } from './decode-body.ts'
import type { OutgoingHttp, OutgoingRequest } from './outgoing.ts'
import { addressFault, type Network, parseNetworks } from './outgoing-address.ts'

export type OutgoingFaultCode =
  | 'BAD_URL'
  | 'ADDRESS_REFUSED'
  | 'TIMEOUT'
  | 'UNREACHABLE'
  | 'BODY_TOO_LARGE'
  | 'BAD_ANSWER'
  | 'TOO_MANY_REDIRECTS'

/** A request that got no usable answer. */
export class OutgoingFault extends Error {
  readonly code: OutgoingFaultCode
  /** Without user, password, query and fragment, which may hold secrets. */
  readonly url: string
  constructor(code: OutgoingFaultCode, url: string, message: string, cause?: unknown) {
    super(`${url}: ${message}`, cause === undefined ? undefined : { cause })
    this.name = 'OutgoingFault'
    this.code = code
    this.url = url
  }
}

export interface OutgoingOptions {
  /** Networks that URLs from data may reach although they are private, in CIDR notation. */
  readonly networksForData?: readonly string[]
  /** Resolves names; the system's resolver when absent. */
  readonly lookup?: typeof systemLookup
  readonly userAgent?: string
}

const connectTimeoutMs = 10_000
const defaultMaxRedirects = 5
const redirects = new Set([301, 302, 303, 307, 308])

/** How undici calls that it waited too long. */
const timeoutNames = new Set(['ConnectTimeoutError', 'HeadersTimeoutError', 'BodyTimeoutError', 'TimeoutError'])

class AddressRefused extends Error {}

/** A resolver that gives out only addresses it has judged, so that what was checked is what gets connected. */
function guardedLookup(lookup: typeof systemLookup, allowed: readonly Network[]): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, [])
      for (const { address } of addresses) {
        const fault = addressFault(address, allowed)
        if (fault) return callback(new AddressRefused(`${hostname} leads to ${address}, ${fault}`), [])
      }
      const [first] = addresses
      if (!first) return callback(new Error(`${hostname} has no address`), [])
      return options.all ? callback(null, addresses) : callback(null, first.address, first.family)
    })
  }
}

const shown = (url: URL): string => `${url.origin}${url.pathname}`

/** One hop: where to, with what, and how far the destination is trusted. */
interface Hop {
  readonly url: URL
  readonly method: NonNullable<OutgoingRequest['method']>
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array | undefined
  readonly trust: OutgoingRequest['trust']
}

function parseUrl(text: string, base?: URL): URL {
  const url = URL.parse(text, base)
  if (!url) throw new OutgoingFault('BAD_URL', text.slice(0, 200), 'this is no URL')
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new OutgoingFault('BAD_URL', shown(url), 'only http and https are called')
  return url
}

/** `http://2130706433/` and `http://0177.0.0.1/` name addresses in a spelling whose only use is to slip through checks. */
function refuseDisguisedAddress(text: string, url: URL): void {
  if (isIPv4(url.hostname) && !text.includes(url.hostname))
    throw new OutgoingFault('ADDRESS_REFUSED', shown(url), 'the address is disguised as a number')
}

function refuseAddress({ url, trust }: Hop, allowed: readonly Network[]): void {
  if (trust === 'administrator') return
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const fault = isIP(host) === 0 ? undefined : addressFault(host, allowed)
  if (fault)
    throw new OutgoingFault('ADDRESS_REFUSED', shown(url), `this is ${fault}, which URLs from data may not call`)
}

function lowerCased(headers: Readonly<Record<string, string>> | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]))
}

function firstHop(request: OutgoingRequest, userAgent: string): Hop {
  const url = parseUrl(request.url)
  if (request.trust === 'data') refuseDisguisedAddress(request.url, url)
  const headers: Record<string, string> = {
    'user-agent': userAgent,
    'accept-encoding': 'gzip, deflate, br',
    ...lowerCased(request.headers),
  }
  if (url.username !== '' || url.password !== '') {
    if (request.trust === 'data') throw new OutgoingFault('BAD_URL', shown(url), 'a URL from data holds a password')
    const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`
    headers.authorization ??= `Basic ${Buffer.from(pair).toString('base64')}`
    url.username = ''
    url.password = ''
  }
  return { url, method: request.method ?? 'GET', headers, body: request.body, trust: request.trust }
}

const withoutCredentials = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !isSecretName(name)))

/**
 * The hop a redirect asks for. Another origin gets no credentials, and another host only what data may call: whoever
 * answers chose it, not the administrator.
 */
function nextHop(hop: Hop, status: number, location: string): Hop {
  const url = parseUrl(location, hop.url)
  refuseDisguisedAddress(/^[a-z][a-z0-9+.-]*:|^\/\//i.test(location) ? location : url.href, url)
  if (url.username !== '' || url.password !== '')
    throw new OutgoingFault('BAD_URL', shown(url), 'a redirect holds a password')
  const sameOrigin = url.origin === hop.url.origin
  const trust = url.hostname === hop.url.hostname ? hop.trust : 'data'
  const dropsBody = status === 303 || (status <= 302 && hop.method === 'POST')
  let headers = sameOrigin ? hop.headers : withoutCredentials(hop.headers)
  if (!dropsBody || hop.method === 'HEAD') return { ...hop, url, headers, trust }
  headers = Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('content-')))
  return { url, method: 'GET', headers, body: undefined, trust }
}

function faultOf(error: unknown, url: string, timeoutMs: number): unknown {
  if (error instanceof OutgoingFault) return error
  if (error instanceof Refusal) {
    const code = error.code === 'BODY_TOO_LARGE' ? 'BODY_TOO_LARGE' : 'BAD_ANSWER'
    return new OutgoingFault(code, url, error.message, error)
  }
  const chain = [error, (error as Error | undefined)?.cause].filter((one) => one instanceof Error)
  const refused = chain.find((one) => one instanceof AddressRefused)
  if (refused) return new OutgoingFault('ADDRESS_REFUSED', url, refused.message, error)
  if (chain.some(({ name }) => timeoutNames.has(name)))
    return new OutgoingFault('TIMEOUT', url, `no whole answer within ${timeoutMs} ms`, error)
  const message = error instanceof Error ? error.message || error.name : String(error)
  return new OutgoingFault('UNREACHABLE', url, message, error)
}

function flat(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
  const flattened: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) flattened[name] = Array.isArray(value) ? value.join(', ') : value
  return flattened
}

async function readBody(
  body: AsyncIterable<Uint8Array>,
  encoding: string | undefined,
  maxBytes: number,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of decodeBody(body, encoding, { maxBytes })) chunks.push(chunk)
  return Buffer.concat(chunks)
}

interface Client {
  readonly send: typeof request
  readonly agents: Readonly<Record<OutgoingRequest['trust'], Agent>>
}

/** The one way out of the program. Failures are `OutgoingFault`s; any HTTP status is an answer. */
export function createOutgoingHttp(options: OutgoingOptions = {}): OutgoingHttp {
  const { userAgent = 'Watchfloor', lookup = systemLookup } = options
  const allowed = parseNetworks(options.networksForData ?? [])
  const timeout = connectTimeoutMs
  let client: Promise<Client> | undefined

  // Loading it takes a tenth of a second and some megabytes, and many a server never calls out.
  const loadClient = async (): Promise<Client> => {
    const { Agent, request } = await import('undici')
    return {
      send: request,
      // Apart, so that a connection made for an administrator is never taken for data.
      agents: {
        administrator: new Agent({ connect: { timeout, lookup: lookup as LookupFunction } }),
        data: new Agent({ connect: { timeout, lookup: guardedLookup(lookup, allowed) } }),
      },
    }
  }

  async function follow(request: OutgoingRequest, first: Hop, signal: AbortSignal, at: (hop: Hop) => void) {
    const { timeoutMs, maxBytes, maxRedirects = defaultMaxRedirects } = request
    client ??= loadClient()
    const { send, agents } = await client
    let hop = first
    for (let followed = 0; ; followed++) {
      at(hop)
      refuseAddress(hop, allowed)
      const answer = await send(hop.url, {
        dispatcher: agents[hop.trust],
        method: hop.method,
        headers: hop.headers,
        body: hop.body ?? null,
        signal,
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
      })
      const headers = flat(answer.headers)
      const { statusCode: status } = answer
      if (!redirects.has(status) || headers.location === undefined || maxRedirects === 0) {
        const bodiless = hop.method === 'HEAD' || status === 204 || status === 304
        const body = await readBody(answer.body, bodiless ? undefined : headers['content-encoding'], maxBytes)
        return { status, headers, body, finalUrl: hop.url.href }
      }
      await answer.body.dump({ limit: 16_384 }).catch(() => {})
      if (followed === maxRedirects)
        throw new OutgoingFault('TOO_MANY_REDIRECTS', shown(hop.url), `more than ${maxRedirects} redirects`)
      hop = nextHop(hop, status, headers.location)
    }
  }

  return {
    async send(request) {
      const first = firstHop(request, userAgent)
      let url = shown(first.url)
      const signal = AbortSignal.timeout(request.timeoutMs)
      try {
        return await follow(request, first, signal, (hop) => {
          url = shown(hop.url)
        })
      } catch (error) {
        throw faultOf(error, url, request.timeoutMs)
      }
    },
    async close() {
      if (!client) return
      const { agents } = await client
      await Promise.all([agents.administrator.close(), agents.data.close()])
    },
  }
}
