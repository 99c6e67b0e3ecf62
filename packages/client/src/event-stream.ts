/** One message of a live stream (server-sent events). */
export interface StreamMessage {
  /** Position; the newest one goes back to the server after a break. */
  readonly id: string | undefined
  /** `message` when the server named none. */
  readonly event: string
  readonly data: string
  /** The server's wish for the pause before the next try, ms. */
  readonly retryMs: number | undefined
}

/** A message that never ends is a fault or an attack, not news. */
const longestMessageChars = 8 * 1024 * 1024

/**
 * Reads a stream of server-sent events. Comments come out as nothing; `onBytes` sees that the line is alive.
 * @error RangeError when one message is longer than 8 Mi characters
 * @source WHATWG HTML, 9.2.6 Interpreting an event stream
 */
export async function* readEventStream(
  body: ReadableStream<Uint8Array>,
  onBytes: () => void = () => {},
): AsyncGenerator<StreamMessage> {
  const decoder = new TextDecoder()
  const reader = body.getReader()
  const parser = new BlockParser()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      onBytes()
      yield* parser.take(decoder.decode(value, { stream: true }))
    }
  } finally {
    await reader.cancel().catch(() => {})
  }
}

class BlockParser {
  #rest = ''
  #event = ''
  #data: string[] = []
  #dataChars = 0
  #id: string | undefined
  #retryMs: number | undefined;

  *take(text: string): Iterable<StreamMessage> {
    const lines = (this.#rest + text).split(/\r\n|\n|\r(?!$)/)
    this.#rest = lines.pop() ?? ''
    if (this.#rest.length > longestMessageChars) throw tooLong()
    for (const line of lines) {
      if (line !== '') this.#field(line)
      else if (this.#data.length > 0 || this.#event) yield this.#message()
    }
  }

  #field(line: string): void {
    const colon = line.indexOf(':')
    if (colon === 0) return
    const name = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (name === 'event') this.#event = value
    else if (name === 'id' && !value.includes('\0')) this.#id = value
    else if (name === 'retry' && /^\d{1,7}$/.test(value)) this.#retryMs = Number(value)
    else if (name === 'data') {
      this.#dataChars += value.length
      if (this.#dataChars > longestMessageChars) throw tooLong()
      this.#data.push(value)
    }
  }

  #message(): StreamMessage {
    const message = {
      id: this.#id,
      event: this.#event || 'message',
      data: this.#data.join('\n'),
      retryMs: this.#retryMs,
    }
    this.#event = ''
    this.#data = []
    this.#dataChars = 0
    return message
  }
}

const tooLong = () => new RangeError(`a message of the live stream is longer than ${longestMessageChars} characters`)
