import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import {
  defaultYaraLimits,
  type Yara,
  YaraClosed,
  YaraCrashed,
  type YaraFile,
  type YaraMatch,
  type YaraRuleSet,
  YaraTimeout,
} from '../../platform/yara/yara.ts'
import { pieces, send } from './content-pipe.ts'
import { contentDescriptor, type ScanReply, type ScanTask, type ScanValue } from './messages.ts'

export interface ScanProcessOptions {
  /** Processes at most; each holds the compiled rules (about 50 KB a rule). */
  readonly size: number
  /** The WASM build also where the native one would run. */
  readonly engine?: 'native' | 'wasm'
  /** Processes that had nothing to do for so long are ended. They are started again, and compile again, with the next task. */
  readonly idleMs?: number
  /** A process that holds more after a task is replaced. */
  readonly maxRssBytes?: number
  readonly loadTimeoutMs?: number
}

const defaults = { idleMs: 120_000, maxRssBytes: 2 * 1024 ** 3, loadTimeoutMs: 180_000 }

interface Waiting {
  readonly task: ScanTask
  /** What goes through the pipe behind the task. */
  readonly content?: (() => AsyncIterable<Uint8Array>) | undefined
  /** How often it may be tried again when the process dies under it: that may be somebody else's doing. */
  triesLeft: number
  readonly what: string
  readonly timeoutMs: number
  resolve(value: ScanValue): void
  reject(error: Error): void
}

interface Seat {
  readonly child: ChildProcess
  /** Of the rules that it holds. */
  revision: number
  job: { readonly id: number; readonly waiting: Waiting; readonly timer: NodeJS.Timeout } | undefined
}

/**
 * YARA in processes of its own, which are killed when a file or a rule takes too long, and replaced. Threads would not do: native
 * code goes on in a thread that was told to end.
 */
export class ScanProcesses implements Yara {
  readonly #options: ScanProcessOptions & typeof defaults
  readonly #seats = new Set<Seat>()
  readonly #queue: Waiting[] = []
  #sound: readonly YaraFile[] = []
  #revision = 0
  #nextId = 1
  #isClosed = false
  #reloadsLeft = 1
  #idleTimer: NodeJS.Timeout | undefined

  constructor(options: ScanProcessOptions) {
    this.#options = { ...defaults, ...options }
  }

  async load(files: readonly YaraFile[]): Promise<YaraRuleSet> {
    const value = await this.#ask(
      { kind: 'load', files, areSound: false },
      'compiling the rules',
      this.#options.loadTimeoutMs,
    )
    if (!('info' in value)) throw new Error('the YARA scanner answered something else')
    return value.info
  }

  async check(files: readonly YaraFile[]): Promise<YaraRuleSet> {
    const value = await this.#ask({ kind: 'check', files }, 'checking the rules', this.#options.loadTimeoutMs)
    if (!('info' in value)) throw new Error('the YARA scanner answered something else')
    return value.info
  }

  async scan(...[target, names, some]: Parameters<Yara['scan']>): Promise<readonly YaraMatch[]> {
    const limits = { ...defaultYaraLimits, ...some }
    const [source, content] =
      'path' in target
        ? [target, undefined]
        : 'bytes' in target
          ? [{ pipedBytes: target.bytes.byteLength }, () => pieces(target.bytes)]
          : [{ pipedBytes: target.sizeBytes }, target.content]
    const value = await this.#ask({ kind: 'scan', source, names, limits }, 'the scan', limits.timeoutMs, content)
    if (!('matches' in value)) throw new Error('the YARA scanner answered something else')
    return value.matches
  }

  async close(): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#idleTimer)
    for (const waiting of this.#queue.splice(0)) waiting.reject(new YaraClosed())
    for (const seat of [...this.#seats]) this.#end(seat, new YaraClosed())
  }

  #ask(task: ScanTask, what: string, timeoutMs: number, content?: () => AsyncIterable<Uint8Array>): Promise<ScanValue> {
    if (this.#isClosed) return Promise.reject(new YaraClosed())
    clearTimeout(this.#idleTimer)
    return new Promise((resolve, reject) => {
      this.#queue.push({ task, content, what, timeoutMs, resolve, reject, triesLeft: 1 })
      this.#assign()
    })
  }

  #assign(): void {
    while (this.#queue.length > 0 && !this.#isClosed) {
      const seat = this.#freeSeat()
      if (seat === undefined) return
      const waiting = this.#queue[0]!
      // Rules are loaded once, by whoever asks; a process that has not the newest ones gets those that were found sound.
      if (waiting.task.kind === 'scan' && seat.revision !== this.#revision) this.#reload(seat)
      else {
        this.#queue.shift()
        this.#give(seat, waiting)
      }
    }
    if (this.#queue.length === 0) this.#restSoon()
  }

  #freeSeat(): Seat | undefined {
    const free = [...this.#seats].filter((seat) => seat.job === undefined)
    const ready = free.find((seat) => seat.revision === this.#revision) ?? free[0]
    if (ready) return ready
    return this.#seats.size < this.#options.size ? this.#start() : undefined
  }

  #reload(seat: Seat): void {
    const revision = this.#revision
    this.#give(seat, {
      task: { kind: 'load', files: this.#sound, areSound: true },
      what: 'compiling the rules',
      timeoutMs: this.#options.loadTimeoutMs,
      triesLeft: 0,
      resolve: () => {
        seat.revision = revision
        this.#reloadsLeft = 1
      },
      // Once more, in another process; then whoever waits is told that the rules cannot be had again.
      reject: (error) => {
        if (error instanceof YaraCrashed && this.#reloadsLeft-- > 0) return
        this.#reloadsLeft = 1
        this.#queue.shift()?.reject(error)
      },
    })
  }

  #start(): Seat {
    const child = fork(fileURLToPath(new URL('./scan.process.ts', import.meta.url)), [this.#options.engine ?? ''], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc', 'pipe'],
      // Nothing of ours is of use to code that reads hostile files, least of all keys.
      env: {},
      execArgv: [],
    })
    const seat: Seat = { child, revision: 0, job: undefined }
    child.on('message', (reply: ScanReply) => this.#take(seat, reply))
    // Whoever writes hears of it; that the process ended is told by itself.
    child.stdio[contentDescriptor]?.on('error', () => {})
    child.on('error', (error) => this.#end(seat, new YaraCrashed(error.message)))
    child.on('exit', (code, signal) => this.#end(seat, new YaraCrashed(`exit ${code ?? signal}`)))
    this.#seats.add(seat)
    return seat
  }

  #give(seat: Seat, waiting: Waiting): void {
    const id = this.#nextId++
    const timer = setTimeout(() => this.#end(seat, new YaraTimeout(waiting.what, waiting.timeoutMs)), waiting.timeoutMs)
    seat.job = { id, waiting, timer }
    this.#hold(seat, true)
    seat.child.send({ ...waiting.task, id }, (error) => {
      if (error) this.#end(seat, new YaraCrashed(error.message))
    })
    if (waiting.content && waiting.task.kind === 'scan' && 'pipedBytes' in waiting.task.source)
      send(seat.child.stdio[contentDescriptor], waiting.content(), waiting.task.source.pipedBytes).catch(
        (error: Error) => {
          // Half a file is in the pipe: nothing more can be said through it.
          if (seat.job?.id === id) this.#end(seat, error)
        },
      )
  }

  /** A process keeps the program alive while it works, and only then. */
  #hold({ child }: Seat, isHeld: boolean): void {
    if (isHeld) {
      child.ref()
      child.channel?.ref()
    } else {
      child.unref()
      child.channel?.unref()
    }
  }

  #take(seat: Seat, reply: ScanReply): void {
    const { job } = seat
    if (job?.id !== reply.id) return
    clearTimeout(job.timer)
    seat.job = undefined
    this.#hold(seat, false)
    const { waiting } = job
    if (!reply.ok) waiting.reject(new Error(reply.message))
    else {
      if (waiting.task.kind === 'load' && !waiting.task.areSound && 'soundFiles' in reply.value) {
        this.#sound = reply.value.soundFiles
        seat.revision = ++this.#revision
      }
      waiting.resolve(reply.value)
    }
    if (reply.rssBytes > this.#options.maxRssBytes) this.#end(seat, new YaraClosed())
    this.#assign()
  }

  #end(seat: Seat, reason: Error): void {
    if (!this.#seats.delete(seat)) return
    const { job } = seat
    seat.job = undefined
    this.#hold(seat, false)
    seat.child.kill('SIGKILL')
    if (job) {
      clearTimeout(job.timer)
      if (reason instanceof YaraCrashed && job.waiting.triesLeft-- > 0) this.#queue.unshift(job.waiting)
      else job.waiting.reject(reason)
    }
    this.#assign()
  }

  #restSoon(): void {
    if (this.#isClosed || [...this.#seats].some((seat) => seat.job)) return
    clearTimeout(this.#idleTimer)
    this.#idleTimer = setTimeout(() => {
      for (const seat of [...this.#seats]) if (!seat.job) this.#end(seat, new YaraClosed())
    }, this.#options.idleMs)
    this.#idleTimer.unref()
  }
}
