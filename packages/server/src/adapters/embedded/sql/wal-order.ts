import { closeSync, fsyncSync, openSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { basename, dirname } from 'node:path'

/** The engine's write-ahead log, and when it becomes durable. */
export interface WalOrder {
  /** Resolves once all that was committed before the call survives a power cut. */
  flush(): Promise<void>
  /** How much log was written since it was last asked. */
  takeWrittenBytes(): number
}

interface Stream {
  readonly node: object
  readonly nfd?: number
}

interface StreamOperations {
  write(stream: Stream, ...rest: unknown[]): number
  fsync?(stream: Stream): number
}

/** Makes what was written to a file durable. */
interface Disk {
  syncNow(path: string): void
  sync(path: string): Promise<void>
}

/** WASI's EIO, which PostgreSQL answers with a PANIC: after a failed fsync nothing on disk can be trusted. */
const wasiEio = 29

/**
 * PGlite writes files and never makes them durable, so a power cut could leave data pages on disk without the log that explains
 * them: a broken database. This gives the engine's file system a working fsync, and defers it for the log alone: the log is made
 * durable before any data page is written, and by `flush`. A power cut then costs what was committed since the last flush,
 * never the consistency; the same bargain as `synchronous_commit = off`, without the loss when only the process dies.
 */
export function keepWalOrder(fileSystem: object, directory: string, disk: Disk = realDisk): WalOrder {
  const { operations, realPath } = nodeFileSystem(fileSystem)
  const isWalNode = new WeakMap<object, boolean>()
  /** Path → how often it was marked, so that a flush forgets only what it has seen. */
  const dirty = new Map<string, number>()
  let writtenBytes = 0

  const isWal = (node: object): boolean => {
    const known = isWalNode.get(node)
    if (known !== undefined) return known
    const path = realPath(node)
    const found = basename(path) === 'pg_wal' || basename(dirname(path)) === 'pg_wal'
    isWalNode.set(node, found)
    return found
  }
  const flushNow = () => {
    for (const path of dirty.keys()) disk.syncNow(path)
    dirty.clear()
  }
  const writeFile = operations.write
  operations.write = (stream, ...rest) => {
    if (isWal(stream.node)) {
      const bytes = writeFile(stream, ...rest)
      writtenBytes += bytes
      return bytes
    }
    if (dirty.size > 0) flushNow()
    return writeFile(stream, ...rest)
  }
  operations.fsync = (stream) => {
    if (isWal(stream.node)) {
      const path = realPath(stream.node)
      dirty.set(path, (dirty.get(path) ?? 0) + 1)
      return 0
    }
    try {
      flushNow()
      if (stream.nfd !== undefined) fsyncSync(stream.nfd)
      return 0
    } catch {
      return wasiEio
    }
  }

  const flush = async () => {
    for (const [path, marks] of [...dirty]) {
      await disk.sync(path)
      if (dirty.get(path) === marks) dirty.delete(path)
    }
  }
  // One after the other: a second flush must not resolve while the first still syncs what both have seen.
  let running: Promise<void> = Promise.resolve()
  return {
    takeWrittenBytes() {
      const bytes = writtenBytes
      writtenBytes = 0
      return bytes
    },
    flush() {
      running = running.then(flush, flush)
      return running.catch((error: unknown) => {
        throw new Error(`the log of ${directory} could not be made durable: ${String(error)}`, { cause: error })
      })
    },
  }
}

/** Segments are renamed and removed under us; what is gone needs no sync. */
const isGone = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT'

function syncFile(path: string): void {
  let descriptor: number
  try {
    descriptor = openSync(path, 'r')
  } catch (error) {
    if (isGone(error)) return
    throw error
  }
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

async function syncFileAside(path: string): Promise<void> {
  try {
    await using file = await open(path, 'r')
    await file.sync()
  } catch (error) {
    if (!isGone(error)) throw error
  }
}

const realDisk: Disk = { syncNow: syncFile, sync: syncFileAside }

/** The two parts of Emscripten's NODEFS that are used here; they are not in PGlite's types. */
function nodeFileSystem(fileSystem: object): { operations: StreamOperations; realPath(node: object): string } {
  const found: unknown = Reflect.get(Reflect.get(fileSystem, 'filesystems') ?? {}, 'NODEFS')
  const operations: unknown = found instanceof Object ? Reflect.get(found, 'stream_ops') : undefined
  const realPath: unknown = found instanceof Object ? Reflect.get(found, 'realPath') : undefined
  if (!(operations instanceof Object) || typeof realPath !== 'function' || !('write' in operations))
    throw new Error('this version of PGlite keeps its files in another way: adapt wal-order.ts')
  return { operations: operations as unknown as StreamOperations, realPath: (node) => String(realPath(node)) }
}
