import { gunzipSync } from 'node:zlib'
import { isOfficeArchive, type OfficeFacts, ooxmlFactsOf } from '@watchfloor/engines/file-facts'
import { ArchiveFault, readZipDirectory, unpackZipEntry, type ZipEntry } from './zip-archive.ts'

export interface Member {
  readonly path: string
  readonly bytes: Buffer
}

/** What may still be unpacked, of an artifact and everything in it together. */
export interface UnpackBudget {
  members: number
  bytes: number
}

export const unpackLimits = {
  members: 1000,
  bytes: 256 * 1024 * 1024,
  depth: 4,
  /** Unpacked bytes for a packed one, from `ratioFromBytes` on. */
  ratio: 300,
  ratioFromBytes: 16 * 1024 * 1024,
  shownRefusals: 50,
} as const

export interface Unpacked {
  readonly format: 'zip' | 'gzip' | 'tar'
  readonly count: number
  readonly members: readonly Member[]
  readonly isEncrypted: boolean
  readonly refused: readonly { path: string; reason: string }[]
  readonly office?: OfficeFacts
}

/** Unpacks one layer of an archive, within the budget; undefined for what is no archive. What is refused is said, never thrown. */
export function unpack(bytes: Buffer, type: string, name: string, budget: UnpackBudget): Unpacked | undefined {
  switch (type) {
    case 'zip':
      return guarded('zip', () => unpackZip(bytes, budget))
    case 'gzip':
      return guarded('gzip', () => unpackGzip(bytes, name, budget))
    case 'tar':
      return guarded('tar', () => unpackTar(bytes, budget))
    default:
      return undefined
  }
}

/** An archive that is left packed, as it is in too many others; undefined for what is no archive. */
export function tooDeep(type: string): Unpacked | undefined {
  if (type !== 'zip' && type !== 'gzip' && type !== 'tar') return undefined
  const refused = [{ path: '', reason: `packed more than ${unpackLimits.depth} deep; left packed` }]
  return { format: type, count: 0, members: [], isEncrypted: false, refused }
}

function guarded(format: Unpacked['format'], work: () => Unpacked): Unpacked {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof ArchiveFault) && !(error instanceof RangeError)) throw error
    const reason = error instanceof ArchiveFault ? error.message : 'damaged'
    return { format, count: 0, members: [], isEncrypted: false, refused: [{ path: '', reason }] }
  }
}

class Refusals {
  readonly list: { path: string; reason: string }[] = []

  add(path: string, reason: string): void {
    if (this.list.length < unpackLimits.shownRefusals) this.list.push({ path: shownPath(path), reason })
  }
}

const maxPathLength = 500

/** A path within an archive is for people to read; it is never opened. */
const shownPath = (path: string): string =>
  path
    .slice(0, maxPathLength)
    .replace(/[\p{Cc}\p{Cf}]/gu, '\ufffd')
    .toWellFormed()

function take(budget: UnpackBudget, sizeBytes: number): void {
  budget.members--
  budget.bytes -= sizeBytes
}

function unpackZip(bytes: Buffer, budget: UnpackBudget): Unpacked {
  const { entries, count } = readZipDirectory(bytes, unpackLimits.members * 10)
  const refusals = new Refusals()
  const packedBytes = entries.reduce((sum, entry) => sum + entry.packedBytes, 0)
  if (packedBytes > bytes.length) throw new ArchiveFault('its members lie over each other: a zip bomb?')
  const sizeBytes = entries.reduce((sum, entry) => sum + entry.sizeBytes, 0)
  if (sizeBytes > unpackLimits.ratioFromBytes && sizeBytes > bytes.length * unpackLimits.ratio)
    throw new ArchiveFault('it unpacks to far more than its size: a zip bomb?')
  const names = entries.map(({ path }) => path)
  const isOffice = isOfficeArchive(names)
  const members: Member[] = []
  const unpackOne = (entry: ZipEntry): Buffer | undefined => {
    if (budget.members <= 0 || budget.bytes <= 0) {
      refusals.add(entry.path, 'more is not unpacked of one artifact')
      return undefined
    }
    try {
      const most = Math.max(unpackLimits.ratioFromBytes, entry.packedBytes * unpackLimits.ratio)
      const content = unpackZipEntry(bytes, entry, Math.min(budget.bytes, most))
      take(budget, content.length)
      return content
    } catch (error) {
      refusals.add(entry.path, error instanceof ArchiveFault ? error.message : 'damaged')
      return undefined
    }
  }
  const relations: string[] = []
  for (const entry of entries) {
    if (entry.path.endsWith('/')) continue
    // An Office document is one thing to people; what in it may do harm is looked at by itself.
    if (isOffice && !/vbaProject\.bin$|\/embeddings\/|\/activeX\//i.test(entry.path)) {
      if (/\.rels$/i.test(entry.path)) relations.push(unpackOne(entry)?.toString('utf8') ?? '')
      continue
    }
    const content = unpackOne(entry)
    if (content) members.push({ path: shownPath(entry.path), bytes: content })
  }
  return {
    format: 'zip',
    count,
    members,
    isEncrypted: entries.some(({ isEncrypted }) => isEncrypted),
    refused: refusals.list,
    ...(isOffice ? { office: ooxmlFactsOf(names.map(shownPath), relations) } : {}),
  }
}

function unpackGzip(bytes: Buffer, name: string, budget: UnpackBudget): Unpacked {
  const most = Math.min(budget.bytes, Math.max(unpackLimits.ratioFromBytes, bytes.length * unpackLimits.ratio))
  const path = shownPath(name.replace(/^.*[/\\]/, '').replace(/\.(?:gz|tgz)$/i, '') || 'content')
  try {
    const content = gunzipSync(bytes, { maxOutputLength: Math.max(1, most) })
    take(budget, content.length)
    return { format: 'gzip', count: 1, members: [{ path, bytes: content }], isEncrypted: false, refused: [] }
  } catch (error) {
    const { code } = error as { code?: string }
    const reason = code === 'ERR_BUFFER_TOO_LARGE' ? 'it unpacks to more than may be unpacked: a bomb?' : 'damaged'
    return { format: 'gzip', count: 1, members: [], isEncrypted: false, refused: [{ path, reason }] }
  }
}

function unpackTar(bytes: Buffer, budget: UnpackBudget): Unpacked {
  const refusals = new Refusals()
  const members: Member[] = []
  let count = 0
  let longName = ''
  for (let at = 0; at + 512 <= bytes.length && bytes[at] !== 0; ) {
    const sizeBytes = Number.parseInt(textAt(bytes, at + 124, 12).trim() || '0', 8)
    if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 0) throw new ArchiveFault('damaged')
    const kind = String.fromCharCode(bytes[at + 156] ?? 0)
    const content = bytes.subarray(at + 512, at + 512 + sizeBytes)
    const path = longName || [textAt(bytes, at + 345, 155), textAt(bytes, at, 100)].filter(Boolean).join('/')
    longName = kind === 'L' ? textAt(content, 0, maxPathLength) : ''
    at += 512 + Math.ceil(sizeBytes / 512) * 512
    // Links and devices have no content of their own.
    if (kind !== '0' && kind !== '\0') continue
    count++
    if (content.length < sizeBytes) refusals.add(path, 'cut off')
    else if (budget.members <= 0 || budget.bytes < sizeBytes) refusals.add(path, 'more is not unpacked of one artifact')
    else {
      take(budget, sizeBytes)
      members.push({ path: shownPath(path), bytes: Buffer.from(content) })
    }
  }
  return { format: 'tar', count, members, isEncrypted: false, refused: refusals.list }
}

function textAt(bytes: Buffer, at: number, length: number): string {
  const text = bytes.toString('utf8', at, Math.min(at + length, bytes.length))
  const end = text.indexOf('\0')
  return end < 0 ? text : text.slice(0, end)
}
