const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const encoder = new TextEncoder()

/** A value on its way through encodings: text, or bytes after UTF-16. */
export type Encoded = string | readonly number[]

const bytesOf = (value: Encoded): readonly number[] => (typeof value === 'string' ? [...encoder.encode(value)] : value)

/** @param order of the two bytes of each unit */
export function utf16(value: Encoded, order: 'le' | 'be', mark = false): readonly number[] {
  const text = typeof value === 'string' ? value : String.fromCharCode(...value)
  const bytes: number[] = mark ? (order === 'le' ? [0xff, 0xfe] : [0xfe, 0xff]) : []
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    bytes.push(...(order === 'le' ? [unit & 0xff, unit >> 8] : [unit >> 8, unit & 0xff]))
  }
  return bytes
}

export function base64(value: Encoded): string {
  const bytes = bytesOf(value)
  let text = ''
  for (let at = 0; at < bytes.length; at += 3) {
    const [a = 0, b, c] = [bytes[at], bytes[at + 1], bytes[at + 2]]
    text += alphabet[a >> 2]
    text += alphabet[((a & 3) << 4) | ((b ?? 0) >> 4)]
    text += b === undefined ? '=' : alphabet[((b & 15) << 2) | ((c ?? 0) >> 6)]
    text += c === undefined ? '=' : alphabet[c & 63]
  }
  return text
}

/**
 * The parts of Base64 text that a value always leaves, wherever in a longer text it begins: one for each of the three alignments,
 * without the characters that neighbours share.
 * @source Sigma specification, base64offset
 */
export function base64Offsets(value: Encoded): string[] {
  const bytes = bytesOf(value)
  return [0, 1, 2].map((shift) => {
    const text = base64([...new Array<number>(shift).fill(0), ...bytes])
    const start = [0, 2, 3][shift] as number
    const end = [undefined, -3, -2][(bytes.length + shift) % 3]
    return text.slice(start, end)
  })
}

/** Bytes as a text of one character each: how an encoded value would appear in a log that keeps them. */
export const asText = (value: Encoded): string => (typeof value === 'string' ? value : String.fromCharCode(...value))
