import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'

/** What a running server leaves in its data directory for programs of the same user. */
const localServer = z.object({ url: z.url(), apiKey: z.string().min(1), pid: z.number().int().positive() })
export type LocalServer = z.infer<typeof localServer>

/** The server that runs on this machine with this data directory; undefined when none does or the file is not ours to read. */
export async function findLocalServer(dataDir: string): Promise<LocalServer | undefined> {
  try {
    const parsed = localServer.safeParse(JSON.parse(await readFile(join(dataDir, 'local.json'), 'utf8')))
    return parsed.success && isRunning(parsed.data.pid) ? parsed.data : undefined
  } catch {
    return undefined
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // Somebody else's process is a process too.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
