import { fold } from '../compile/pattern.ts'

/** Buffers are kept up to this size; a longer text gets one of its own. */
const MAX_KEPT_BYTES = 4 << 20

/** Texts up to this length are copied letter by letter. */
const MAX_COPIED_CHARS = 150

/** Turns one text at a time into UTF-8 that the automata read: as it is when it is ASCII, else folded. */
export class TextBytes {
  readonly #encoder = new TextEncoder()
  bytes = new Uint8Array(16_384)
  length = 0
  isAscii = true

  set(text: string): void {
    if (text.length <= MAX_COPIED_CHARS && this.#copy(text)) return
    this.#encode(text)
    // As many bytes as characters: ASCII, whose case the automata see through.
    this.isAscii = this.length === text.length
    if (!this.isAscii) this.#encode(fold(text))
  }

  /** Takes a short text that is ASCII alone; the encoder has its price for any. */
  #copy(text: string): boolean {
    const { bytes } = this
    const { length } = text
    let all = 0
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(i)
      bytes[i] = unit
      all |= unit
    }
    if (all > 127) return false
    this.length = length
    this.isAscii = true
    return true
  }

  #encode(text: string): void {
    const needed = text.length * 3
    if (this.bytes.length < needed) this.bytes = new Uint8Array(needed)
    else if (this.bytes.length > MAX_KEPT_BYTES && needed < MAX_KEPT_BYTES) this.bytes = new Uint8Array(16_384 + needed)
    this.length = this.#encoder.encodeInto(text, this.bytes).written
  }
}
