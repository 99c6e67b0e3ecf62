import type { FieldValue } from '../event/index.ts'

/** Turns an original value into an ECS value; `undefined`: this value does not give the field. */
export type Transform = (value: FieldValue) => FieldValue | undefined

/** What products write for "nothing here". */
export const isBlank = (value: FieldValue): boolean => value === '' || value === '-' || value === null

export const asText: Transform = (v) => (isBlank(v) || typeof v === 'object' ? undefined : String(v))

export const asNumber: Transform = (v) => {
  if (typeof v === 'number') return Number.isFinite(v) ? v : undefined
  if (typeof v !== 'string' || v === '' || v.length > 24) return undefined
  const n = Number(v)
  return Number.isFinite(n) ? n : undefined
}

export const asPort: Transform = (v) => {
  const n = asNumber(v)
  return typeof n === 'number' && n >= 0 && n <= 65_535 ? n : undefined
}

const lastPart = (text: string): string => {
  const at = Math.max(text.lastIndexOf('\\'), text.lastIndexOf('/'))
  return at < 0 ? text : text.slice(at + 1)
}
/** File name of a Windows or POSIX path. */
export const baseName: Transform = (v) => (typeof v !== 'string' || isBlank(v) ? undefined : lastPart(v) || undefined)

export const directoryName: Transform = (v) => {
  if (typeof v !== 'string') return undefined
  const at = Math.max(v.lastIndexOf('\\'), v.lastIndexOf('/'))
  return at <= 0 ? undefined : v.slice(0, at)
}

export const extensionName: Transform = (v) => {
  if (typeof v !== 'string') return undefined
  const name = lastPart(v)
  const dot = name.lastIndexOf('.')
  return dot <= 0 || dot === name.length - 1 ? undefined : name.slice(dot + 1).toLowerCase()
}

/** `name` of `DOMAIN\name` or `name`. */
export const accountName: Transform = (v) => {
  if (typeof v !== 'string' || isBlank(v)) return undefined
  const at = v.indexOf('\\')
  return at < 0 ? v : v.slice(at + 1)
}
/** `DOMAIN` of `DOMAIN\name`. */
export const accountDomain: Transform = (v) => {
  if (typeof v !== 'string') return undefined
  const at = v.indexOf('\\')
  return at <= 0 ? undefined : v.slice(0, at)
}

const V4 = /^(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}$/
const V6 = /^(?=.*:.*:)[0-9a-fA-F:]{2,39}(?:%[\w.]{1,16}|(?<=:)\d{1,3}(?:\.\d{1,3}){3})?$/
const MAPPED = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i
export const isIp = (text: string): boolean => text.length <= 56 && (V4.test(text) || V6.test(text))

/** An address; IPv4 mapped into IPv6 comes out as IPv4. */
export const asIp: Transform = (v) => {
  if (typeof v !== 'string' || v.length < 2 || v.length > 56) return undefined
  if (V4.test(v)) return v
  const mapped = MAPPED.exec(v)
  if (mapped !== null) return V4.test(mapped[1]!) ? mapped[1] : undefined
  return V6.test(v) ? v : undefined
}
/** A name, where the field holds a name or an address. */
export const asHostName: Transform = (v) => (typeof v !== 'string' || isBlank(v) || isIp(v) ? undefined : v)

/** Addresses of `Sysmon`'s `QueryResults` or of a list. */
export const addressesOf: Transform = (v) => {
  const parts = typeof v === 'string' ? v.split(/[;,\s]+/, 200) : Array.isArray(v) ? v : []
  const found = parts.map((p) => asIp(p)).filter((p) => p !== undefined)
  return found.length === 0 ? undefined : found
}

export const asLower: Transform = (v) => (typeof v !== 'string' || isBlank(v) ? undefined : v.toLowerCase())
export const asList: Transform = (v) => (isBlank(v) ? undefined : Array.isArray(v) ? v : [v])
export const asBoolean: Transform = (v) =>
  typeof v === 'boolean'
    ? v
    : v === 'true' || v === 'True' || v === 'T'
      ? true
      : v === 'false' || v === 'False' || v === 'F'
        ? false
        : undefined

/** One algorithm out of `SHA1=…,MD5=…`, in lower case. */
export const hashOf = (algorithm: string): Transform => {
  const label = `${algorithm}=`
  return (v) => {
    if (typeof v !== 'string') return undefined
    const at = v.indexOf(label)
    // `SHA1=` must not be found inside a longer name.
    if (at < 0 || (at > 0 && v.charCodeAt(at - 1) !== 44 && v.charCodeAt(at - 1) !== 32)) return undefined
    const end = v.indexOf(',', at)
    const hash = v.slice(at + label.length, end < 0 ? undefined : end)
    return /^[0-9A-Fa-f]{32,128}$/.test(hash) ? hash.toLowerCase() : undefined
  }
}

/** Host of a URL or of `host:port`. */
export const urlHost: Transform = (v) => {
  if (typeof v !== 'string') return undefined
  const m = /^[a-z][a-z0-9+.-]{0,20}:\/\/(?:[^/@]{0,255}@)?(\[[0-9a-f:.]{2,45}\]|[^/:?#]{1,255})/i.exec(v)
  return m?.[1]
}
export const urlPath: Transform = (v) => {
  if (typeof v !== 'string') return undefined
  const withoutHost = v.replace(/^[a-z][a-z0-9+.-]{0,20}:\/\/[^/?#]*/i, '')
  const end = withoutHost.search(/[?#]/)
  return (end < 0 ? withoutHost : withoutHost.slice(0, end)) || undefined
}
export const urlQuery: Transform = (v) => {
  if (typeof v !== 'string') return undefined
  const at = v.indexOf('?')
  return at < 0 ? undefined : v.slice(at + 1).split('#', 1)[0] || undefined
}
const IANA: Readonly<Record<string, string>> = { '1': 'icmp', '6': 'tcp', '17': 'udp', '58': 'ipv6-icmp' }
/** `tcp` of `TCP` or of its IANA number. */
export const asTransport: Transform = (v) => {
  if (isBlank(v)) return undefined
  const text = String(v).toLowerCase()
  return IANA[text] ?? (/^[a-z]/.test(text) ? text : undefined)
}
