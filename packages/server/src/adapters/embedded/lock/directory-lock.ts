import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import { isSameProcess, startMarkOf } from './process-start.ts'

/** Another server has the directory. The message names it and says what to do. */
export class DirectoryInUse extends Error {
  override readonly name = 'DirectoryInUse'
}

export interface DirectoryLock {
  release(): void
}

const holder = z.object({ pid: z.number().int(), startMark: z.string(), host: z.string(), sinceMs: z.number() })
type Holder = z.infer<typeof holder>

/**
 * Takes a directory for this process alone. Two guards, because each has a gap:
 * - an exclusive lock of the operating system on `server.lock` (through SQLite, which Node brings along); it ends with the
 *   process however that dies, but is lost when somebody else in this process opens and closes that file;
 * - `server.pid`, which names the holder with the start of its process, so that a pid used again is not taken for it.
 * @throws DirectoryInUse
 */
export function lockDirectory(directory: string, nowMs: number): DirectoryLock {
  mkdirSync(directory, { recursive: true })
  const pidFile = join(directory, 'server.pid')
  const lock = takeSystemLock(directory, pidFile)
  try {
    const other = readHolder(pidFile)
    if (other !== undefined && isAlive(other)) throw inUse(directory, other)
    const own: Holder = {
      pid: process.pid,
      startMark: startMarkOf(process.pid) ?? '',
      host: hostname(),
      sinceMs: nowMs,
    }
    writeFileSync(pidFile, `${JSON.stringify(own)}\n`)
  } catch (error) {
    lock.close()
    throw error
  }
  return {
    release() {
      rmSync(pidFile, { force: true })
      lock.close()
    },
  }
}

function takeSystemLock(directory: string, pidFile: string): DatabaseSync {
  const lock = new DatabaseSync(join(directory, 'server.lock'), { timeout: 0 })
  try {
    lock.exec('BEGIN EXCLUSIVE')
    return lock
  } catch (error) {
    lock.close()
    if (error instanceof Error && /locked|busy/i.test(error.message)) throw inUse(directory, readHolder(pidFile))
    throw new Error(
      `cannot lock ${resolve(directory)}: ${error instanceof Error ? error.message : String(error)}. ` +
        'The directory must be on a local file system that this user may write to.',
      { cause: error },
    )
  }
}

function inUse(directory: string, other: Holder | undefined): DirectoryInUse {
  const who =
    other === undefined
      ? 'another process'
      : `process ${other.pid} on ${other.host}, since ${new Date(other.sinceMs).toISOString()}`
  return new DirectoryInUse(
    `${resolve(directory)} is in use by ${who}. ` +
      'Stop that server first, or give this one a data directory of its own (WATCHFLOOR_DATA_DIR).',
  )
}

/** A holder on another host says nothing: the lock of the system has already been taken. */
const isAlive = (other: Holder): boolean =>
  other.host === hostname() && other.pid !== process.pid && isSameProcess(other.pid, other.startMark)

function readHolder(pidFile: string): Holder | undefined {
  try {
    return holder.parse(JSON.parse(readFileSync(pidFile, 'utf8')))
  } catch {
    // Absent, or cut short by a crash: it names nobody.
    return undefined
  }
}
