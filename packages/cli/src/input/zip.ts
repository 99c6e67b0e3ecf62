import { type Entry, fromBufferPromise, openPromise, type ZipFile } from 'yauzl'
import { checkRatio } from './gzip.ts'
import { type ArchiveLimits, ArchiveRefused } from './piece.ts'

export interface ZipMember {
  readonly name: string
  readonly sizeBytes: number
  /** Undefined where it cannot be unpacked, with the reason in `unreadable`. */
  open(): Promise<AsyncIterable<Uint8Array>>
  readonly unreadable: string | undefined
}

const options = { lazyEntries: true, autoClose: false, validateEntrySizes: true, strictFileNames: false } as const

/**
 * The members of a ZIP archive; folders are left out. What its directory says is judged before anything is unpacked, and no
 * member gives more bytes than the directory said.
 * @throws ArchiveRefused for more members or bytes than the limits allow, or members that lie over each other
 * @throws Error when it is damaged
 */
export async function* zipMembers(archive: string | Buffer, limits: ArchiveLimits): AsyncGenerator<ZipMember> {
  const zip =
    typeof archive === 'string' ? await openPromise(archive, options) : await fromBufferPromise(archive, options)
  try {
    for (const entry of await judgedEntries(zip, limits)) if (!entry.fileName.endsWith('/')) yield memberOf(zip, entry)
  } finally {
    zip.close()
  }
}

async function judgedEntries(zip: ZipFile, limits: ArchiveLimits): Promise<Entry[]> {
  if (zip.entryCount > limits.maxMembers)
    throw new ArchiveRefused(`it has ${zip.entryCount} members, more than ${limits.maxMembers}: a zip bomb?`)
  const entries: Entry[] = []
  let bytes = 0
  let packedBytes = 0
  for await (const entry of zip.eachEntry()) {
    entries.push(entry)
    bytes += entry.uncompressedSize
    packedBytes += entry.compressedSize
    checkRatio(entry.uncompressedSize, entry.compressedSize, limits)
  }
  checkRatio(bytes, Math.min(packedBytes, zip.fileSize), limits)
  // Members that share their packed bytes unpack to far more than the file could hold.
  if (packedBytes > zip.fileSize) throw new ArchiveRefused('its members lie over each other: a zip bomb?')
  return entries
}

const memberOf = (zip: ZipFile, entry: Entry): ZipMember => ({
  name: entry.fileName,
  sizeBytes: entry.uncompressedSize,
  unreadable: entry.isEncrypted()
    ? 'encrypted'
    : entry.canDecodeFileData()
      ? undefined
      : `packed by method ${entry.compressionMethod}: unpack it first`,
  open: async () => (await zip.openReadStreamPromise(entry)) as AsyncIterable<Uint8Array>,
})
