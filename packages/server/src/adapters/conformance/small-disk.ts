import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface SmallDisk {
  readonly folder: string
  remove(): Promise<void>
}

/** A file system of its own of so many MB in memory, to be filled; or why there is none (needs Linux and the right to mount). */
export async function smallDisk(sizeMb: number): Promise<SmallDisk | string> {
  const folder = await mkdtemp(join(tmpdir(), 'small-disk-'))
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${sizeMb}m`, 'tmpfs', folder])
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    return `no small disk can be mounted here: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`
  }
  return {
    folder,
    async remove() {
      await run('umount', ['-l', folder])
      await rm(folder, { recursive: true, force: true })
    },
  }
}
