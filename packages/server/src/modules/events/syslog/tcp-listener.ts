import { readFileSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { createFramer, type FrameBatch } from '@watchfloor/engines/logs'
import type { Frame } from '../intake/intake.ts'
import { type DeliveryParts, deliver } from './delivery.ts'

export interface TcpListenerOptions {
  readonly host: string
  readonly port: number
  readonly maxRecordBytes: number
  /** With both: syslog over TLS. @source RFC 5425 */
  readonly tls?: { readonly certFile: string; readonly keyFile: string }
}

/** Records of one connection are written after so long, or so many bytes. */
const gatherMs = 100
const gatherBytes = 512 * 1024
const mostConnections = 1000
const idleMs = 3_600_000
const encoder = new TextEncoder()

/** Listens for syslog over TCP or TLS, records framed by length or by newline. @source RFC 6587 */
export async function listenTcp(
  parts: DeliveryParts,
  options: TcpListenerOptions,
): Promise<{ port: number; close(): Promise<void> }> {
  const stopping = new AbortController()
  const sockets = new Set<Socket>()
  const running = new Set<Promise<void>>()
  const onConnection = (socket: Socket) => {
    sockets.add(socket)
    socket.setTimeout(idleMs, () => socket.destroy())
    const work = receive(parts, options, socket, stopping.signal)
      .catch((error: unknown) => parts.log.info('a syslog connection ended', { reason: String(error) }))
      .finally(() => {
        sockets.delete(socket)
        running.delete(work)
        socket.destroy()
      })
    running.add(work)
  }
  const server: Server = options.tls
    ? createTlsServer(
        { cert: readFileSync(options.tls.certFile), key: readFileSync(options.tls.keyFile) },
        onConnection,
      )
    : createServer(onConnection)
  server.maxConnections = mostConnections
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.host, resolve)
  })
  server.on('error', (error) => parts.log.error('the TCP listener failed', { error: String(error) }))
  const address = server.address()
  return {
    port: typeof address === 'object' && address ? address.port : options.port,
    async close() {
      server.close()
      for (const socket of sockets) socket.end()
      setTimeout(() => stopping.abort(), 2000).unref()
      for (const socket of sockets) socket.destroySoon()
      await Promise.allSettled([...running])
    },
  }
}

async function receive(
  parts: DeliveryParts,
  options: TcpListenerOptions,
  socket: Socket,
  signal: AbortSignal,
): Promise<void> {
  const sourceName = `${options.tls ? 'tls' : 'tcp'} ${(socket.remoteAddress ?? 'unknown').replace(/^::ffff:/, '')}`
  const framer = createFramer('syslog', { maxRecordBytes: options.maxRecordBytes })
  let held: Frame[] = []
  let heldBytes = 0
  /** Bytes taken from the socket and not yet durable. */
  let undelivered = 0
  let timer: NodeJS.Timeout | undefined
  let turn: Promise<unknown> = Promise.resolve()

  const flush = (): Promise<unknown> => {
    clearTimeout(timer)
    timer = undefined
    const frames = held
    const bytes = heldBytes
    held = []
    heldBytes = 0
    turn = turn.then(async () => {
      if (frames.length > 0) await deliver(parts, sourceName, frames, signal)
      undelivered -= bytes
    })
    return turn
  }
  const take = (batch: FrameBatch) => {
    for (const frame of framesOf(batch)) held.push(frame)
    timer ??= held.length > 0 ? setTimeout(() => void flush(), gatherMs) : undefined
  }
  try {
    // With a full batch not yet durable the loop does not read on: that is the sender's back-pressure.
    for await (const chunk of socket as AsyncIterable<Uint8Array>) {
      heldBytes += chunk.byteLength
      undelivered += chunk.byteLength
      take(framer.push(chunk))
      if (undelivered >= gatherBytes) await flush()
    }
  } finally {
    take(framer.end())
    await flush()
  }
}

export const framesOf = ({ records, problems }: FrameBatch): Frame[] => [
  ...records
    .filter((record) => record.raw.trim() !== '')
    .map((record): Frame => ({ kind: 'record', bytes: encoder.encode(record.raw), line: record.line })),
  ...problems.map(
    (problem): Frame => ({ kind: 'refused', line: problem.line, code: problem.code, message: problem.message }),
  ),
]
