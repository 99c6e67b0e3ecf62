import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { threadId, workerData } from 'node:worker_threads'
import { z } from 'zod'
import { copyWhole, moveWhole } from './create-database.ts'

const createSettings = z.object({ directory: z.string(), image: z.string().optional(), isDurable: z.boolean() })
export type CreateSettings = z.infer<typeof createSettings>

const uniqueSuffix = `${process.pid}-${threadId}`

async function create(settings: CreateSettings): Promise<void> {
  const { directory, image } = settings
  if (image === undefined) await initialise(directory)
  else {
    if (!existsSync(join(image, 'PG_VERSION'))) await initialise(image)
    copyWhole(image, directory, uniqueSuffix)
  }
  if (!settings.isDurable) return
  syncTree(directory)
  syncOne(dirname(directory))
}

/** Runs initdb beside the target and moves it there when it is whole. */
async function initialise(target: string): Promise<void> {
  const partial = `${target}.${uniqueSuffix}.partial`
  rmSync(partial, { recursive: true, force: true })
  mkdirSync(dirname(target), { recursive: true })
  // Loaded here because the usual case, copying an image, does without the engine.
  const { PGlite } = await import('@electric-sql/pglite')
  const { startParameters } = await import('./start-parameters.ts')
  const engine = await PGlite.create({ dataDir: partial, startParams: startParameters({ isDurable: true }) })
  await engine.exec('VACUUM ANALYZE')
  await engine.exec('CHECKPOINT')
  await engine.close()
  moveWhole(partial, target)
}

function syncTree(directory: string): void {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name)
    if (entry.isDirectory()) syncTree(path)
    else syncOne(path)
  }
  syncOne(directory)
}

function syncOne(path: string): void {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

await create(createSettings.parse(workerData))
