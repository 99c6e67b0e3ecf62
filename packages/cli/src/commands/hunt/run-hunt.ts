import { type FileListener, type Hunter, type HuntFile, LocalHunter, ThreadHunter } from './hunter.ts'
import type { FileTally, Found, HuntProgress, HuntSetup } from './messages.ts'

export interface HuntRun {
  readonly setup: HuntSetup
  /** Asked for one by one, as threads come free. */
  readonly files: Iterable<HuntFile>
  /** 0: none, all is done here. */
  readonly threads: number
  /** Hits come in the order of the files and of the records in them, whichever thread was first. */
  readonly onFound: (found: Found) => void
  /** What was read and looked at since it was told last. */
  readonly onProgress: (progress: HuntProgress) => void
  /** Aborted: files that are being read end after the piece they are at, no other is begun, and what was found counts. */
  readonly signal: AbortSignal
}

/** Batches of hits that wait for their turn, over all files that are not the first unfinished one. */
const maxWaitingBatches = 64

/** Looks through files, one at a time in each thread. Gives a tally for each that was begun. @throws what `onFound` throws */
export async function runHunt(run: HuntRun): Promise<FileTally[]> {
  const hunters: Hunter[] =
    run.threads === 0
      ? [new LocalHunter(run.setup)]
      : Array.from({ length: run.threads }, () => new ThreadHunter(run.setup))
  const stop = (): void => {
    for (const hunter of hunters) hunter.stop()
  }
  run.signal.addEventListener('abort', stop)
  try {
    return await new OrderedHunt(run).through(hunters)
  } finally {
    run.signal.removeEventListener('abort', stop)
    await Promise.all(hunters.map((hunter) => hunter.close()))
  }
}

interface Waiting {
  readonly found: Found
  readonly taken: () => void
}

/** A file that was given out. */
interface Begun {
  readonly waiting: Waiting[]
  tally: FileTally | undefined
}

/** Gives out files, and puts what comes back into their order. */
class OrderedHunt {
  readonly #run: HuntRun
  readonly #files: Iterator<HuntFile>
  readonly #tallies: FileTally[] = []
  /** From the first file that is not finished on: its hits are handed on as they come. */
  readonly #begun: Begun[] = []
  #waitingBatches = 0
  #hunters: readonly Hunter[] = []

  constructor(run: HuntRun) {
    this.#run = run
    this.#files = run.files[Symbol.iterator]()
  }

  async through(hunters: readonly Hunter[]): Promise<FileTally[]> {
    this.#hunters = hunters
    try {
      await Promise.all(hunters.map((hunter) => this.#work(hunter)))
    } finally {
      this.#files.return?.()
    }
    return this.#tallies
  }

  async #work(hunter: Hunter): Promise<void> {
    while (!this.#run.signal.aborted) {
      const next = this.#files.next()
      if (next.done) return
      const begun: Begun = { waiting: [], tally: undefined }
      this.#begun.push(begun)
      begun.tally = await hunter.hunt(next.value, this.#listenerOf(begun))
      this.#handOn()
    }
  }

  #listenerOf(begun: Begun): FileListener {
    return {
      onFound: (found, taken) => this.#take(begun, { found, taken }),
      onProgress: this.#run.onProgress,
    }
  }

  #take(begun: Begun, waiting: Waiting): void {
    begun.waiting.push(waiting)
    this.#waitingBatches++
    // The thread goes on at once while there is room; the rest of its file waits in the file.
    if (begun !== this.#begun[0] && this.#waitingBatches <= maxWaitingBatches) waiting.taken()
    this.#handOn()
  }

  /** Hands on whatever is next in order. */
  #handOn(): void {
    for (let first = this.#begun[0]; first !== undefined; first = this.#begun[0]) {
      for (const { found, taken } of first.waiting.splice(0)) {
        this.#waitingBatches--
        try {
          this.#run.onFound(found)
        } catch (error) {
          // The disk is full, or whoever read the output went away.
          for (const hunter of this.#hunters) hunter.fail(error)
          return
        }
        taken()
      }
      if (first.tally === undefined) return
      this.#tallies.push(first.tally)
      this.#begun.shift()
    }
  }
}
