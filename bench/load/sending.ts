import type { EmbeddedServer } from '../server/embedded-server.ts'
import type { Batch } from './generated-events.ts'

/** What was sent, so far. */
export interface Sent {
  accepted: number
  bytes: number
  requests: number
  /** Requests that were told to come again later. */
  heldBack: number
}

export const nothingSent = (): Sent => ({ accepted: 0, bytes: 0, requests: 0, heldBack: 0 })

/** Sends one batch and repeats it for as long as the server asks to wait. Resolves when it was acknowledged. */
export async function send(server: EmbeddedServer, batch: Batch, sent: Sent): Promise<void> {
  const body = batch.lines.join('\n')
  for (;;) {
    const response = await server.request(`/api/v1/events?source=${batch.source}`, { type: batch.type, body })
    const answer = (await response.json()) as { accepted?: number; rejected?: number }
    if (response.status === 202) {
      if (answer.rejected) throw new Error(`${batch.source}: ${answer.rejected} events were refused`)
      sent.accepted += answer.accepted ?? 0
      sent.bytes += Buffer.byteLength(body)
      sent.requests++
      return
    }
    if (response.status !== 429) throw new Error(`events answered ${response.status}: ${JSON.stringify(answer)}`)
    sent.heldBack++
    await pause(1000 * Number(response.headers.get('retry-after') ?? 1))
  }
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)))

/** Sends as fast as batches are acknowledged, so many requests at once, until the time is over. */
export async function saturate(
  server: EmbeddedServer,
  next: () => Batch,
  options: { untilMs: number; inFlight: number },
  sent: Sent,
): Promise<void> {
  const lane = async () => {
    while (performance.now() < options.untilMs) await send(server, next(), sent)
  }
  await Promise.all(Array.from({ length: options.inFlight }, lane))
}

/** Sends a batch at each tick, whether or not the one before was acknowledged. */
export async function trickle(
  server: EmbeddedServer,
  next: () => Batch,
  options: { untilMs: number; everyMs: number },
  sent: Sent,
): Promise<void> {
  const running: Promise<void>[] = []
  for (let dueMs = performance.now(); dueMs < options.untilMs; dueMs += options.everyMs) {
    await pause(dueMs - performance.now())
    const sending = send(server, next(), sent)
    // Looked at in the end; until then it must not end the program.
    sending.catch(() => undefined)
    running.push(sending)
  }
  await Promise.all(running)
}
