/** Last words of field names whose values never reach the log: `password`, `apiKey`, `refresh_token`, `set-cookie` … */
const secretWords = new Set([
  'password',
  'passwd',
  'passphrase',
  'secret',
  'secrets',
  'token',
  'tokens',
  'authorization',
  'cookie',
  'cookies',
  'credential',
  'credentials',
  'key',
  'keys',
  'otp',
])
/** Names that end like a secret and are none. */
const openNames = new Set(['public key', 'public keys', 'partition key', 'idempotency key', 'routing key'])

const maxDepth = 6
const maxEntries = 200
const mask = '[redacted]'

/** Whether a field's name says that its value is a secret. */
export function isSecretName(name: string): boolean {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '')
  const last = words.at(-1)
  return last !== undefined && secretWords.has(last) && !openNames.has(words.slice(-2).join(' '))
}

function describeError(error: Error, depth: number): Record<string, unknown> {
  const described: Record<string, unknown> = { type: error.name, message: error.message, stack: error.stack }
  for (const [name, value] of Object.entries(error))
    described[name] = isSecretName(name) ? mask : plain(value, depth + 1)
  if (error.cause !== undefined) described.cause = plain(error.cause, depth + 1)
  return described
}

function plain(value: unknown, depth: number): unknown {
  if (typeof value === 'bigint') return value.toString()
  if (typeof value !== 'object' || value === null) return value
  if (depth > maxDepth) return '[deeper]'
  if (value instanceof Error) return describeError(value, depth)
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'invalid date' : value.toISOString()
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`
  if (Array.isArray(value)) {
    const items = value.slice(0, maxEntries).map((item) => plain(item, depth + 1))
    return value.length > maxEntries ? [...items, `[${value.length - maxEntries} more]`] : items
  }
  if (value instanceof Set) return plain([...value], depth)
  if (value instanceof Map) return plain(Object.fromEntries(value), depth)
  return redact(value as Record<string, unknown>, depth)
}

/**
 * A copy fit for the log: secrets masked by the names of their fields, errors with their stacks and causes, bytes by
 * their number, depth and width bounded.
 */
export function redact(fields: Record<string, unknown>, depth = 0): Record<string, unknown> {
  const copy: Record<string, unknown> = {}
  let count = 0
  for (const [name, value] of Object.entries(fields)) {
    if (++count > maxEntries) {
      copy['…'] = 'more fields'
      break
    }
    const empty = value === undefined || value === null || typeof value === 'boolean'
    copy[name] = isSecretName(name) && !empty ? mask : plain(value, depth + 1)
  }
  return copy
}
