import { parseEvtxChunk } from 'winevtx'
import { GuardedChunk, jsonOfAtMost } from './evtx-guard.ts'
import type { LostRecord, Piece } from './piece.ts'
import { withinTime } from './watchdog.ts'

export const evtxHeaderBytes = 4096
export const evtxChunkBytes = 65_536
const recordsStart = 0x200
const recordMagic = 0x2a2a
const leastRecordBytes = 28
const recordHeaderBytes = 24
/** Events of a chunk as JSON together: a chunk has 64 KB, and templates make it some times as large. */
const maxChunkCharacters = 4 * 1024 * 1024
/** A chunk takes some milliseconds. */
const maxChunkMs = 2_000
const emptyChunk = 0xffff_ffff_ffff_ffffn

/**
 * Windows event logs, chunk by chunk. Damaged records and chunks are left out and counted.
 * @param firstChunk number of the chunk that comes after the header, from 1
 */
export async function* evtxRecords(
  name: string,
  stream: AsyncIterable<Uint8Array>,
  firstChunk = 1,
): AsyncGenerator<Piece> {
  let header: Buffer | undefined
  let number = firstChunk - 1
  for await (const block of blocksOf(stream)) {
    if (!header) {
      header = fileHeader(block)
      continue
    }
    number++
    yield readChunk(name, number, header, block)
  }
}

/** The header block, then chunks. The last one may be shorter than it should be. */
async function* blocksOf(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let parts: Uint8Array[] = []
  let bytes = 0
  let wanted = evtxHeaderBytes
  for await (const part of stream) {
    parts.push(part)
    bytes += part.byteLength
    if (bytes < wanted) continue
    let rest = Buffer.concat(parts)
    while (rest.byteLength >= wanted) {
      yield rest.subarray(0, wanted)
      rest = rest.subarray(wanted)
      wanted = evtxChunkBytes
    }
    parts = [rest]
    bytes = rest.byteLength
  }
  if (bytes > 0) yield Buffer.concat(parts)
}

/** The reader wants a file around each chunk; a header that says where the chunk begins is enough. */
function fileHeader(block: Buffer): Buffer {
  const header = Buffer.alloc(evtxHeaderBytes)
  block.copy(header, 0, 0, evtxHeaderBytes)
  header.writeUInt16LE(evtxHeaderBytes, 40)
  return header
}

function readChunk(name: string, number: number, header: Buffer, block: Buffer): Piece {
  const nothing = { kind: 'records', name, media: 'json', lines: [], numbers: [], lost: [] } as const
  const lostChunk = (message: string): Piece => {
    const lost: LostRecord = { name, line: number, code: 'EVTX_CHUNK_DAMAGED', message: `chunk ${number}: ${message}` }
    return { ...nothing, lost: [lost] }
  }
  if (block.byteLength < evtxChunkBytes)
    return lostChunk(`the file ends within it, ${evtxChunkBytes - block.byteLength} bytes early`)
  if (block.toString('latin1', 0, 8) !== 'ElfChnk\0') {
    if (block.every((byte) => byte === 0)) return nothing
    return lostChunk('it does not begin like one')
  }
  if (block.readBigUInt64LE(32) === emptyChunk) return nothing
  const { lines, numbers, failure } = salvage(header, block)
  const expected = Number(block.readBigUInt64LE(16) - block.readBigUInt64LE(8)) + 1
  const isPlausible = expected > 0 && expected <= evtxChunkBytes / leastRecordBytes
  const missing = isPlausible ? expected - lines.length : 0
  if (missing <= 0 && failure === undefined) return { ...nothing, lines, numbers }
  const message = `chunk ${number}: ${failure ?? 'records are overwritten'}`
  const lost = Array.from({ length: Math.max(1, missing) }, () => ({
    name,
    line: number,
    code: 'EVTX_RECORD_DAMAGED',
    message,
  }))
  return { ...nothing, lines, numbers, lost }
}

interface Salvaged {
  lines: string[]
  /** What the file itself numbers each with. */
  numbers: number[]
  failure: string | undefined
  /** Records that have been read, events or not. */
  done: number
  /** Of all lines. */
  characters: number
}

/**
 * Reads what can be read of a chunk. The reader stops at a gap or at a record it does not understand; the record before is then
 * made to reach to the next one, and the chunk is read again.
 */
function salvage(header: Buffer, block: Buffer): Salvaged {
  const file = Buffer.concat([header, block])
  const chunk = file.subarray(evtxHeaderBytes)
  blankBrokenStart(chunk)
  closeGaps(chunk)
  const salvaged: Salvaged = { lines: [], numbers: [], failure: undefined, done: 0, characters: 0 }
  const endsMs = performance.now() + maxChunkMs
  for (let attempt = 0; attempt < 32; attempt++) {
    const leftMs = Math.ceil(endsMs - performance.now())
    if (leftMs <= 0) break
    try {
      withinTime(leftMs, () => readRecords(file, salvaged))
      break
    } catch (error) {
      salvaged.failure = error instanceof Error ? error.message : String(error)
      if (!skipRecord(chunk, salvaged.done)) break
    }
  }
  return salvaged
}

/** What has been read stays read: the next attempt begins behind it. @throws at a record that cannot be read */
function readRecords(file: Buffer, salvaged: Salvaged): void {
  const guarded = new GuardedChunk(file, evtxChunkBytes)
  let index = 0
  for (const { event, recordID } of parseEvtxChunk(guarded.file, 0)) {
    guarded.startRecord()
    if (index++ < salvaged.done) continue
    if (isEvent(event)) {
      const line = jsonOfAtMost(event, maxChunkCharacters - salvaged.characters)
      salvaged.characters += line.length
      salvaged.lines.push(line)
      salvaged.numbers.push(recordID)
    } else salvaged.failure = 'a record is no event'
    salvaged.done = index
  }
}

const isRecord = (chunk: Buffer, at: number): boolean =>
  at + leastRecordBytes <= evtxChunkBytes &&
  chunk.readUInt32LE(at) === recordMagic &&
  sizeAt(chunk, at) >= leastRecordBytes
const sizeAt = (chunk: Buffer, at: number): number => chunk.readUInt32LE(at + 4)

/** Lets the records before overwritten stretches reach to the next record. */
function closeGaps(chunk: Buffer): void {
  let at = recordsStart
  while (isRecord(chunk, at)) {
    const end = at + sizeAt(chunk, at)
    if (isRecord(chunk, end)) {
      at = end
      continue
    }
    const next = nextRecord(chunk, end)
    if (next === undefined) return
    chunk.writeUInt32LE(next - at, at + 4)
    at = next
  }
}

/** Records stand at multiples of eight, and repeat their size at their end. */
function nextRecord(chunk: Buffer, from: number): number | undefined {
  for (let at = Math.ceil(from / 8) * 8; at + leastRecordBytes <= evtxChunkBytes; at += 8) {
    if (!isRecord(chunk, at)) continue
    const end = at + sizeAt(chunk, at)
    if (end <= evtxChunkBytes && chunk.readUInt32LE(end - 4) === sizeAt(chunk, at)) return at
  }
  return undefined
}

/** The reader begins at the first record whatever it is, and one of no size it would read for ever. */
function blankBrokenStart(chunk: Buffer): void {
  if (isRecord(chunk, recordsStart)) return
  const next = nextRecord(chunk, recordsStart + leastRecordBytes)
  if (next !== undefined) blank(chunk, recordsStart, next - recordsStart)
  else chunk.fill(0, recordsStart, recordsStart + leastRecordBytes)
}

/** A record with nothing in it. */
function blank(chunk: Buffer, at: number, sizeBytes: number): void {
  chunk.writeUInt32LE(recordMagic, at)
  chunk.writeUInt32LE(sizeBytes, at + 4)
  chunk[at + recordHeaderBytes] = 0
}

/** Takes record number `index` (from 0) out of the reader's way. */
function skipRecord(chunk: Buffer, index: number): boolean {
  if (index === 0) {
    if (!isRecord(chunk, recordsStart) || chunk[recordsStart + recordHeaderBytes] === 0) return false
    blank(chunk, recordsStart, sizeAt(chunk, recordsStart))
    return true
  }
  let before = recordsStart
  for (let i = 1; i < index; i++) before += sizeAt(chunk, before)
  const bad = before + sizeAt(chunk, before)
  if (!isRecord(chunk, bad)) return false
  const next = bad + sizeAt(chunk, bad)
  if (!isRecord(chunk, next)) return false
  chunk.writeUInt32LE(next - before, before + 4)
  return true
}

function isEvent(event: unknown): boolean {
  const inner = typeof event === 'object' && event !== null && 'Event' in event ? event.Event : undefined
  const system = typeof inner === 'object' && inner !== null && 'System' in inner ? inner.System : undefined
  return typeof system === 'object' && system !== null && 'EventID' in system
}
