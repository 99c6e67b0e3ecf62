import { base32Text } from './model.ts'

const keyPattern = /^wf_([a-z2-7]{16})_([a-z2-7]{32})$/
const partsPattern = /^([a-z2-7]{16}):([a-z2-7]{32})$/

export interface ApiKeyText {
  readonly id: string
  readonly secret: string
}

/** A new key: 80 bits to find it by, 160 bits to prove it. */
export const newApiKey = (randomBytes: (count: number) => Uint8Array): ApiKeyText => ({
  id: base32Text(randomBytes(10)),
  secret: base32Text(randomBytes(20)),
})

export const printApiKey = ({ id, secret }: ApiKeyText): string => `wf_${id}_${secret}`
export const prefixOf = (id: string): string => `wf_${id}`

function parse(text: string | undefined): ApiKeyText | undefined {
  const found = text === undefined ? null : (keyPattern.exec(text) ?? partsPattern.exec(text))
  return found?.[1] && found[2] ? { id: found[1], secret: found[2] } : undefined
}

const decoded = (text: string): string => Buffer.from(text, 'base64').toString('utf8')

/** `user:password` and `id:key`, with our key on either side. */
function parsePair(text: string): ApiKeyText | undefined {
  const colon = text.indexOf(':')
  if (colon < 0) return parse(text)
  return parse(text) ?? parse(text.slice(colon + 1)) ?? parse(text.slice(0, colon))
}

export type Presented =
  | { readonly kind: 'api-key'; readonly key: ApiKeyText }
  | { readonly kind: 'access-token'; readonly token: string }
  /** Something in the place of a key that cannot be one. */
  | { readonly kind: 'unreadable' }
  | undefined

/**
 * What a request's headers show. Keys are taken the way each family of senders can give them: `X-Api-Key`, `Bearer` (ours),
 * `ApiKey` plain or as base64 of `id:key` (Elasticsearch), `Splunk` (HTTP Event Collector), `Basic` as user or password.
 */
export function presentedIn(headers: Readonly<Record<string, string | undefined>>): Presented {
  const direct = headers['x-api-key']
  if (direct !== undefined) return keyOr(parse(direct.trim()))
  const header = headers.authorization
  if (header === undefined) return undefined
  const [scheme = '', ...rest] = header.trim().split(/\s+/, 3)
  const value = rest[0] ?? ''
  switch (scheme.toLowerCase()) {
    case 'bearer':
      return value.startsWith('wf_') ? keyOr(parse(value)) : { kind: 'access-token', token: value }
    case 'apikey':
      return keyOr(parse(value) ?? parsePair(decoded(value)))
    case 'splunk':
      return keyOr(parse(value))
    case 'basic':
      return keyOr(parsePair(decoded(value)))
    default:
      return { kind: 'unreadable' }
  }
}

const keyOr = (key: ApiKeyText | undefined): Presented => (key ? { kind: 'api-key', key } : { kind: 'unreadable' })
