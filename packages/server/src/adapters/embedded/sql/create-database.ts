import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { SchemaMismatch } from '../../../platform/sql/failures.ts'
import type { CreateSettings } from './create-worker.ts'
import { postgresMajor } from './postgres-major.ts'
import { compileWasmSparingly } from './sparing-wasm.ts'

/**
 * Makes the data directory when it is absent. Creating one takes seconds, so an empty one is kept in `imageDirectory` (a cache:
 * it may be deleted at any time) under PGlite's version, and copied.
 * @throws SchemaMismatch when another major version made the directory
 */
export async function ensureDatabase(
  directory: string,
  imageDirectory: string | undefined,
  options: { isDurable: boolean },
): Promise<void> {
  const versionFile = join(directory, 'PG_VERSION')
  if (existsSync(versionFile)) return refuseOtherMajor(directory, readFileSync(versionFile, 'utf8').trim())
  const image = imageDirectory === undefined ? undefined : join(imageDirectory, imageName())
  await runCreateWorker({ directory, image, ...options })
}

function refuseOtherMajor(directory: string, major: string): void {
  if (major === postgresMajor) return
  throw new SchemaMismatch(
    `${directory} was made by PostgreSQL ${major}; this program brings PostgreSQL ${postgresMajor} and cannot open it. ` +
      'Start the Watchfloor that made it, run "watchfloor backup", and restore that file with this one.',
  )
}

function imageName(): string {
  const require = createRequire(import.meta.url)
  const entry = require.resolve('@electric-sql/pglite')
  const { version }: { version: string } = JSON.parse(readFileSync(join(entry, '..', '..', 'package.json'), 'utf8'))
  return `pglite-${version}-pg${postgresMajor}`
}

/** In a thread of its own that ends afterwards: creating needs 700 MB for a moment, which must go back to the system. */
function runCreateWorker(settings: CreateSettings): Promise<void> {
  compileWasmSparingly()
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const worker = new Worker(new URL('./create-worker.ts', import.meta.url), { workerData: settings, execArgv: [] })
  worker.once('error', reject)
  worker.once('exit', (code) => {
    if (code === 0) resolve()
    else reject(new Error(`creating the database in ${settings.directory} ended with code ${code}`))
  })
  return promise
}

/** Copies so that the target is either absent or whole. */
export function copyWhole(from: string, to: string, uniqueSuffix: string): void {
  const partial = `${to}.${uniqueSuffix}.partial`
  rmSync(partial, { recursive: true, force: true })
  mkdirSync(join(to, '..'), { recursive: true })
  cpSync(from, partial, { recursive: true })
  moveWhole(partial, to)
}

/** Another process may have put the same thing there first: then ours is not needed. */
export function moveWhole(partial: string, to: string): void {
  try {
    renameSync(partial, to)
  } catch (error) {
    if (!existsSync(join(to, 'PG_VERSION'))) throw error
    rmSync(partial, { recursive: true, force: true })
  }
}
