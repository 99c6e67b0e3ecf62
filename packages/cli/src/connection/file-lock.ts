import { mkdir, open, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Failure } from '../output/failure.ts'

const lookEveryMs = 50
const waitMs = 20_000
/** The work under a lock is one short request; a lock this old was left by a process that was killed. */
const staleMs = 15_000

/** Runs `work` while no other process holds the lock. */
export async function withFileLock<Result>(file: string, work: () => Promise<Result>): Promise<Result> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const startedMs = performance.now()
  while (!(await take(file))) {
    if (performance.now() - startedMs > waitMs)
      throw new Failure(`${file} is held by another process`, { remedy: `If none runs, delete it.` })
    await sleep(lookEveryMs)
  }
  try {
    return await work()
  } finally {
    await rm(file, { force: true })
  }
}

async function take(file: string): Promise<boolean> {
  try {
    await (await open(file, 'wx', 0o600)).close()
    return true
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
  const age = await stat(file).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => 0,
  )
  if (age > staleMs) await rm(file, { force: true })
  return false
}
