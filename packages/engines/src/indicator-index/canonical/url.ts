import { hostNameOf } from './domain.ts'
import { ipText, ipWordsOf } from './ip.ts'

/** A URL taken apart, ready to be compared. */
export interface CanonicalUrl {
  /** With its scheme: what people see. */
  readonly text: string
  /** Without the scheme, which says nothing about what is there: `host[:port]/path[?query]`. */
  readonly key: string
  /** Host without port or brackets. */
  readonly host: string
}

const withScheme = /^[a-z][a-z0-9+.-]{1,19}:\/\//i
const defaultPorts: Readonly<Record<string, string>> = {
  'http:': '80',
  'https:': '443',
  'ftp:': '21',
  'ws:': '80',
  'wss:': '443',
}

/**
 * The URL as it is compared: host in lower case and punycode, no default port, no user and password, no fragment, dot segments
 * resolved, percent-encoding only where needed and in upper case. Without a scheme it is read as http. Undefined when it is none.
 */
export function canonicalUrl(text: string): CanonicalUrl | undefined {
  const full = withScheme.test(text) ? text : `http://${text}`
  if (/[\p{Cc} ]/u.test(full) || !URL.canParse(full)) return undefined
  const url = new URL(full)
  const host = hostOf(url.hostname)
  if (!host) return undefined
  const port = url.port === '' || url.port === defaultPorts[url.protocol] ? '' : `:${url.port}`
  const shown = host.includes(':') ? `[${host}]` : host
  const path = canonicalEscapes(url.pathname === '' ? '/' : url.pathname)
  const key = `${shown}${port}${path}${canonicalEscapes(url.search)}`
  return { text: `${url.protocol}//${key}`, key, host }
}

function hostOf(host: string): string | undefined {
  const bare = host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host
  const words = ipWordsOf(bare)
  return words ? ipText(words) : hostNameOf(bare)
}

/** `%41` is an `A`, `%2f` is a `%2F`; what must stay escaped does. @source RFC 3986, 6.2.2 */
const canonicalEscapes = (text: string): string =>
  text.includes('%')
    ? text.replace(/%[0-9a-f]{2}/gi, (escaped) => {
        const char = String.fromCharCode(Number.parseInt(escaped.slice(1), 16))
        return /[a-z0-9._~-]/i.test(char) ? char : escaped.toUpperCase()
      })
    : text

/** The key of a URL that is canonical already. */
export const urlKey = (canonical: string): string => canonical.slice(canonical.indexOf('://') + 3)
