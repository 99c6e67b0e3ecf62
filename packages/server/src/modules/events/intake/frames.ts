import { createFramer, type FrameBatch, type TextFraming } from '@watchfloor/engines/logs'
import type { Frame } from './intake.ts'

const encoder = new TextEncoder()

/** The loop gets its turn after so many bytes of parsing. */
const bytesPerTurn = 512 * 1024

/** JSON objects: one a line, or an array, or one after the other. A line that is none is refused by itself. */
export async function* jsonRecords(body: AsyncIterable<Uint8Array>, maxRecordBytes: number): AsyncIterable<Frame> {
  const { first, rest } = await peek(body)
  // Lines are cut faster, and a broken line costs only itself; an array has to be followed through its brackets.
  const framing: TextFraming = startsWithArray(first) ? 'json' : 'ndjson'
  for await (const frame of records(rest, framing, maxRecordBytes))
    yield frame.kind === 'record' ? jsonObject(frame) : frame
}

/** JSON objects directly one after the other, also over several lines. */
export async function* concatenatedJson(body: AsyncIterable<Uint8Array>, maxRecordBytes: number): AsyncIterable<Frame> {
  for await (const frame of records(body, 'json', maxRecordBytes))
    yield frame.kind === 'record' ? jsonObject(frame) : frame
}

/** Lines of text, whatever they hold. Empty ones are passed over. */
export const textRecords = (body: AsyncIterable<Uint8Array>, maxRecordBytes: number): AsyncIterable<Frame> =>
  records(body, 'text', maxRecordBytes)

async function* records(
  body: AsyncIterable<Uint8Array>,
  framing: TextFraming,
  maxRecordBytes: number,
): AsyncIterable<Frame> {
  const framer = createFramer(framing, { maxRecordBytes })
  let bytes = 0
  for await (const chunk of body) {
    yield* framesOf(framer.push(chunk))
    bytes += chunk.byteLength
    if (bytes >= bytesPerTurn) {
      bytes = 0
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  yield* framesOf(framer.end())
}

function* framesOf(batch: FrameBatch): Iterable<Frame> {
  for (const record of batch.records)
    if (record.raw.trim() !== '') yield { kind: 'record', bytes: encoder.encode(record.raw), line: record.line }
  for (const problem of batch.problems)
    yield { kind: 'refused', line: problem.line, code: problem.code, message: problem.message }
}

function jsonObject(frame: Frame & { kind: 'record' }): Frame {
  try {
    const value: unknown = JSON.parse(
      Buffer.from(frame.bytes.buffer, frame.bytes.byteOffset, frame.bytes.byteLength).toString('utf8'),
    )
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return frame
    return { kind: 'refused', line: frame.line, code: 'JSON_NOT_AN_OBJECT', message: 'an event must be a JSON object' }
  } catch (error) {
    return {
      kind: 'refused',
      line: frame.line,
      code: 'JSON_MALFORMED',
      message: error instanceof Error ? error.message : 'not JSON',
    }
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
