import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { copyFile, mkdir, mkdtemp, open, readdir, rm, stat } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip, createZstdCompress } from 'node:zlib'
import { Refusal } from '@watchfloor/contracts/kernel'
import { pack as newPack, type Pack } from 'tar-stream'
import type { Platform } from '../../platform/module/module.ts'
import { dumpTables } from '../../platform/sql/dump.ts'
import { type Manifest, type ManifestPart, manifestName, masterKeyName, tablesName } from './manifest.ts'

export interface BackupParts {
  readonly platform: Platform
  readonly dataDir: string
  /** Runs the work while the stores hold exactly what the log says they do. */
  still<T>(work: () => Promise<T>): Promise<T>
  readonly program: string
}

export interface BackupOptions {
  readonly compression: 'gzip' | 'zstd' | 'none'
  /** With it whoever has the archive can read everything in it. */
  readonly withMasterKey: boolean
}

const asidePrefix = 'backup-'
const gzipLevel = 4

/** Copies that a server left behind when it died in the middle of a backup. */
export async function removeLeftovers(dataDir: string): Promise<void> {
  for (const name of await readdir(dataDir))
    if (name.startsWith(asidePrefix)) await rm(join(dataDir, name), { recursive: true, force: true })
}

/**
 * Takes a backup of a running server. First a copy of the stores at one instant beside them, while what arrives waits in the log,
 * durable as ever; then the archive, made of the copy as fast as it is read.
 * @error UNPROCESSABLE when the database or the log is not kept here, or the master key is not · CONFLICT is the caller's to prevent
 */
export async function takeBackup(parts: BackupParts, options: BackupOptions): Promise<AsyncIterable<Uint8Array>> {
  const { dataDir } = parts
  if (options.withMasterKey) await refuseWithoutMasterKey(dataDir)
  const aside = await mkdtemp(join(dataDir, asidePrefix))
  try {
    const rows = await copyStores(parts, aside)
    await copyKeys(dataDir, aside, options)
    return archive(parts, options, aside, rows)
  } catch (error) {
    await rm(aside, { recursive: true, force: true })
    throw error
  }
}

async function refuseWithoutMasterKey(dataDir: string): Promise<void> {
  const found = await stat(join(dataDir, masterKeyName)).catch(() => undefined)
  if (!found)
    throw new Refusal(
      'UNPROCESSABLE',
      'the master key is not kept in the data directory, so the backup cannot hold it',
      {
        remedy: 'Leave it out; it comes from WATCHFLOOR_MASTER_KEY, and is to be kept where that is kept.',
      },
    )
}

function copyStores({ platform, still }: BackupParts, aside: string): Promise<number> {
  return still(async () => {
    await platform.events.snapshot(join(aside, 'events'))
    const { rows } = await copyTables(platform, join(aside, tablesName))
    // Last, so that it holds everything that arrived meanwhile, and the marks that belong to it.
    await platform.bus.snapshot(join(aside, 'log'))
    return rows
  })
}

async function copyTables({ sql }: Platform, path: string): Promise<{ rows: number }> {
  await mkdir(join(path, '..'), { recursive: true })
  const file = await open(path, 'wx', 0o600)
  let held: string[] = []
  let heldLength = 0
  const flush = async () => {
    await file.write(held.join(''))
    held = []
    heldLength = 0
  }
  try {
    const result = await dumpTables(sql, async (line) => {
      held.push(line, '\n')
      heldLength += line.length
      if (heldLength > 1024 * 1024) await flush()
    })
    await flush()
    return result
  } finally {
    await file.close()
  }
}

async function copyKeys(dataDir: string, aside: string, { withMasterKey }: BackupOptions): Promise<void> {
  await mkdir(join(aside, 'keys'), { recursive: true, mode: 0o700 })
  for (const name of ['keys/keyring.json', ...(withMasterKey ? [masterKeyName] : [])])
    await copyFile(join(dataDir, name), join(aside, name))
}

async function* archive(
  parts: BackupParts,
  options: BackupOptions,
  aside: string,
  rows: number,
): AsyncIterable<Uint8Array> {
  const pack = newPack()
  try {
    const filling = fill(pack, parts, options, aside, rows).catch((error: unknown) => {
      pack.destroy(error instanceof Error ? error : new Error(String(error)))
    })
    yield* compressed(pack as AsyncIterable<Uint8Array>, options.compression)
    await filling
  } finally {
    pack.destroy()
    await rm(aside, { recursive: true, force: true })
  }
}

async function* compressed(
  bytes: AsyncIterable<Uint8Array>,
  compression: BackupOptions['compression'],
): AsyncIterable<Uint8Array> {
  if (compression === 'none') return yield* bytes
  const compressor = compression === 'gzip' ? createGzip({ level: gzipLevel }) : createZstdCompress()
  const feeding = pipeline(bytes, compressor)
  // Its failure reaches the reader below through the compressor.
  feeding.catch(() => {})
  try {
    yield* compressor as AsyncIterable<Uint8Array>
  } finally {
    compressor.destroy()
  }
  await feeding
}

async function fill(
  pack: Pack,
  { platform, dataDir, program }: BackupParts,
  options: BackupOptions,
  aside: string,
  rows: number,
): Promise<void> {
  const written: ManifestPart[] = []
  for await (const path of filesBelow(aside)) written.push(await addFile(pack, path, relative(aside, path)))
  // Not copied aside: a blob never changes, and one that goes meanwhile has nothing any more that names it.
  const blobs = join(dataDir, 'blobs')
  for await (const path of filesBelow(blobs)) {
    if (relative(blobs, path).startsWith('incoming')) continue
    const added = await addFile(pack, path, join('blobs', relative(blobs, path))).catch(ifGone)
    if (added) written.push(added)
  }
  const text: Manifest = {
    format: 1,
    program,
    createdAt: new Date(platform.clock.now()).toISOString(),
    epoch: platform.bus.epoch,
    database: platform.sql.kind,
    rows,
    hasMasterKey: options.withMasterKey,
    parts: written,
  }
  await new Promise<void>((resolve, reject) => {
    pack.entry({ name: manifestName }, `${JSON.stringify(text, null, 2)}\n`, (error) =>
      error ? reject(error) : resolve(),
    )
  })
  pack.finalize()
}

async function* filesBelow(folder: string): AsyncIterable<string> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => ifGone(error) ?? [])
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* filesBelow(path)
    else if (entry.isFile()) yield path
  }
}

function ifGone(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
  throw error
}

async function addFile(pack: Pack, path: string, name: string): Promise<ManifestPart> {
  const { size: sizeBytes } = await stat(path)
  const hash = createHash('sha256')
  const done = Promise.withResolvers<void>()
  const entry = pack.entry({ name, size: sizeBytes, mode: 0o600 }, (error) =>
    error ? done.reject(error) : done.resolve(),
  )
  // A reader that goes away fails the pipeline first, and nobody gets as far as looking at this.
  done.promise.catch(() => {})
  async function* hashed() {
    if (sizeBytes === 0) return
    for await (const chunk of createReadStream(path, { end: sizeBytes - 1 }) as AsyncIterable<Buffer>) {
      hash.update(chunk)
      yield chunk
    }
  }
  await pipeline(hashed, entry)
  await done.promise
  return { path: name, sizeBytes, sha256: hash.digest('hex') }
}
