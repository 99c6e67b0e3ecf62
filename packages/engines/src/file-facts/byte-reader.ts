/** Little-endian reads that never throw: what lies outside is 0. */
export class ByteReader {
  readonly bytes: Uint8Array
  readonly isLittleEndian: boolean

  constructor(bytes: Uint8Array, isLittleEndian = true) {
    this.bytes = bytes
    this.isLittleEndian = isLittleEndian
  }

  get length(): number {
    return this.bytes.length
  }

  u8(at: number): number {
    return this.bytes[at] ?? 0
  }

  u16(at: number): number {
    return this.isLittleEndian ? this.u8(at) | (this.u8(at + 1) << 8) : (this.u8(at) << 8) | this.u8(at + 1)
  }

  u32(at: number): number {
    const [low, high] = this.isLittleEndian ? [at, at + 2] : [at + 2, at]
    return this.u16(low) + this.u16(high) * 0x10000
  }

  /** Exact up to 2^53; more is as good as any number that is too large. */
  u64(at: number): number {
    const [low, high] = this.isLittleEndian ? [at, at + 4] : [at + 4, at]
    return this.u32(low) + this.u32(high) * 0x1_0000_0000
  }

  /** Printable ASCII up to a zero byte. */
  text(at: number, maxLength: number): string {
    let text = ''
    for (let n = 0; n < maxLength; n++) {
      const byte = this.u8(at + n)
      if (byte === 0 || at + n >= this.length) break
      text += byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.'
    }
    return text
  }

  startsWith(text: string, at = 0): boolean {
    for (let n = 0; n < text.length; n++)
      if (this.u8(at + n) !== text.charCodeAt(n) || at + n >= this.length) return false
    return true
  }
}

/** Where the ASCII text stands, or -1. */
export function indexOfText(bytes: Uint8Array, text: string, from: number, to: number): number {
  const first = text.charCodeAt(0)
  const end = Math.min(to, bytes.length) - text.length
  for (let at = bytes.indexOf(first, from); at >= 0 && at <= end; at = bytes.indexOf(first, at + 1)) {
    let n = 1
    while (n < text.length && bytes[at + n] === text.charCodeAt(n)) n++
    if (n === text.length) return at
  }
  return -1
}
