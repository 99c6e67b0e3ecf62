import type { FileHandle } from 'node:fs/promises'
import type { Frame } from '../intake/intake.ts'

const newline = 10
const carriageReturn = 13

/** How far a file has been read. */
export interface ReadPosition {
  /** Bytes taken in whole lines. */
  readonly offset: number
  /** Inside a line that is too long: the rest of it is passed over. */
  readonly skipping: boolean
}

export interface ReadLines extends ReadPosition {
  readonly frames: Frame[]
  /** False when there may be more to read at once. */
  readonly atEnd: boolean
}

/**
 * Reads the next whole lines of a growing file, at most `maxBytes`; an unfinished last line is left for later. A line longer than
 * `maxRecordBytes` is reported and passed over with bounded memory.
 * @param limits.isFinished the file will not grow any more: an unfinished last line is all there will be of it
 */
export async function readLines(
  file: FileHandle,
  from: ReadPosition,
  limits: { maxBytes: number; maxRecordBytes: number; isFinished?: boolean },
): Promise<ReadLines> {
  const buffer = Buffer.allocUnsafe(Math.max(limits.maxBytes, limits.maxRecordBytes + 1))
  const { bytesRead } = await file.read(buffer, 0, buffer.byteLength, from.offset)
  const bytes = buffer.subarray(0, bytesRead)
  const frames: Frame[] = []
  let start = 0
  let skipping = from.skipping
  for (let end = bytes.indexOf(newline, start); end >= 0; end = bytes.indexOf(newline, start)) {
    const line = bytes.subarray(start, bytes[end - 1] === carriageReturn && end > start ? end - 1 : end)
    if (!skipping && line.byteLength > limits.maxRecordBytes)
      frames.push(tooLong(from.offset + start, limits.maxRecordBytes))
    else if (!skipping && line.byteLength > 0) frames.push({ kind: 'record', bytes: line, line: 0 })
    skipping = false
    start = end + 1
  }
  const rest = bytesRead - start
  if (rest > limits.maxRecordBytes || skipping) {
    if (!skipping) frames.push(tooLong(from.offset + start, limits.maxRecordBytes))
    return { frames, offset: from.offset + bytesRead, skipping: true, atEnd: bytesRead < buffer.byteLength }
  }
  const atEnd = bytesRead < buffer.byteLength
  if (limits.isFinished && atEnd && rest > 0) {
    frames.push({ kind: 'record', bytes: bytes.subarray(start), line: 0 })
    return { frames, offset: from.offset + bytesRead, skipping: false, atEnd }
  }
  return { frames, offset: from.offset + start, skipping, atEnd }
}

const tooLong = (offset: number, maxRecordBytes: number): Frame => ({
  kind: 'refused',
  line: 0,
  code: 'RECORD_TOO_LONG',
  message: `the line at byte ${offset} is longer than ${maxRecordBytes} bytes`,
})
