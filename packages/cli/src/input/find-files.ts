import { lstatSync, readdirSync, type Stats, statSync } from 'node:fs'
import { basename, join, relative, resolve, sep } from 'node:path'
import { Failure } from '../output/failure.ts'

/** A stretch of a file that begins and ends where records do. */
export interface FilePart {
  readonly framing: 'ndjson' | 'text' | 'evtx'
  readonly fromByte: number
  /** The first byte that is no longer of it. */
  readonly toByte: number
  /** Number of its first line, from 1; of EVTX that of its first chunk. */
  readonly firstNumber: number
}

export interface FoundFile {
  readonly path: string
  /** Relative to the path that was named, with its last part in front: `logs/linux/auth.log`. */
  readonly name: string
  /** Last part of the path that was named. */
  readonly rootName: string
  /** Named itself, not found in a folder. */
  readonly isNamed: boolean
  readonly sizeBytes: number
  readonly modifiedMs: number
  /** This much of it alone; `sizeBytes` is then that of the part. */
  readonly part?: FilePart
  /** Where its bytes come from when it is no file of the disk; `sizeBytes` is then 0. */
  readonly stream?: AsyncIterable<Uint8Array>
}

export type Found =
  | { readonly kind: 'file'; readonly file: FoundFile }
  | { readonly kind: 'skipped'; readonly name: string; readonly reason: string }

/**
 * All files under the named paths, in order of their names. Links inside folders are not followed.
 * @throws Failure when a named path is not there
 */
export async function* findFiles(paths: readonly string[]): AsyncGenerator<Found> {
  for (const path of paths) {
    const info = namedStats(path)
    const root = resolve(path)
    const rootName = basename(root) || 'root'
    if (info.isDirectory()) yield* filesIn(root, root, rootName)
    else if (info.isFile())
      yield {
        kind: 'file',
        file: { path, name: rootName, rootName, isNamed: true, sizeBytes: info.size, modifiedMs: info.mtimeMs },
      }
    else throw new Failure(`${path} is neither a file nor a folder`)
  }
}

function namedStats(path: string): Stats {
  try {
    return statSync(path)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw new Failure(code === 'ENOENT' ? `${path} is not there` : `cannot read ${path}: ${message}`)
  }
}

export interface FilePlan {
  readonly files: readonly FoundFile[]
  readonly skipped: readonly Extract<Found, { kind: 'skipped' }>[]
  readonly totalBytes: number
}

/** Looks which files there are, so that a bar can tell how far the work is. @throws Failure */
export async function planFiles(paths: readonly string[]): Promise<FilePlan> {
  const files: FoundFile[] = []
  const skipped: Extract<Found, { kind: 'skipped' }>[] = []
  for await (const found of findFiles(paths))
    if (found.kind === 'file') files.push(found.file)
    else skipped.push(found)
  return { files, skipped, totalBytes: files.reduce((sum, file) => sum + file.sizeBytes, 0) }
}

async function* filesIn(folder: string, root: string, rootName: string): AsyncGenerator<Found> {
  const nameOf = (path: string) => [rootName, ...relative(root, path).split(sep)].filter(Boolean).join('/')
  let names: string[]
  try {
    names = readdirSync(folder).sort((a, b) => (a < b ? -1 : 1))
  } catch (error) {
    yield { kind: 'skipped', name: nameOf(folder), reason: `cannot be read: ${(error as Error).message}` }
    return
  }
  for (const entry of names) {
    const path = join(folder, entry)
    const name = nameOf(path)
    const info = statsOf(path)
    if (!info) yield { kind: 'skipped', name, reason: 'cannot be read' }
    else if (info.isSymbolicLink()) yield { kind: 'skipped', name, reason: 'a link' }
    else if (info.isDirectory()) {
      if (entry.startsWith('.')) yield { kind: 'skipped', name, reason: 'hidden' }
      else yield* filesIn(path, root, rootName)
    } else if (info.isFile())
      yield {
        kind: 'file',
        file: { path, name, rootName, isNamed: false, sizeBytes: info.size, modifiedMs: info.mtimeMs },
      }
    else yield { kind: 'skipped', name, reason: 'a device, pipe or socket' }
  }
}

// One after the other and at once: waiting for a thread to look costs sixteen times as much as looking.
function statsOf(path: string): Stats | undefined {
  try {
    return lstatSync(path)
  } catch {
    return undefined
  }
}
