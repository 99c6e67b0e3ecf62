import { closeSync, openSync, readSync } from 'node:fs'
import { sniff } from '@watchfloor/engines/logs'
import { evtxChunkBytes, evtxHeaderBytes } from './evtx-records.ts'
import type { FilePart, FoundFile } from './find-files.ts'
import type { ReadOptions } from './piece.ts'

const readBytes = 1024 * 1024
const sniffBytes = 64 * 1024
const LF = 10

/**
 * A large file in parts of about `partBytes`, which several threads can read at once; a small one, and one whose records hang together
 * (an archive, a table with titles, JSON over several lines), in one. A part is looked for only when it is asked for.
 */
export function* partsOf(file: FoundFile, options: ReadOptions, partBytes: number): Generator<FoundFile> {
  const framing = file.sizeBytes < 2 * partBytes ? undefined : framingOf(file, options)
  if (framing === undefined) yield file
  else if (framing === 'evtx')
    for (const part of chunkParts(file.sizeBytes, partBytes))
      yield { ...file, part, sizeBytes: part.toByte - part.fromByte }
  else
    for (const part of lineParts(file, framing, partBytes))
      yield { ...file, part, sizeBytes: part.toByte - part.fromByte }
}

/** Undefined where a file cannot be cut, or not be read: then whoever reads it says why. */
function framingOf({ path, name }: FoundFile, { format }: ReadOptions): FilePart['framing'] | undefined {
  const head = Buffer.alloc(sniffBytes)
  try {
    const file = openSync(path, 'r')
    try {
      const seen = sniff(head.subarray(0, readSync(file, head, 0, sniffBytes, 0)), name)
      const framing = format === 'auto' || seen === 'gzip' || seen === 'zip' ? seen : format
      // UTF-16 is found out at its first bytes, which a later part does not have.
      const isUtf16 = (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)
      if (framing === 'evtx') return framing
      return !isUtf16 && (framing === 'ndjson' || framing === 'text') ? framing : undefined
    } finally {
      closeSync(file)
    }
  } catch {
    return undefined
  }
}

function* chunkParts(sizeBytes: number, partBytes: number): Generator<FilePart> {
  const chunks = Math.max(1, Math.floor(partBytes / evtxChunkBytes))
  for (let chunk = 0, fromByte = evtxHeaderBytes; fromByte < sizeBytes; chunk += chunks) {
    const toByte = Math.min(sizeBytes, fromByte + chunks * evtxChunkBytes)
    yield { framing: 'evtx', fromByte, toByte, firstNumber: chunk + 1 }
    fromByte = toByte
  }
}

function* lineParts(
  { path, sizeBytes }: FoundFile,
  framing: 'ndjson' | 'text',
  partBytes: number,
): Generator<FilePart> {
  const buffer = Buffer.alloc(readBytes)
  const file = openSync(path, 'r')
  try {
    let firstNumber = 1
    for (let fromByte = 0; fromByte < sizeBytes; ) {
      let lines = 0
      let toByte = fromByte
      let end: number | undefined
      while (end === undefined && toByte < sizeBytes) {
        const bytes = buffer.subarray(0, readSync(file, buffer, 0, readBytes, toByte))
        if (bytes.byteLength === 0) break
        for (let at = bytes.indexOf(LF); at >= 0 && end === undefined; at = bytes.indexOf(LF, at + 1)) {
          lines++
          if (toByte + at + 1 - fromByte >= partBytes) end = toByte + at + 1
        }
        toByte = end ?? toByte + bytes.byteLength
      }
      if (toByte === fromByte) return
      yield { framing, fromByte, toByte, firstNumber }
      fromByte = toByte
      firstNumber += lines
    }
  } finally {
    closeSync(file)
  }
}
