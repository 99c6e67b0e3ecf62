import { sha1 } from '@noble/hashes/legacy.js'

const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

const encoder = new TextEncoder()

/**
 * UUID version 5 of a name within a namespace.
 * @param namespace the sixteen bytes of a UUID
 * @source RFC 9562 section 5.5
 */
export function nameBasedUuid(namespace: Uint8Array, name: string): string {
  const named = encoder.encode(name)
  const bytes = new Uint8Array(namespace.length + named.length)
  bytes.set(namespace)
  bytes.set(named, namespace.length)
  const digest = sha1(bytes).slice(0, 16)
  digest[6] = (digest[6]! & 0x0f) | 0x50
  return uuidText(digest)
}

/**
 * UUID version 4 of sixteen random bytes, which the caller brings: the engines know no randomness.
 * @source RFC 9562 section 5.4
 */
export function randomUuid(random: Uint8Array): string {
  const bytes = random.slice(0, 16)
  bytes[6] = (bytes[6]! & 0x0f) | 0x40
  return uuidText(bytes)
}

function uuidText(bytes: Uint8Array): string {
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  let text = ''
  for (let i = 0; i < 16; i++) text += (i === 4 || i === 6 || i === 8 || i === 10 ? '-' : '') + HEX[bytes[i]!]
  return text
}

export function uuidBytes(uuid: string): Uint8Array {
  const digits = uuid.replaceAll('-', '')
  return Uint8Array.from({ length: 16 }, (_, i) => Number.parseInt(digits.slice(i * 2, i * 2 + 2), 16))
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-([0-9a-f])[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i

/** Version of an RFC 9562 UUID, 1 to 8; nothing when the text is none. */
export function uuidVersion(uuid: string): number | undefined {
  const version = Number.parseInt(UUID.exec(uuid)?.[1] ?? '0', 16)
  return version >= 1 && version <= 8 ? version : undefined
}
