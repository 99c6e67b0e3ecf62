import type { Clock } from '../clock/clock.ts'

/** Makes ids that sort by the time they were made: UUID version 7. */
export type UuidMaker = () => string

const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/**
 * Ids rise strictly within one maker, also within one millisecond and when the clock steps back: a 12-bit counter, started at
 * random below its half, stands in `rand_a`; when it is full the time runs ahead by a millisecond.
 * @param randomBytes cryptographically random
 * @source RFC 9562, 5.7 and 6.2 method 1
 */
export function uuidv7Maker(clock: Pick<Clock, 'now'>, randomBytes: (count: number) => Uint8Array): UuidMaker {
  let lastMs = -1
  let counter = 0
  return () => {
    const bytes = randomBytes(10)
    const nowMs = clock.now()
    if (nowMs > lastMs) {
      lastMs = nowMs
      counter = ((bytes[0]! << 8) | bytes[1]!) & 0x7ff
    } else if (counter === 0xfff) {
      lastMs += 1
      counter = ((bytes[0]! << 8) | bytes[1]!) & 0x7ff
    } else counter += 1
    return layOut(lastMs, counter, bytes.subarray(2))
  }
}

function layOut(ms: number, counter: number, random: Uint8Array): string {
  const time = ms.toString(16).padStart(12, '0')
  const versionAndCounter = (0x7000 | counter).toString(16)
  const variant = hex[(random[0]! & 0x3f) | 0x80]! + hex[random[1]!]!
  const rest = Array.from(random.subarray(2, 8), (byte) => hex[byte]!).join('')
  return `${time.slice(0, 8)}-${time.slice(8)}-${versionAndCounter}-${variant}-${rest}`
}
