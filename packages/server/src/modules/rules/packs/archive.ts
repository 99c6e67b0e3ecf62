import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { Refusal } from '@watchfloor/contracts/kernel'
import { extract } from 'tar-stream'
import { fromBufferPromise } from 'yauzl'

export interface PackFile {
  /** Within the archive; a folder that holds everything is left out. */
  readonly path: string
  readonly text: string
}

/** What an archive of rules may be; the largest public one holds 5,000 files and 15 MB. */
export const archiveLimits = {
  packedBytes: 64 * 1024 * 1024,
  unpackedBytes: 256 * 1024 * 1024,
  textBytes: 64 * 1024 * 1024,
  members: 100_000,
  fileBytes: 1_000_000,
}

const isRule = (name: string): boolean => /\.ya?ml$/i.test(name) && !/(^|\/)\./.test(name)

/**
 * The rule files of a zip, tar or tar.gz archive, told apart by its first bytes, one after the other.
 * @error UNSUPPORTED_MEDIA_TYPE for anything else · BODY_TOO_LARGE past the limits · UNPROCESSABLE for a damaged one
 */
export async function* rulesInArchive(bytes: Uint8Array): AsyncGenerator<PackFile> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  try {
    if (buffer.subarray(0, 4).toString('latin1') === 'PK\u0003\u0004') yield* inZip(buffer)
    else if (buffer[0] === 0x1f && buffer[1] === 0x8b) yield* inTar(Readable.from([buffer]).pipe(createGunzip()))
    else if (buffer.subarray(257, 262).toString('latin1') === 'ustar') yield* inTar(Readable.from([buffer]))
    else
      throw new Refusal('UNSUPPORTED_MEDIA_TYPE', 'the file is no .zip, .tar.gz or .tar archive', {
        remedy: 'Pack the folder of rules, or import the folder itself.',
      })
  } catch (error) {
    if (error instanceof Refusal) throw error
    throw new Refusal('UNPROCESSABLE', `the archive is damaged: ${error instanceof Error ? error.message : error}`, {
      remedy: 'Fetch or pack it again.',
    })
  }
}

/** Counts what comes out, so that a small archive cannot become a large one. */
class Budget {
  #bytes = 0
  #members = 0

  member(): void {
    if (++this.#members > archiveLimits.members)
      throw new Refusal('BODY_TOO_LARGE', `the archive has more than ${archiveLimits.members} members`)
  }

  take(bytes: number): void {
    this.#bytes += bytes
    if (this.#bytes > archiveLimits.unpackedBytes)
      throw new Refusal('BODY_TOO_LARGE', `the archive unpacks to more than ${archiveLimits.unpackedBytes} bytes`)
  }
}

async function* inZip(buffer: Buffer): AsyncGenerator<PackFile> {
  const zip = await fromBufferPromise(buffer, { lazyEntries: true, autoClose: false, validateEntrySizes: true })
  const budget = new Budget()
  try {
    for await (const entry of zip.eachEntry()) {
      budget.member()
      if (!isRule(entry.fileName) || entry.isEncrypted() || entry.uncompressedSize > archiveLimits.fileBytes) continue
      const stream: AsyncIterable<Uint8Array> = await zip.openReadStreamPromise(entry)
      yield { path: entry.fileName, text: await textOf(stream, budget) }
    }
  } finally {
    zip.close()
  }
}

async function* inTar(source: Readable): AsyncGenerator<PackFile> {
  const budget = new Budget()
  const members = extract()
  source.on('error', (error) => members.destroy(error))
  source.pipe(members)
  for await (const member of members) {
    budget.member()
    const { name, type, size = 0 } = member.header
    if (type === 'file' && isRule(name) && size <= archiveLimits.fileBytes)
      yield { path: name, text: await textOf(member as AsyncIterable<Uint8Array>, budget) }
    else for await (const part of member as AsyncIterable<Uint8Array>) budget.take(part.byteLength)
  }
}

async function textOf(stream: AsyncIterable<Uint8Array>, budget: Budget): Promise<string> {
  const parts: Uint8Array[] = []
  for await (const part of stream) {
    budget.take(part.byteLength)
    parts.push(part)
  }
  return Buffer.concat(parts)
    .toString('utf8')
    .replace(/^\uFEFF/, '')
}

/**
 * Paths without the folder that an archive of a repository has at its top, whose name changes with every version.
 * @returns how many characters to leave out
 */
export function commonFolder(paths: readonly string[]): number {
  const first = paths[0]
  const end = (first?.indexOf('/') ?? -1) + 1
  if (first === undefined || end === 0 || paths.length < 2) return 0
  const folder = first.slice(0, end)
  return paths.every((path) => path.startsWith(folder)) ? end : 0
}
