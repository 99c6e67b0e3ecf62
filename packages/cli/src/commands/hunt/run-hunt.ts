import { Worker } from 'node:worker_threads'
import type { FoundFile } from '../../input/find-files.ts'
import { Failure } from '../../output/failure.ts'
import {
  emptyTally,
  type FileTally,
  type Found,
  type HuntAnswer,
  type HuntRequest,
  type HuntSetup,
} from './messages.ts'

export interface HuntRun {
  readonly setup: HuntSetup
  readonly files: readonly HuntFile[]
  readonly threads: number
  /** Hits come in the order of the files and of the records in them, whichever thread was first. */
  readonly onFound: (found: Found) => void
  readonly onProgress: (progress: { readonly bytes: number; readonly events: number }) => void
  readonly signal: AbortSignal
}

export interface HuntFile {
  readonly file: FoundFile
  readonly shownPath: string
}

export interface FileResult {
  readonly shownPath: string
  readonly tally: FileTally
}

/** Of each thread, for what lives briefly; V8 would take three times as much, for no work saved. */
const youngMb = 32

/** Batches of hits that wait for their turn, over all files that are not the first unfinished one. */
const maxWaitingBatches = 64

/** Looks through files in worker threads, one file at a time each. @throws what `signal` was aborted with */
export async function runHunt(run: HuntRun): Promise<FileResult[]> {
  const hunters = Array.from({ length: Math.min(run.threads, run.files.length) }, () => new Hunter(run.setup))
  const abort = (): void => {
    for (const hunter of hunters) hunter.stop(run.signal.reason)
  }
  run.signal.addEventListener('abort', abort)
  try {
    return await new OrderedHunt(run).through(hunters)
  } finally {
    run.signal.removeEventListener('abort', abort)
    await Promise.all(hunters.map((hunter) => hunter.close()))
  }
}

interface Waiting {
  readonly found: Found
  readonly taken: () => void
}

/** Gives out files, and puts what comes back into their order. */
class OrderedHunt {
  readonly #run: HuntRun
  readonly #results: (FileResult | undefined)[]
  readonly #waiting: Waiting[][]
  #nextFile = 0
  /** The first file that is not finished: its hits are handed on as they come. */
  #turn = 0
  #waitingBatches = 0
  #hunters: readonly Hunter[] = []
  #progress = { bytes: 0, events: 0 }

  constructor(run: HuntRun) {
    this.#run = run
    this.#results = run.files.map(() => undefined)
    this.#waiting = run.files.map(() => [])
  }

  async through(hunters: readonly Hunter[]): Promise<FileResult[]> {
    this.#hunters = hunters
    await Promise.all(hunters.map((hunter) => this.#work(hunter)))
    return this.#results.filter((one) => one !== undefined)
  }

  async #work(hunter: Hunter): Promise<void> {
    for (;;) {
      const index = this.#nextFile++
      const file = this.#run.files[index]
      if (file === undefined) return
      const tally = await hunter.hunt(file, {
        onFound: (found, taken) => this.#take(index, { found, taken }),
        onProgress: ({ bytes, events }) => {
          this.#progress = { bytes: this.#progress.bytes + bytes, events: this.#progress.events + events }
          this.#run.onProgress(this.#progress)
        },
      })
      this.#results[index] = { shownPath: file.shownPath, tally }
      this.#handOn()
    }
  }

  #take(index: number, waiting: Waiting): void {
    this.#waiting[index]!.push(waiting)
    this.#waitingBatches++
    // The thread goes on at once while there is room; the rest of its file waits in the file.
    if (index !== this.#turn && this.#waitingBatches <= maxWaitingBatches) waiting.taken()
    this.#handOn()
  }

  /** Hands on whatever is next in order. */
  #handOn(): void {
    for (; this.#turn < this.#waiting.length; this.#turn++) {
      for (const { found, taken } of this.#waiting[this.#turn]!.splice(0)) {
        this.#waitingBatches--
        try {
          this.#run.onFound(found)
        } catch (error) {
          // The disk is full, or whoever read the output went away.
          for (const hunter of this.#hunters) hunter.stop(error)
          return
        }
        taken()
      }
      if (this.#results[this.#turn] === undefined) return
    }
  }
}

interface FileListener {
  readonly onFound: (found: Found, taken: () => void) => void
  readonly onProgress: (progress: { readonly bytes: number; readonly events: number }) => void
}

/** One worker thread. A file that brings it down is reported as damaged, and a new thread takes its place. */
class Hunter {
  readonly #setup: HuntSetup
  #worker: Worker
  #stopped: unknown
  #isStopped = false
  #fail: (reason: unknown) => void = () => {}

  constructor(setup: HuntSetup) {
    this.#setup = setup
    this.#worker = this.#start()
  }

  #start(): Worker {
    return new Worker(new URL('./hunt.worker.ts', import.meta.url), {
      workerData: this.#setup,
      name: 'hunt',
      resourceLimits: { maxYoungGenerationSizeMb: youngMb },
    })
  }

  stop(reason: unknown): void {
    this.#isStopped = true
    this.#stopped = reason
    this.#fail(reason)
  }

  async close(): Promise<void> {
    await this.#worker.terminate()
  }

  async hunt(file: HuntFile, listener: FileListener): Promise<FileTally> {
    if (this.#isStopped) throw this.#stopped
    try {
      return await this.#ask({ kind: 'file', ...file }, listener)
    } catch (error) {
      if (this.#isStopped || error instanceof Failure) throw error
      await this.close()
      this.#worker = this.#start()
      const reason = `the thread that read it ended: ${error instanceof Error ? error.message : String(error)}`
      return { ...emptyTally(), damaged: [{ file: file.shownPath, reason }] }
    }
  }

  #ask(request: HuntRequest, listener: FileListener): Promise<FileTally> {
    const worker = this.#worker
    const send = (one: HuntRequest): void => worker.postMessage(one)
    return new Promise<FileTally>((resolve, reject) => {
      this.#fail = reject
      let isReady = false
      worker.removeAllListeners()
      worker.on('message', (answer: HuntAnswer) => {
        isReady = true
        if (answer.kind === 'hits')
          listener.onFound(
            answer,
            once(() => send({ kind: 'go on' })),
          )
        else if (answer.kind === 'progress') listener.onProgress(answer)
        else if (answer.kind === 'end') resolve(answer.tally)
      })
      worker.on('error', (error: Error) =>
        reject(isReady ? error : new Failure(`a thread could not make the rules ready: ${error.message}`)),
      )
      worker.on('exit', (code) => reject(new Error(`exit code ${code}`)))
      send(request)
    })
  }
}

const once = (call: () => void): (() => void) => {
  let isDone = false
  return () => {
    if (!isDone) call()
    isDone = true
  }
}
