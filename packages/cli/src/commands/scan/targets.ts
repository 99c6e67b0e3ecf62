import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import type { FoundFile } from '../../input/find-files.ts'
import { gunzip } from '../../input/gzip.ts'
import { readAll } from '../../input/peek.ts'
import { ArchiveRefused, defaultLimits } from '../../input/piece.ts'
import { zipMembers } from '../../input/zip.ts'
import { bytesText } from '../../output/text.ts'

/** Something to scan: a file where it lies, or what was packed in one. */
export type Target =
  | { readonly kind: 'file'; readonly name: string; readonly path: string; readonly sizeBytes: number }
  | { readonly kind: 'bytes'; readonly name: string; readonly bytes: Buffer }
  | { readonly kind: 'skipped'; readonly name: string; readonly reason: string }

const limits = { ...defaultLimits, maxUnpackedBytes: 4 * 1024 ** 3 }

const isZip = (head: Uint8Array): boolean => head[0] === 0x50 && head[1] === 0x4b && (head[2] === 3 || head[2] === 5)
const isGzip = (head: Uint8Array): boolean => head[0] === 0x1f && head[1] === 0x8b

/**
 * A file, and what is packed in it (.zip, .gz, within each other). Of an archive that is refused or damaged, what came before is
 * scanned, and it is said.
 */
export async function* targetsIn(file: FoundFile, shownPath: string, maxBytes: number): AsyncGenerator<Target> {
  if (file.sizeBytes > maxBytes) {
    yield { kind: 'skipped', name: shownPath, reason: `larger than ${bytesText(maxBytes)}` }
    return
  }
  yield { kind: 'file', name: shownPath, path: file.path, sizeBytes: file.sizeBytes }
  const head = await firstBytes(file.path)
  if (isZip(head)) yield* said(shownPath, membersOf(file.path, shownPath, maxBytes, 1))
  else if (isGzip(head)) yield* said(shownPath, unzipped(createReadStream(file.path), shownPath, maxBytes, 1))
}

async function firstBytes(path: string): Promise<Uint8Array> {
  const file = await open(path, 'r')
  try {
    const head = Buffer.alloc(4)
    const { bytesRead } = await file.read(head, 0, 4, 0)
    return head.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

async function* said(name: string, targets: AsyncGenerator<Target>): AsyncGenerator<Target> {
  try {
    yield* targets
  } catch (error) {
    const reason = error instanceof ArchiveRefused ? error.message : `a damaged archive: ${(error as Error).message}`
    yield { kind: 'skipped', name, reason }
  }
}

async function* membersOf(
  archive: string | Buffer,
  name: string,
  maxBytes: number,
  depth: number,
): AsyncGenerator<Target> {
  for await (const member of zipMembers(archive, limits)) {
    const shown = `${name}!${member.name}`
    if (member.unreadable) yield { kind: 'skipped', name: shown, reason: member.unreadable }
    else if (member.sizeBytes > maxBytes)
      yield { kind: 'skipped', name: shown, reason: `larger than ${bytesText(maxBytes)}` }
    else yield* said(shown, contentOf(await member.open(), shown, maxBytes, depth))
  }
}

const unzipped = (packed: AsyncIterable<Uint8Array>, name: string, maxBytes: number, depth: number) =>
  contentOf(gunzip(packed, limits), `${name}!${name.replace(/^.*[/\\]|\.gz$/g, '')}`, maxBytes, depth)

async function* contentOf(
  stream: AsyncIterable<Uint8Array>,
  name: string,
  maxBytes: number,
  depth: number,
): AsyncGenerator<Target> {
  const bytes = await readAll(stream, maxBytes, () => new ArchiveRefused(`larger than ${bytesText(maxBytes)}`))
  yield { kind: 'bytes', name, bytes }
  const isPacked = isZip(bytes) || isGzip(bytes)
  if (!isPacked) return
  if (depth >= limits.maxDepth)
    yield { kind: 'skipped', name, reason: `archives within archives, deeper than ${limits.maxDepth}` }
  else if (bytes.byteLength > limits.maxNestedBytes)
    yield {
      kind: 'skipped',
      name,
      reason: `an archive within an archive, larger than ${bytesText(limits.maxNestedBytes)}`,
    }
  else if (isZip(bytes)) yield* said(name, membersOf(bytes, name, maxBytes, depth + 1))
  else yield* said(name, unzipped(one(bytes), name, maxBytes, depth + 1))
}

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
