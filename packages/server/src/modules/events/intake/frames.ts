import { createFramer, type FrameBatch, type TextFraming } from '@watchfloor/engines/logs'
import type { Frame } from './intake.ts'

/** The loop gets its turn after so many bytes of parsing. */
const bytesPerTurn = 512 * 1024

/** Records as they are cut out of a body, those of one piece of it at once. */
export type FrameBatches = AsyncIterable<readonly Frame[]>

/** JSON objects: one a line, or an array, or one after the other. A line that is none is refused by itself. */
export async function* jsonRecords(body: AsyncIterable<Uint8Array>, maxRecordBytes: number): FrameBatches {
  const { first, rest } = await peek(body)
  // Lines are cut faster, and a broken line costs only itself; an array has to be followed through its brackets.
  const framing: TextFraming = startsWithArray(first) ? 'json' : 'ndjson'
  yield* records(rest, framing, maxRecordBytes, refusedUnlessObject)
}

/** JSON objects directly one after the other, also over several lines. */
export const concatenatedJson = (body: AsyncIterable<Uint8Array>, maxRecordBytes: number): FrameBatches =>
  records(body, 'json', maxRecordBytes, refusedUnlessObject)

/** Lines of text, whatever they hold. Empty ones are passed over. */
export const textRecords = (body: AsyncIterable<Uint8Array>, maxRecordBytes: number): FrameBatches =>
  records(body, 'text', maxRecordBytes, () => undefined)

/** One by one, for those who look into each. */
export async function* singly(batches: FrameBatches): AsyncIterable<Frame> {
  for await (const batch of batches) yield* batch
}

type Refused = Extract<Frame, { kind: 'refused' }>
type Check = (raw: string, line: number) => Refused | undefined

async function* records(
  body: AsyncIterable<Uint8Array>,
  framing: TextFraming,
  maxRecordBytes: number,
  check: Check,
): FrameBatches {
  const framer = createFramer(framing, { maxRecordBytes })
  let bytes = 0
  for await (const chunk of body) {
    yield framesOf(framer.push(chunk), check)
    bytes += chunk.byteLength
    if (bytes >= bytesPerTurn) {
      bytes = 0
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  yield framesOf(framer.end(), check)
}

function framesOf({ records, problems }: FrameBatch, check: Check): Frame[] {
  const kept = records.filter(({ raw }) => raw.trim() !== '')
  // One piece of memory for all: making one for each costs more than filling it.
  const memory = Buffer.allocUnsafeSlow(kept.reduce((sum, { raw }) => sum + Buffer.byteLength(raw), 0))
  let at = 0
  const frames = kept.map(({ raw, line }): Frame => {
    const refused = check(raw, line)
    if (refused) return refused
    const start = at
    at += memory.write(raw, at)
    return { kind: 'record', bytes: memory.subarray(start, at), line }
  })
  for (const { line, code, message } of problems) frames.push({ kind: 'refused', line, code, message })
  return frames
}

function refusedUnlessObject(raw: string, line: number): Refused | undefined {
  try {
    const value: unknown = JSON.parse(raw)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return undefined
    return { kind: 'refused', line, code: 'JSON_NOT_AN_OBJECT', message: 'an event must be a JSON object' }
  } catch (error) {
    const message = error instanceof Error ? error.message : 'not JSON'
    return { kind: 'refused', line, code: 'JSON_MALFORMED', message }
  }
}

/** The first bytes that are not white space, and the whole body again. */
async function peek(body: AsyncIterable<Uint8Array>): Promise<{ first: Uint8Array; rest: AsyncIterable<Uint8Array> }> {
  const iterator = body[Symbol.asyncIterator]()
  const held: Uint8Array[] = []
  let first = new Uint8Array()
  while (first.byteLength === 0) {
    const { value, done } = await iterator.next()
    if (done) break
    held.push(value)
    first = new Uint8Array(value).subarray(firstPrinting(value))
  }
  async function* rest(): AsyncIterable<Uint8Array> {
    yield* held
    for (;;) {
      const { value, done } = await iterator.next()
      if (done) return
      yield value
    }
  }
  return { first, rest: rest() }
}

const blanks = new Set([0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf])
const firstPrinting = (bytes: Uint8Array): number => {
  const at = bytes.findIndex((byte) => !blanks.has(byte))
  return at < 0 ? bytes.byteLength : at
}
const startsWithArray = (bytes: Uint8Array): boolean => bytes[0] === 0x5b
