import { createSocket } from 'node:dgram'
import { isIPv6 } from 'node:net'
import type { Metrics } from '../../../platform/metrics/metrics.ts'
import type { Frame } from '../intake/intake.ts'
import { type DeliveryParts, deliver } from './delivery.ts'

/** Datagrams are written together after so long. */
const gatherMs = 50
const newline = 10
/** Datagrams held at most while the log refuses; further ones are dropped and counted, as UDP senders cannot be told. */
const mostHeld = 100_000
const mostHeldBytes = 64 * 1024 * 1024
const receiveBufferBytes = 8 * 1024 * 1024

/** Listens for syslog over UDP: one record a datagram. @source RFC 5426 */
export async function listenUdp(
  parts: DeliveryParts,
  metrics: Metrics,
  options: { host: string; port: number },
): Promise<{ port: number; close(): Promise<void> }> {
  const dropped = metrics.counter(
    'watchfloor_syslog_udp_dropped_total',
    'Datagrams dropped because the log could not take them',
  )
  const stopping = new AbortController()
  const heldBySender = new Map<string, Frame[]>()
  let held = 0
  let heldBytes = 0
  let timer: NodeJS.Timeout | undefined
  let turn: Promise<unknown> = Promise.resolve()

  const flush = () => {
    timer = undefined
    const batches = [...heldBySender]
    heldBySender.clear()
    turn = turn.then(async () => {
      for (const [sender, frames] of batches) {
        await deliver(parts, `udp ${sender}`, frames, stopping.signal)
        held -= frames.length
        heldBytes -= frames.reduce((sum, frame) => sum + (frame.kind === 'record' ? frame.bytes.byteLength : 0), 0)
      }
    })
  }
  const socket = createSocket({ type: isIPv6(options.host) ? 'udp6' : 'udp4', recvBufferSize: receiveBufferBytes })
  socket.on('message', (message, remote) => {
    const bytes = message.at(-1) === newline ? message.subarray(0, -1) : message
    if (bytes.byteLength === 0) return
    if (held >= mostHeld || heldBytes >= mostHeldBytes) {
      dropped.add(1)
      return
    }
    held++
    heldBytes += message.byteLength
    const sender = remote.address.replace(/^::ffff:/, '')
    const frames = heldBySender.get(sender) ?? []
    frames.push({ kind: 'record', bytes, line: 0 })
    heldBySender.set(sender, frames)
    timer ??= setTimeout(flush, gatherMs)
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject)
    socket.bind(options.port, options.host, () => resolve())
  })
  socket.on('error', (error) => parts.log.error('the UDP listener failed', { error: String(error) }))
  return {
    port: socket.address().port,
    async close() {
      await new Promise<void>((resolve) => socket.close(() => resolve()))
      clearTimeout(timer)
      flush()
      setTimeout(() => stopping.abort(), 2000).unref()
      await turn
    },
  }
}
