const encoder = new TextEncoder()
const EMPTY = new Uint8Array(0)

/** Takes a byte order mark off the start of a stream and turns UTF-16 into UTF-8. */
export class EncodingStage {
  #head: Uint8Array | undefined = EMPTY
  #utf16: TextDecoder | undefined

  push(chunk: Uint8Array): Uint8Array {
    if (this.#head === undefined) return this.#utf16 === undefined ? chunk : this.#transcode(chunk)
    const head = join(this.#head, chunk)
    if (head.length < 3) {
      this.#head = head.slice()
      return EMPTY
    }
    return this.#open(head)
  }

  end(): Uint8Array {
    const rest = this.#head === undefined || this.#head.length === 0 ? EMPTY : this.#open(this.#head)
    if (this.#utf16 === undefined) return rest
    return join(rest, encoder.encode(this.#utf16.decode()))
  }

  #open(head: Uint8Array): Uint8Array {
    this.#head = undefined
    if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return head.subarray(3)
    const label =
      head[0] === 0xff && head[1] === 0xfe ? 'utf-16le' : head[0] === 0xfe && head[1] === 0xff ? 'utf-16be' : undefined
    if (label === undefined) return head
    this.#utf16 = new TextDecoder(label)
    return this.#transcode(head)
  }

  #transcode(chunk: Uint8Array): Uint8Array {
    return encoder.encode(this.#utf16!.decode(chunk, { stream: true }))
  }
}

function join(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b
  const whole = new Uint8Array(a.length + b.length)
  whole.set(a)
  whole.set(b, a.length)
  return whole
}
