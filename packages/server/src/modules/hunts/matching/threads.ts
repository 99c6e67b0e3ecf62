import { PoolClosed, ThreadPool } from '../../../platform/threads/pool.ts'
import type { FoundCorrelation, FoundHit, HuntAnswer, HuntedEvent, HuntTask, Wanted } from './messages.ts'

/** Compiling thousands of rules takes some seconds of the first page. */
const pageTimeoutMs = 60_000
const heapMb = 768

/** A run whose matches span events has to begin anew. */
export class MemoryLost extends Error {
  override readonly name = 'MemoryLost'
}

/** What a page of stored events came to. */
export interface Looked {
  readonly hits: readonly FoundHit[]
  readonly correlated?: readonly FoundCorrelation[]
  /** Events that a thread could not bear. */
  readonly skipped: number
}

/** The threads of hunts: apart from those of the live stream, started by the first run and ended when none is left. */
export class HuntThreads {
  readonly #pool: ThreadPool<HuntTask, HuntAnswer>
  /** One thread alone, for what has to see all events of a run in their order. */
  readonly #inOrder: ThreadPool<HuntTask, HuntAnswer>

  constructor(threads: number) {
    const options = {
      file: new URL('./hunt.worker.ts', import.meta.url),
      heapMb,
      lazy: true,
      idleMs: 60_000,
    }
    this.#pool = new ThreadPool({ ...options, name: 'hunt', size: threads })
    this.#inOrder = new ThreadPool({ ...options, name: 'hunt-in-order', size: 1 })
  }

  /**
   * The next page of a run whose matches span events: the thread must still hold what those before left behind. `endMs` comes with
   * the last.
   * @throws MemoryLost when it does not, or the page was too much for it; the run has to begin anew
   */
  async lookInOrder(
    runId: string,
    wanted: Wanted,
    events: readonly HuntedEvent[],
    place: { readonly isFirst: boolean; readonly endMs?: number },
  ): Promise<Looked> {
    const { isFirst, ...end } = place
    const task: HuntTask = { runId, events, ...end, ...(isFirst ? { wanted, anew: true } : {}) }
    const answer = await this.#inOrder.run(task, { timeoutMs: pageTimeoutMs })
    if (answer.kind !== 'found') throw new MemoryLost('what was remembered of the events before is lost')
    return { ...answer, skipped: 0 }
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

  async close(): Promise<void> {
    await Promise.all([this.#pool.close(), this.#inOrder.close()])
  }
}
