/** Text as a string of bytes: one character 0-255 per byte. */
export type ByteText = string

const fromBytes = (bytes: Iterable<number>): ByteText => {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return text
}

export const utf8 = (text: string): ByteText => fromBytes(new TextEncoder().encode(text))

export function utf16(text: string, order: 'little' | 'big'): ByteText {
  let bytes = ''
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    const [low, high] = [String.fromCharCode(unit & 0xff), String.fromCharCode(unit >> 8)]
    bytes += order === 'little' ? low + high : high + low
  }
  return bytes
}

/** Byte order mark of UTF-16, little-endian. */
export const UTF16_MARK: ByteText = '\xff\xfe'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** @source RFC 4648, section 4 */
export function base64(bytes: ByteText): string {
  let text = ''
  for (let i = 0; i < bytes.length; i += 3) {
    const [a, b, c] = [bytes.charCodeAt(i), bytes.charCodeAt(i + 1), bytes.charCodeAt(i + 2)]
    const left = bytes.length - i
    text += ALPHABET[a >> 2]! + ALPHABET[((a & 3) << 4) | (left > 1 ? b >> 4 : 0)]!
    text += left > 1 ? ALPHABET[((b & 15) << 2) | (left > 2 ? c >> 6 : 0)]! : '='
    text += left > 2 ? ALPHABET[c & 63]! : '='
  }
  return text
}

/** Base64 characters at each end that also depend on the neighbours of the encoded text, by its offset and length modulo 3. */
const START = [0, 2, 3]
const END = [0, 3, 2]

/** The stable part of the encoding for each of the three places where the text may begin within a group of three bytes. */
export function base64Offsets(bytes: ByteText): string[] {
  return [0, 1, 2].map((offset) => {
    const encoded = base64(' '.repeat(offset) + bytes)
    return encoded.slice(START[offset], encoded.length - END[(bytes.length + offset) % 3]!)
  })
}
