import { ThreadPool } from '../../../platform/threads/pool.ts'
import type { InspectedFile } from './inspect.ts'
import type { InspectTask } from './inspect.worker.ts'

const timeoutMs = 60_000

/** Looks into files on a thread of its own, which is ended when a file takes too long or too much memory. */
export class Inspector {
  readonly #pool = new ThreadPool<InspectTask, InspectedFile[]>({
    file: new URL('./inspect.worker.ts', import.meta.url),
    size: 1,
    name: 'artifact-inspector',
    heapMb: 512,
    lazy: true,
    idleMs: 30_000,
  })

  /** @param bytes move to the thread and are empty here afterwards · @throws TaskTimeout · TaskCrashed · PoolClosed */
  inspect(bytes: Uint8Array<ArrayBuffer>, name: string): Promise<InspectedFile[]> {
    return this.#pool.run({ bytes, name }, { timeoutMs, transfer: [bytes.buffer] })
  }

  close(): Promise<void> {
    return this.#pool.close()
  }
}
