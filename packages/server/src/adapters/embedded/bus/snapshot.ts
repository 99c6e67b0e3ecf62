import { randomBytes } from 'node:crypto'
import { mkdir, open } from 'node:fs/promises'
import { join } from 'node:path'
import { encodeState, openEnvironment, readState, stateKey } from './environment.ts'

export interface LogIdentity {
  readonly epoch: string
  readonly version: number
}

/** Makes a copy's files durable. */
export async function syncCopy(folder: string): Promise<void> {
  for (const path of [join(folder, 'log.mdb'), folder]) {
    const handle = await open(path, 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  }
}

/**
 * Gives a restored copy of the log an epoch of its own: the log it was copied from goes on giving out the same offsets, and ids of
 * events made of epoch and offset must not meet.
 */
export async function renewEpoch(folder: string): Promise<{ before: string; after: string }> {
  await mkdir(folder, { recursive: true })
  const environment = await openEnvironment(folder, 64 * 1024 ** 3)
  try {
    const log = readState<LogIdentity>(environment.state, stateKey.log)
    const after = randomBytes(6).toString('hex')
    await environment.state.put(stateKey.log, encodeState({ ...log, version: log?.version ?? 1, epoch: after }))
    return { before: environment.epoch, after }
  } finally {
    await environment.root.close()
  }
}
