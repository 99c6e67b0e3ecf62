import { PoolClosed, ThreadPool } from '../../../platform/threads/pool.ts'
import type { FoundHit, HuntAnswer, HuntedEvent, HuntTask, Wanted } from './messages.ts'

/** Compiling thousands of rules takes some seconds of the first page. */
const pageTimeoutMs = 60_000
const heapMb = 768

/** What a page of stored events came to. */
export interface Looked {
  readonly hits: readonly FoundHit[]
  /** Events that a thread could not bear. */
  readonly skipped: number
}

/** The threads of hunts: apart from those of the live stream, started by the first run and ended when none is left. */
export class HuntThreads {
  readonly #pool: ThreadPool<HuntTask, HuntAnswer>

  constructor(threads: number) {
    this.#pool = new ThreadPool({
      file: new URL('./hunt.worker.ts', import.meta.url),
      size: threads,
      name: 'hunt',
      heapMb,
      lazy: true,
      idleMs: 60_000,
    })
  }

  /**
   * Matches a page. When a thread cannot bear it, the page is halved until the one event to blame is found; that one is passed over
   * and counted.
   */
  async look(runId: string, wanted: Wanted, events: readonly HuntedEvent[]): Promise<Looked> {
    try {
      return { hits: await this.#ask(runId, wanted, events), skipped: 0 }
    } catch (error) {
      if (error instanceof PoolClosed) throw error
      if (events.length <= 1) {
        // A thread that cannot even look at nothing is broken by what is wanted, and no event is to blame.
        await this.#ask(runId, wanted, [])
        return { hits: [], skipped: events.length }
      }
      const middle = Math.ceil(events.length / 2)
      const first = await this.look(runId, wanted, events.slice(0, middle))
      const rest = await this.look(runId, wanted, events.slice(middle))
      const shifted = rest.hits.map((hit) => ({ ...hit, row: hit.row + middle }))
      return { hits: [...first.hits, ...shifted], skipped: first.skipped + rest.skipped }
    }
  }

  async #ask(runId: string, wanted: Wanted, events: readonly HuntedEvent[]): Promise<readonly FoundHit[]> {
    const first = await this.#pool.run({ runId, events }, { timeoutMs: pageTimeoutMs })
    const answer =
      first.kind === 'found' ? first : await this.#pool.run({ runId, events, wanted }, { timeoutMs: pageTimeoutMs })
    if (answer.kind !== 'found') throw new Error('a thread does not keep what it was told to look for')
    return answer.hits
  }

  close(): Promise<void> {
    return this.#pool.close()
  }
}
