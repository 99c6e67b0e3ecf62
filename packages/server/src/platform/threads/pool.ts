import { Worker } from 'node:worker_threads'

/** Of each thread, for what lives briefly; V8 would take 96 MB under load, for no work saved. */
const youngMb = 32

/** What a pool needs to know. */
export interface PoolOptions {
  /** The worker's file; it calls `serveTasks` (see `serve.ts`). */
  readonly file: URL
  readonly size: number
  /** Handed to every worker when it starts. */
  readonly workerData?: unknown
  readonly name: string
  /** Old-generation heap of each worker, MB. */
  readonly heapMb?: number
  /** Threads start with the first task instead of with the pool. */
  readonly lazy?: boolean
  /** With `lazy`: threads that had nothing to do for so long are ended, and their memory is given back. */
  readonly idleMs?: number
  /** A thread that started later could not take what was broadcast before. */
  readonly onFault?: (error: Error) => void
}

export interface RunOptions {
  readonly transfer?: readonly ArrayBuffer[]
  /** The worker is ended and replaced when a task takes longer; the task fails with `TaskTimeout`. */
  readonly timeoutMs?: number
}

export interface BroadcastOptions {
  /** Threads that are not there yet are started for it. */
  readonly startThreads?: boolean
  /** What it is about: a thread that starts later gets the newest of each topic. */
  readonly topic?: string
  /** Taking it leaves no garbage worth a pause of the thread. */
  readonly isLight?: boolean
}

interface Broadcast {
  readonly message: unknown
  readonly isLight: boolean
}

/** A task took longer than it may: the input is to blame, or the machine is overloaded. */
export class TaskTimeout extends Error {
  constructor(pool: string, timeoutMs: number) {
    super(`a task in the "${pool}" threads took longer than ${timeoutMs} ms and was ended`)
    this.name = 'TaskTimeout'
  }
}

/** The thread died (out of memory, a crash) while it had the task. */
export class TaskCrashed extends Error {
  constructor(pool: string, cause: string) {
    super(`a thread of "${pool}" ended while it worked: ${cause}`)
    this.name = 'TaskCrashed'
  }
}

/** The pool was stopped before the task was done. Says nothing about the task. */
export class PoolClosed extends Error {
  constructor(pool: string) {
    super(`the "${pool}" threads are stopped`)
    this.name = 'PoolClosed'
  }
}

interface Task {
  readonly id: number
  readonly input: unknown
  readonly options: RunOptions
  resolve(value: unknown): void
  reject(error: Error): void
}

interface Seat {
  worker: Worker
  task: Task | undefined
  timer: NodeJS.Timeout | undefined
  diedOfBroadcast: boolean
  /** Broadcasts this worker has yet to take; it gets no task before. */
  readonly confirmations: Map<number, { resolve(): void; reject(error: Error): void }>
}

interface Answer {
  readonly id: number
  readonly ok: boolean
  readonly value?: unknown
  readonly error?: { name: string; message: string; stack?: string }
}

/**
 * A fixed number of worker threads that take tasks one at a time each. A worker that dies or overruns is replaced, and only the
 * task it had fails.
 */
export class ThreadPool<Input, Output> {
  readonly #options: PoolOptions
  readonly #seats: Seat[] = []
  readonly #waiting: Task[] = []
  #nextId = 1
  #closed = false
  #idleTimer: NodeJS.Timeout | undefined
  /** The newest broadcast of each topic, repeated to workers that start later. */
  readonly #standing = new Map<string, Broadcast>()

  constructor(options: PoolOptions) {
    this.#options = options
    if (!options.lazy) this.#openSeats()
  }

  get size(): number {
    return this.#options.size
  }

  #openSeats(): void {
    while (this.#seats.length < this.#options.size) {
      const seat = this.#openSeat()
      this.#seats.push(seat)
      this.#tellStanding(seat)
    }
  }

  /** A thread that cannot take what stands is of no use; it says so through `onFault` and is given no other chance before the next broadcast. */
  #tellStanding(seat: Seat): void {
    for (const standing of this.#standing.values())
      this.#tell(seat, standing).catch((error: Error) => this.#options.onFault?.(error))
  }

  /** Runs one task on the first free thread. */
  run(input: Input, options: RunOptions = {}): Promise<Output> {
    if (this.#closed) return Promise.reject(new PoolClosed(this.#options.name))
    clearTimeout(this.#idleTimer)
    this.#openSeats()
    return new Promise<Output>((resolve, reject) => {
      this.#waiting.push({ id: this.#nextId++, input, options, resolve: resolve as (value: unknown) => void, reject })
      this.#assign()
    })
  }

  /**
   * Gives every thread the same message (a new set of rules); resolves when each has taken it, and rejects when one could not.
   * Threads started later get it first.
   */
  async broadcast(message: unknown, options: BroadcastOptions = {}): Promise<void> {
    const broadcast: Broadcast = { message, isLight: options.isLight ?? false }
    const topic = options.topic ?? ''
    this.#standing.delete(topic)
    if (options.startThreads && this.#seats.length === 0) this.#openSeats()
    this.#standing.set(topic, broadcast)
    await Promise.all(this.#seats.map((seat) => this.#tell(seat, broadcast)))
  }

  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#idleTimer)
    // What runs is given back like what waits: whoever asked must not take the end of the thread for the task's fault.
    const underWay = this.#seats.flatMap((seat) => (seat.task ? [seat.task] : []))
    for (const seat of this.#seats) if (seat.task) this.#free(seat)
    for (const task of [...underWay, ...this.#waiting.splice(0)]) task.reject(new PoolClosed(this.#options.name))
    await Promise.all(this.#seats.map((seat) => seat.worker.terminate()))
  }

  #tell(seat: Seat, { message, isLight }: Broadcast): Promise<void> {
    const id = this.#nextId++
    return new Promise((resolve, reject) => {
      seat.confirmations.set(id, { resolve, reject })
      seat.worker.postMessage({ id, broadcast: message, isLight })
    })
  }

  #openSeat(): Seat {
    const seat: Seat = {
      worker: this.#startWorker(),
      task: undefined,
      timer: undefined,
      diedOfBroadcast: false,
      confirmations: new Map(),
    }
    this.#listen(seat)
    return seat
  }

  #startWorker(): Worker {
    const worker = new Worker(this.#options.file, {
      workerData: this.#options.workerData,
      name: this.#options.name,
      ...(this.#options.heapMb
        ? { resourceLimits: { maxOldGenerationSizeMb: this.#options.heapMb, maxYoungGenerationSizeMb: youngMb } }
        : {}),
    })
    worker.unref()
    return worker
  }

  #listen(seat: Seat): void {
    const worker = seat.worker
    worker.on('message', (answer: Answer) => {
      const confirmed = seat.confirmations.get(answer.id)
      if (confirmed) {
        seat.confirmations.delete(answer.id)
        if (answer.ok) confirmed.resolve()
        else confirmed.reject(new Error(answer.error?.message ?? 'the broadcast was not taken'))
        this.#assign()
        return
      }
      this.#settle(seat, answer)
    })
    worker.on('error', (error) => this.#replace(seat, worker, error instanceof Error ? error.message : String(error)))
    worker.on('exit', (code) => this.#replace(seat, worker, `exit code ${code}`))
  }

  #settle(seat: Seat, answer: Answer): void {
    const task = seat.task
    if (task?.id !== answer.id) return
    this.#free(seat)
    if (answer.ok) task.resolve(answer.value)
    else task.reject(Object.assign(new Error(answer.error?.message ?? 'task failed'), answer.error))
    this.#assign()
  }

  #free(seat: Seat): void {
    clearTimeout(seat.timer)
    seat.timer = undefined
    seat.task = undefined
    seat.worker.unref()
  }

  #replace(seat: Seat, worker: Worker, cause: string): void {
    if (seat.worker !== worker || this.#closed || !this.#seats.includes(seat)) return
    const task = seat.task
    this.#free(seat)
    task?.reject(new TaskCrashed(this.#options.name, cause))
    const unconfirmed = [...seat.confirmations.values()]
    seat.confirmations.clear()
    seat.worker = this.#startWorker()
    this.#listen(seat)
    if (unconfirmed.length === 0) this.#tellStanding(seat)
    // Whoever waits for a broadcast waits for the successor, once; a thread that dies of it a second time fails it.
    else if (seat.diedOfBroadcast) for (const one of unconfirmed) one.reject(new TaskCrashed(this.#options.name, cause))
    else {
      seat.diedOfBroadcast = true
      Promise.all([...this.#standing.values()].map((one) => this.#tell(seat, one))).then(
        () => {
          seat.diedOfBroadcast = false
          for (const one of unconfirmed) one.resolve()
        },
        (error: Error) => {
          for (const one of unconfirmed) one.reject(error)
        },
      )
    }
    this.#assign()
  }

  /** Ends all threads when nothing has been asked of them for a while; the next task starts them again. */
  #restSoon(): void {
    const { idleMs } = this.#options
    if (!idleMs || this.#closed || this.#waiting.length > 0 || this.#seats.some((seat) => seat.task)) return
    clearTimeout(this.#idleTimer)
    this.#idleTimer = setTimeout(() => {
      for (const { worker } of this.#seats.splice(0)) void worker.terminate()
    }, idleMs)
    this.#idleTimer.unref()
  }

  #assign(): void {
    this.#restSoon()
    for (const seat of this.#seats) {
      if (seat.task || seat.confirmations.size > 0) continue
      const task = this.#waiting.shift()
      if (!task) return
      seat.task = task
      // A referenced worker keeps the program alive while it works, and only then.
      seat.worker.ref()
      const timeoutMs = task.options.timeoutMs
      if (timeoutMs) {
        seat.timer = setTimeout(() => {
          const overrun = seat.worker
          task.reject(new TaskTimeout(this.#options.name, timeoutMs))
          this.#replace(seat, overrun, 'overrun')
          void overrun.terminate()
        }, timeoutMs)
      }
      seat.worker.postMessage({ id: task.id, input: task.input }, (task.options.transfer ?? []) as ArrayBuffer[])
    }
  }
}
