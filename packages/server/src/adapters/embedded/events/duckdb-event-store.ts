import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { EventQuery, EventStore, StoredEvent } from '../../../platform/events/event-store.ts'
import type { Position } from './cursor.ts'
import type { DatabaseOptions } from './database.ts'
import { type Answer, type Call, type CallName, type EventStoreCalls, uncarry } from './messages.ts'

export interface DuckDbEventStoreOptions {
  /** Folder of the event store alone, e.g. `<dataDir>/events`. One process at a time: the caller holds the data directory's lock. */
  readonly folder: string
  /** DuckDB's buffers, MB. Default 192. */
  readonly memoryMb?: number
  /** Threads a search may use. Default half of the cores: DuckDB's threads spin while they wait for each other, and an append with two costs twice the CPU of one. */
  readonly threads?: number
  /** Batches of so many events become a file of their own; smaller ones go into the hot table. Default 1,000. */
  readonly segmentRows?: number
  /** A search that runs longer is ended with UNPROCESSABLE. Default 20,000. */
  readonly queryTimeoutMs?: number
}

/** The thread's JavaScript heap: without a bound it keeps the garbage of many batches. */
const HEAP = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 16 }

/** Positions that an export looks up at once. */
const SCAN_POSITIONS = 10_000

/** Opens (or makes) the embedded event store; DuckDB runs in a thread of its own. */
export async function openDuckDbEventStore(options: DuckDbEventStoreOptions): Promise<EventStore> {
  const thread = new StoreThread({
    folder: options.folder,
    memoryMb: options.memoryMb ?? 192,
    threads: options.threads ?? Math.max(1, Math.floor(availableParallelism() / 2)),
    segmentRows: options.segmentRows ?? 1000,
    queryTimeoutMs: options.queryTimeoutMs ?? 20_000,
    readers: 2,
  })
  const call = thread.call.bind(thread)
  // Fails here, and not at the first search, when the folder cannot be used.
  await call('ping', 30_000)
  return {
    kind: 'duckdb',
    append: (batch, consumed) => call('append', batch, consumed),
    consumed: (topic, partition) => call('consumed', topic, partition),
    checkpoint: () => call('checkpoint'),
    search: (query) => call('search', query),
    get: (id, scope) => call('get', id, scope),
    count: (query) => call('count', query),
    histogram: (query) => call('histogram', query),
    topValues: (query) => call('topValues', query),
    fields: (query) => call('fields', query),
    scan: (query, pageSize, after) => scan(thread, query, pageSize, after),
    usage: () => call('usage'),
    retain: (policy) => call('retain', policy),
    seal: (beforeMs) => call('seal', beforeMs),
    snapshot: (intoFolder) => call('snapshot', intoFolder),
    ping: (timeoutMs) => call('ping', timeoutMs),
    close: () => thread.close(),
  }
}

async function* scan(
  thread: StoreThread,
  query: EventQuery,
  pageSize: number,
  begin: Position | undefined,
): AsyncGenerator<StoredEvent[]> {
  let after = begin
  for (;;) {
    const positions = await thread.call('positions', query, after, SCAN_POSITIONS)
    for (let from = 0; from < positions.length; from += pageSize) {
      yield await thread.call('eventsAt', query, positions.slice(from, from + pageSize))
    }
    if (positions.length < SCAN_POSITIONS) return
    after = positions.at(-1)
  }
}

interface Waiting {
  resolve(value: unknown): void
  reject(error: Error): void
}

/** The main thread's side of the worker. A worker that dies fails the calls it had; the next call starts another. */
class StoreThread {
  readonly #options: DatabaseOptions
  readonly #waiting = new Map<number, Waiting>()
  #worker: Worker | undefined
  #nextId = 1
  #closed = false

  constructor(options: DatabaseOptions) {
    this.#options = options
  }

  call<Name extends CallName>(name: Name, ...args: Parameters<EventStoreCalls[Name]>): ReturnType<EventStoreCalls[Name]>
  call(name: CallName, ...args: unknown[]): Promise<unknown> {
    if (this.#closed) return Promise.reject(new Error('the event store is closed'))
    return new Promise((resolve, reject) => {
      const id = this.#nextId++
      const message: Call = { id, name, args }
      this.#waiting.set(id, { resolve, reject })
      this.#running().postMessage(message)
    })
  }

  #running(): Worker {
    if (this.#worker) return this.#worker
    const worker = new Worker(new URL('./worker.ts', import.meta.url), {
      workerData: this.#options,
      name: 'events',
      resourceLimits: HEAP,
    })
    worker.on('message', (answer: Answer) => this.#settle(answer))
    worker.on('error', (error) => this.#lost(worker, error instanceof Error ? error.message : String(error)))
    worker.on('exit', (code) => this.#lost(worker, `exit code ${code}`))
    this.#worker = worker
    return worker
  }

  #settle(answer: Answer): void {
    const waiting = this.#waiting.get(answer.id)
    this.#waiting.delete(answer.id)
    if (answer.ok) waiting?.resolve(answer.value)
    else waiting?.reject(uncarry(answer.error))
  }

  #lost(worker: Worker, cause: string): void {
    if (this.#worker !== worker) return
    this.#worker = undefined
    for (const { reject } of this.#waiting.values()) reject(new Error(`the event store's thread ended: ${cause}`))
    this.#waiting.clear()
  }

  async close(): Promise<void> {
    if (this.#closed) return
    const closing = this.#worker ? this.call('close') : undefined
    this.#closed = true
    await closing
    await this.#worker?.terminate()
  }
}
