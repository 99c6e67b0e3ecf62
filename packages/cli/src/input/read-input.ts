import { createReadStream } from 'node:fs'
import { type Framing, sniff } from '@watchfloor/engines/logs'
import { evtxHeaderBytes, evtxRecords } from './evtx-records.ts'
import { reasonByBytes, reasonByName } from './file-kind.ts'
import type { FilePart, FoundFile } from './find-files.ts'
import { gunzip } from './gzip.ts'
import { peek, readAll } from './peek.ts'
import { ArchiveRefused, type Piece, type ReadOptions } from './piece.ts'
import { textRecords } from './text-records.ts'
import { zipMembers } from './zip.ts'

const sniffBytes = 64 * 1024
const readBytes = 256 * 1024

/**
 * Everything in a file: its records, or those of the files packed in it. Reads as a stream, and never throws for what is in
 * the file.
 * @param onBytes told how much of the file has been read
 */
export async function* readInput(
  file: FoundFile,
  options: ReadOptions,
  onBytes: (bytes: number) => void = () => {},
): AsyncGenerator<Piece> {
  const byName = file.isNamed ? undefined : reasonByName(file.name)
  if (byName) {
    yield { kind: 'skipped', name: file.name, reason: byName }
    return
  }
  if (file.sizeBytes === 0 && file.stream === undefined) {
    yield { kind: 'skipped', name: file.name, reason: 'empty' }
    return
  }
  const { part } = file
  yield* guarded(
    file.name,
    part === undefined ? readFrom(file, options, onBytes) : readPart(file, part, options, onBytes),
  )
}

async function* readFrom(
  file: FoundFile,
  options: ReadOptions,
  onBytes: (bytes: number) => void,
): AsyncGenerator<Piece> {
  const { head, all } = await peek(counted(file.stream ?? fileStream(file.path), onBytes), sniffBytes)
  // What is read from its end, as archives are, needs a file; another stream is held in memory.
  if (file.stream !== undefined || framingOf(head, file.name, options) !== 'zip') {
    yield* readStream(file.name, head, all, options, 0)
    return
  }
  await all[Symbol.asyncIterator]().return?.()
  yield* readZip(file.name, file.path, options, 0)
  onBytes(file.sizeBytes)
}

async function* readPart(
  { path, name }: FoundFile,
  { framing, fromByte, toByte, firstNumber }: FilePart,
  options: ReadOptions,
  onBytes: (bytes: number) => void,
): AsyncGenerator<Piece> {
  const stream = counted(fileStream(path, { start: fromByte, end: toByte - 1 }), onBytes)
  if (framing !== 'evtx') yield* textRecords(name, framing, stream, options, firstNumber)
  else {
    const header = fileStream(path, { start: 0, end: evtxHeaderBytes - 1 })
    yield* evtxRecords(name, inRow(header, stream), firstNumber)
  }
}

const fileStream = (path: string, range: { start?: number; end?: number } = {}): AsyncIterable<Uint8Array> =>
  createReadStream(path, { highWaterMark: readBytes, ...range }) as AsyncIterable<Buffer>

async function* counted(
  stream: AsyncIterable<Uint8Array>,
  onBytes: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  for await (const part of stream) {
    onBytes(part.byteLength)
    yield part
  }
}

async function* inRow(...streams: readonly AsyncIterable<Uint8Array>[]): AsyncGenerator<Uint8Array> {
  for (const stream of streams) yield* stream
}

/** Containers are always told by their bytes; a format that was asked for is that of what is in them. */
function framingOf(head: Uint8Array, name: string, options: ReadOptions): Framing {
  const seen = sniff(head, name)
  return options.format === 'auto' || seen === 'gzip' || seen === 'zip' ? seen : options.format
}

async function* readStream(
  name: string,
  head: Uint8Array,
  all: AsyncIterable<Uint8Array>,
  options: ReadOptions,
  depth: number,
): AsyncGenerator<Piece> {
  const framing = framingOf(head, name, options)
  const { limits } = options
  switch (framing) {
    case 'gzip': {
      if (depth >= limits.maxDepth) {
        yield tooDeep(name, limits.maxDepth)
        return
      }
      const inner = name.replace(/\.gz(?:ip)?$/i, '')
      const unpacked = await peek(gunzip(all, limits), sniffBytes)
      yield* guarded(name, readStream(inner, unpacked.head, unpacked.all, options, depth + 1))
      return
    }
    case 'zip': {
      if (depth >= limits.maxDepth) {
        yield tooDeep(name, limits.maxDepth)
        return
      }
      const archive = await readAll(
        all,
        limits.maxNestedBytes,
        () => new ArchiveRefused(`an archive within an archive may have at most ${limits.maxNestedBytes} bytes`),
      )
      yield* readZip(name, archive, options, depth)
      return
    }
    case 'binary':
      yield { kind: 'skipped', name, reason: reasonByBytes(head) }
      return
    case 'evtx':
      yield* evtxRecords(name, all)
      return
    default:
      if (head.byteLength === 0) yield { kind: 'skipped', name, reason: 'empty' }
      yield* textRecords(name, framing, all, options)
  }
}

async function* readZip(
  name: string,
  archive: string | Buffer,
  options: ReadOptions,
  depth: number,
): AsyncGenerator<Piece> {
  for await (const member of zipMembers(archive, options.limits)) {
    const inner = `${name}!${member.name}`
    const reason = reasonByName(member.name) ?? member.unreadable ?? (member.sizeBytes === 0 ? 'empty' : undefined)
    if (reason) {
      yield { kind: 'skipped', name: inner, reason }
      continue
    }
    yield* guarded(
      inner,
      (async function* () {
        const { head, all } = await peek(await member.open(), sniffBytes)
        yield* readStream(inner, head, all, options, depth + 1)
      })(),
    )
  }
}

const tooDeep = (name: string, maxDepth: number): Piece => ({
  kind: 'skipped',
  name,
  reason: `an archive within ${maxDepth} others`,
})

/** A fault of one file or member ends that one alone. */
async function* guarded(name: string, pieces: AsyncGenerator<Piece>): AsyncGenerator<Piece> {
  try {
    yield* pieces
  } catch (error) {
    if (!(error instanceof Error)) throw error
    yield { kind: 'damaged', name, reason: error instanceof ArchiveRefused ? error.message : faultText(error) }
  }
}

const faultTexts: Readonly<Record<string, string>> = {
  Z_BUF_ERROR: 'the packed stream ends early',
  Z_DATA_ERROR: 'the packed stream is damaged',
  EACCES: 'no permission to read it',
  EIO: 'the disk cannot read it',
}

function faultText(error: Error): string {
  const code = 'code' in error ? String(error.code) : ''
  return faultTexts[code] ?? error.message
}
