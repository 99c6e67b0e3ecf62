import { Worker } from 'node:worker_threads'
import { buildPlan } from '@watchfloor/engines/sigma'
import type { FoundFile } from '../../input/find-files.ts'
import { Failure } from '../../output/failure.ts'
import { type FileHunt, huntFile } from './hunt-file.ts'
import {
  emptyTally,
  type FileTally,
  type Found,
  type HuntAnswer,
  type HuntProgress,
  type HuntRequest,
  type HuntSetup,
} from './messages.ts'

/** A file to look through, or a part of one. */
export interface HuntFile {
  readonly file: FoundFile
  readonly shownPath: string
}

export interface FileListener {
  readonly onFound: (found: Found, taken: () => void) => void
  readonly onProgress: (progress: HuntProgress) => void
}

/** Looks through files, one after the other. */
export interface Hunter {
  /** @throws what `fail` was called with */
  hunt(file: HuntFile, listener: FileListener): Promise<FileTally>
  /** Ends the file after the piece it is at: what was found until then counts. */
  stop(): void
  /** Gives up at once. */
  fail(reason: unknown): void
  close(): Promise<void>
}

const once = (call: () => void): (() => void) => {
  let isDone = false
  return () => {
    if (!isDone) call()
    isDone = true
  }
}

/** Hunts where it is made. Costs nothing to begin with, and can read streams. */
export class LocalHunter implements Hunter {
  readonly #hunt: Omit<FileHunt, 'handOver' | 'onProgress'>
  #isStopped = false
  #failure: { readonly reason: unknown } | undefined
  #fail: (reason: unknown) => void = () => {}

  constructor({ rules, ...options }: HuntSetup) {
    const plan = buildPlan(rules.map(({ compiled }) => compiled))
    this.#hunt = { ...options, plan, roles: rules, isStopped: () => this.#isStopped || this.#failure !== undefined }
  }

  hunt({ file, shownPath }: HuntFile, { onFound, onProgress }: FileListener): Promise<FileTally> {
    return new Promise((resolve, reject) => {
      this.#fail = reject
      if (this.#failure !== undefined) reject(this.#failure.reason)
      const handOver = (found: Found): Promise<void> => new Promise((taken) => onFound(found, taken))
      huntFile(file, shownPath, { ...this.#hunt, handOver, onProgress }).then(resolve, reject)
    })
  }

  stop(): void {
    this.#isStopped = true
  }

  fail(reason: unknown): void {
    this.#failure ??= { reason }
    this.#fail(reason)
  }

  async close(): Promise<void> {}
}

/** Of each thread, for what lives briefly; V8 would take three times as much, for no work saved. */
const youngMb = 32

/** Hunts in a thread of its own. A file that brings it down is reported as damaged, and a new thread takes its place. */
export class ThreadHunter implements Hunter {
  readonly #setup: HuntSetup
  #worker: Worker
  #failure: { readonly reason: unknown } | undefined
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

  stop(): void {
    this.#send({ kind: 'stop' })
  }

  fail(reason: unknown): void {
    this.#failure ??= { reason }
    this.#fail(reason)
  }

  async close(): Promise<void> {
    await this.#worker.terminate()
  }

  async hunt(file: HuntFile, listener: FileListener): Promise<FileTally> {
    if (this.#failure !== undefined) throw this.#failure.reason
    try {
      return await this.#ask({ kind: 'file', ...file }, listener)
    } catch (error) {
      if (this.#failure !== undefined || error instanceof Failure) throw error
      await this.close()
      this.#worker = this.#start()
      const reason = `the thread that read it ended: ${error instanceof Error ? error.message : String(error)}`
      return { ...emptyTally(), damaged: [{ file: file.shownPath, reason }] }
    }
  }

  #send(request: HuntRequest): void {
    this.#worker.postMessage(request)
  }

  #ask(request: HuntRequest, { onFound, onProgress }: FileListener): Promise<FileTally> {
    const worker = this.#worker
    return new Promise<FileTally>((resolve, reject) => {
      this.#fail = reject
      let isReady = false
      worker.removeAllListeners()
      worker.on('message', (answer: HuntAnswer) => {
        isReady = true
        if (answer.kind === 'hits')
          onFound(
            answer,
            once(() => worker.postMessage({ kind: 'go on' } satisfies HuntRequest)),
          )
        else if (answer.kind === 'progress') onProgress(answer)
        else if (answer.kind === 'end') resolve(answer.tally)
      })
      worker.on('error', (error: Error) =>
        reject(isReady ? error : new Failure(`a thread could not make the rules ready: ${error.message}`)),
      )
      worker.on('exit', (code) => reject(new Error(`exit code ${code}`)))
      this.#send(request)
    })
  }
}
