import { Duplex } from 'node:stream'

interface SessionHost {
  /** Ends with the `connect` event of the stream. */
  connect(): Promise<void>
  write(bytes: Uint8Array<ArrayBuffer>): void
  end(): void
}

/** What `pg` takes for a socket: it talks to the engine in its thread instead of a server. */
export interface SessionStream extends Duplex {
  connect(): this
  setNoDelay(): this
  setKeepAlive(): this
  ref(): this
  unref(): this
}

/** `X`, the message with which a client ends its session; the engine must live on. */
const terminate = 0x58

export function createSessionStream(host: SessionHost): SessionStream {
  const write = (bytes: Uint8Array<ArrayBuffer>) => {
    if (bytes[0] !== terminate) host.write(bytes)
  }
  const duplex = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      write(Uint8Array.from(chunk))
      done()
    },
    writev(chunks, done) {
      write(Uint8Array.from(Buffer.concat(chunks.map(({ chunk }): Buffer => chunk))))
      done()
    },
    final(done) {
      host.end()
      this.push(null)
      done()
    },
    destroy(error, done) {
      host.end()
      done(error)
    },
  })
  const stream: SessionStream = Object.assign(duplex, {
    connect: () => {
      host
        .connect()
        .catch((error: unknown) => stream.destroy(error instanceof Error ? error : new Error(String(error))))
      return stream
    },
    setNoDelay: () => stream,
    setKeepAlive: () => stream,
    ref: () => stream,
    unref: () => stream,
  })
  return stream
}
