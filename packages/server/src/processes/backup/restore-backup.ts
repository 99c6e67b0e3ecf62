import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { copyFile, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { Refusal } from '@watchfloor/contracts/kernel'
import { extract } from 'tar-stream'
import { renewEpoch } from '../../adapters/embedded/bus/snapshot.ts'
import { lockDirectory } from '../../adapters/embedded/lock/directory-lock.ts'
import { openEmbeddedSql } from '../../adapters/embedded/sql/embedded-sql.ts'
import { openPostgresSql } from '../../adapters/postgres/sql/postgres-sql.ts'
import { systemClock } from '../../platform/clock/clock.ts'
import type { ServerConfig } from '../../platform/config/server-config.ts'
import { openCrypto } from '../../platform/crypto/envelope.ts'
import { parseMasterKey } from '../../platform/crypto/master-key.ts'
import type { Log } from '../../platform/log/log.ts'
import { loadTables } from '../../platform/sql/dump.ts'
import type { Migration } from '../../platform/sql/sql.ts'
import {
  isPartPath,
  type Manifest,
  manifest,
  manifestName,
  masterKeyName,
  partFolders,
  tablesName,
} from './manifest.ts'

export interface RestoreSettings {
  readonly file: string
  readonly server: Pick<ServerConfig, 'dataDir' | 'databaseUrl' | 'masterKey'>
  /** Puts what stands in the data directory aside instead of refusing. */
  readonly force: boolean
  readonly log: Log
  readonly migrations: readonly Migration[]
  /** Keeps what makes a new database quick. */
  readonly imageDirectory?: string | undefined
  /** Bytes of the archive read so far, of so many. */
  progress?(readBytes: number, ofBytes: number): void
}

export interface Restored {
  readonly manifest: Manifest
  /** Where what stood in the data directory has been put; undefined when it was empty. */
  readonly putAside: string | undefined
  /** The server will not start before somebody gives the master key of the backup's keyring. */
  readonly needsMasterKey: boolean
}

const mostManifestBytes = 64 * 1024 * 1024

/**
 * Makes a data directory (and, with a database URL, an empty PostgreSQL database) out of a backup. Everything is unpacked and verified
 * beside the data directory's parts before any of them is touched; no server may run on it.
 * @throws DirectoryInUse · SchemaMismatch · Refusal CONFLICT for a directory that is not empty, UNPROCESSABLE for an archive that
 * is damaged, cut off or none of ours · an ENOENT when there is no such file
 */
export async function restoreBackup(settings: RestoreSettings): Promise<Restored> {
  const { dataDir } = settings.server
  await stat(settings.file)
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  const lock = lockDirectory(dataDir, systemClock.now())
  const aside = join(dataDir, 'restoring')
  try {
    const before = await existingParts(dataDir)
    if (before.length > 0 && !settings.force)
      throw new Refusal('CONFLICT', `${dataDir} is not empty: it has ${before.join(', ')}`, {
        remedy: 'Name an empty directory, or put what is there aside with --force.',
      })
    await rm(aside, { recursive: true, force: true })
    const found = await unpack(settings, aside)
    await loadDatabase(settings, aside)
    await renewEpoch(join(aside, 'log'))
    const needsMasterKey = !(await findMasterKey(settings, aside))
    const putAside = before.length > 0 ? await moveAside(dataDir, before) : undefined
    for (const part of await existingParts(aside)) await rename(join(aside, part), join(dataDir, part))
    return { manifest: found, putAside, needsMasterKey }
  } finally {
    await rm(aside, { recursive: true, force: true })
    lock.release()
  }
}

async function existingParts(folder: string): Promise<string[]> {
  const found = await Promise.all(
    partFolders.map((part) =>
      stat(join(folder, part)).then(
        () => part,
        () => undefined,
      ),
    ),
  )
  return found.filter((part) => part !== undefined)
}

async function moveAside(dataDir: string, parts: readonly string[]): Promise<string> {
  const folder = join(dataDir, `before-restore-${new Date(systemClock.now()).toISOString().replace(/[:.]/g, '-')}`)
  await mkdir(folder, { mode: 0o700 })
  for (const part of parts) await rename(join(dataDir, part), join(folder, part))
  return folder
}

const damaged = (file: string, why: string): Refusal =>
  new Refusal('UNPROCESSABLE', `${file} cannot be restored: ${why}`, {
    remedy: 'Take another backup file; nothing was changed.',
  })

/** Unpacks every part, and holds each against the manifest, which comes last. */
async function unpack({ file, progress }: RestoreSettings, aside: string): Promise<Manifest> {
  const written = new Map<string, { sizeBytes: number; sha256: string }>()
  let text: string | undefined
  const unpacking = extract()
  const feeding = feed(file, unpacking, progress)
  feeding.catch(() => {})
  try {
    for await (const entry of unpacking) {
      const { name, type } = entry.header
      const bytes = entry as AsyncIterable<Buffer>
      if (type !== 'file') throw damaged(file, `it holds ${name.slice(0, 200)}, which is no file`)
      if (text !== undefined) throw damaged(file, 'something follows its manifest')
      if (name === manifestName) text = await textOf(bytes, file)
      else if (isPartPath(name) && !written.has(name)) written.set(name, await writePart(bytes, join(aside, name)))
      else throw damaged(file, `it holds "${name.slice(0, 200)}"`)
    }
    await feeding
  } catch (error) {
    if (error instanceof Refusal || isAboutDisk(error)) throw error
    throw damaged(file, error instanceof Error ? error.message : String(error))
  }
  if (text === undefined) throw damaged(file, 'it is cut off: its manifest is missing')
  return checkParts(file, text, written)
}

const isAboutDisk = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  ['ENOSPC', 'EACCES', 'ENOENT', 'EROFS', 'EDQUOT'].includes(String(error.code))

function checkParts(
  file: string,
  text: string,
  written: ReadonlyMap<string, { sizeBytes: number; sha256: string }>,
): Manifest {
  const parsed = manifest.safeParse(JSON.parse(text))
  if (!parsed.success) throw damaged(file, 'its manifest is not one that this program can read')
  for (const { path, sizeBytes, sha256 } of parsed.data.parts) {
    const found = written.get(path)
    if (!found) throw damaged(file, `${path} is missing`)
    if (found.sizeBytes !== sizeBytes || found.sha256 !== sha256) throw damaged(file, `${path} has been changed`)
  }
  if (written.size !== parsed.data.parts.length) throw damaged(file, 'it holds more than its manifest lists')
  if (!written.has(tablesName)) throw damaged(file, `${tablesName} is missing`)
  return parsed.data
}

async function writePart(entry: AsyncIterable<Buffer>, path: string): Promise<{ sizeBytes: number; sha256: string }> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const hash = createHash('sha256')
  let sizeBytes = 0
  await pipeline(
    entry,
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        hash.update(chunk)
        sizeBytes += chunk.byteLength
        yield chunk
      }
    },
    createWriteStream(path, { mode: 0o600, flush: true }),
  )
  return { sizeBytes, sha256: hash.digest('hex') }
}

async function textOf(entry: AsyncIterable<Buffer>, file: string): Promise<string> {
  const chunks: Buffer[] = []
  let sizeBytes = 0
  for await (const chunk of entry) {
    sizeBytes += chunk.byteLength
    if (sizeBytes > mostManifestBytes) throw damaged(file, 'its manifest is too large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

const gzipMagic = '1f8b'
const zstdMagic = '28b52ffd'

async function feed(
  file: string,
  unpacking: NodeJS.WritableStream,
  progress: RestoreSettings['progress'],
): Promise<void> {
  const { size } = await stat(file)
  const magic = await firstBytes(file, 4)
  let readBytes = 0
  async function* counted() {
    for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
      readBytes += chunk.byteLength
      progress?.(readBytes, size)
      yield chunk
    }
  }
  try {
    if (magic.startsWith(gzipMagic)) await pipeline(counted, createGunzip(), unpacking)
    else if (magic === zstdMagic) await pipeline(counted, createZstdDecompress(), unpacking)
    else await pipeline(counted, unpacking)
  } catch (error) {
    if ('destroy' in unpacking && typeof unpacking.destroy === 'function') unpacking.destroy(error)
    throw error
  }
}

async function firstBytes(file: string, count: number): Promise<string> {
  const handle = await open(file, 'r')
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(count), 0, count, 0)
    return buffer.subarray(0, bytesRead).toString('hex')
  } finally {
    await handle.close()
  }
}

async function loadDatabase(settings: RestoreSettings, aside: string): Promise<void> {
  const { server, log, migrations, imageDirectory } = settings
  const dump = join(aside, tablesName)
  const sql = server.databaseUrl
    ? openPostgresSql({ connectionString: server.databaseUrl, log })
    : await openEmbeddedSql({
        directory: join(aside, 'sql'),
        ...(imageDirectory ? { imageDirectory } : {}),
        clock: systemClock,
        log,
      })
  try {
    await loadTables(sql, linesOf(dump), migrations)
  } finally {
    await sql.close()
  }
  await rm(dump)
}

/** Ended by a line feed alone: node:readline also breaks at line separators that stand inside of text. */
async function* linesOf(path: string): AsyncIterable<string> {
  let rest = ''
  for await (const part of createReadStream(path, { encoding: 'utf8' })) {
    const lines = (rest + part).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
  if (rest !== '') yield rest
}

/** Whether the restored keyring opens: with the key given, the one in the backup, or the one that the data directory had. */
async function findMasterKey({ server }: RestoreSettings, aside: string): Promise<boolean> {
  const keys = { folder: join(aside, 'keys'), clock: systemClock }
  if (server.masterKey) {
    await openCrypto({ ...keys, masterKey: parseMasterKey(server.masterKey, 'WATCHFLOOR_MASTER_KEY') })
    return true
  }
  const inBackup = join(aside, masterKeyName)
  if (await stat(inBackup).catch(() => undefined)) {
    await openCrypto(keys)
    return true
  }
  const before = await readFile(join(server.dataDir, masterKeyName), 'utf8').catch(() => undefined)
  if (before === undefined) return false
  try {
    await openCrypto({ ...keys, masterKey: parseMasterKey(before, masterKeyName) })
  } catch {
    return false
  }
  await copyFile(join(server.dataDir, masterKeyName), inBackup)
  return true
}
