import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startProgram } from './program.ts'
import type { Account } from './sign-in.ts'

const program = fileURLToPath(new URL('../../packages/server/src/processes/all.ts', import.meta.url))

/** A server in a process of its own, on an empty data directory. */
export interface RunningFloor {
  readonly url: string
  /** The one-time link that the first start prints; undefined with an administrator. */
  readonly setupLink: string | undefined
  /** A key of the administrator, good on this machine alone. */
  readonly apiKey: string
  /** Ends it as an operator would, and takes the data with it. */
  stop(): Promise<void>
}

/** @throws with what the server said, when it does not come up */
export async function startServer({ administrator }: { administrator?: Account }): Promise<RunningFloor> {
  const dataDir = await mkdtemp(join(tmpdir(), 'watchfloor-e2e-'))
  const remove = () => rm(dataDir, { recursive: true, force: true, maxRetries: 3 })
  const env = {
    WATCHFLOOR_DATA_DIR: dataDir,
    WATCHFLOOR_PORT: '0',
    WATCHFLOOR_LOG_LEVEL: 'warn',
    ...(administrator && {
      WATCHFLOOR_ADMIN_EMAIL: administrator.email,
      WATCHFLOOR_ADMIN_PASSWORD: administrator.password,
    }),
  }
  try {
    // The greeting is one text that ends in an empty line.
    const { said, stop } = await startProgram(program, [], env, (text) => /Watchfloor is at [\s\S]*\n\n$/.test(text))
    const { url, apiKey } = JSON.parse(await readFile(join(dataDir, 'local.json'), 'utf8')) as Record<
      'url' | 'apiKey',
      string
    >
    return {
      url,
      apiKey,
      setupLink: /(\S+\/setup\?token=\S+)/.exec(said)?.[1],
      async stop() {
        await stop()
        await remove()
      },
    }
  } catch (error) {
    await remove()
    throw error
  }
}
