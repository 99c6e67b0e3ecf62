import { Worker } from 'node:worker_threads'
import { SqlFailure } from '../../../platform/sql/failures.ts'
import { createSessionStream, type SessionStream } from './session-stream.ts'
import { compileWasmSparingly } from './sparing-wasm.ts'
import type { FromWorker, ToWorker, WorkerSettings } from './worker-messages.ts'

export interface DatabaseThreadOptions {
  readonly settings: WorkerSettings
  /** A statement that takes longer costs the thread its life. */
  readonly statementTimeoutMs: number
  onRestart(reason: SqlFailure): void
  /** The log has grown; CHECKPOINT shall be run when it is convenient. */
  onCheckpointDue(): void
}

/** The thread with the engine: started when needed, ended when a statement takes too long, started again. */
export interface DatabaseThread {
  /** Resolves when the directory is open. */
  start(): Promise<void>
  /** One session at a time; the pool has one client. */
  openSession(): SessionStream
  /** What was committed before the call survives a power cut afterwards. */
  flush(): Promise<void>
  close(): Promise<void>
}

interface Running {
  readonly worker: Worker
  session: SessionStream | undefined
  deadline: NodeJS.Timeout | undefined
  readonly flushes: Map<number, PromiseWithResolvers<void>>
}

/** The thread's JavaScript heap holds messages alone; the engine has memory of its own. */
const heap = { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 12 }

export function createDatabaseThread(options: DatabaseThreadOptions): DatabaseThread {
  const { statementTimeoutMs } = options
  let running: Promise<Running> | undefined
  let closed: PromiseWithResolvers<void> | undefined
  let nextFlushId = 1

  const send = (to: Running, message: ToWorker, transfer: ArrayBuffer[] = []) =>
    to.worker.postMessage(message, transfer)

  const lose = (lost: Running, reason: SqlFailure) => {
    if (lost.deadline !== undefined) clearTimeout(lost.deadline)
    lost.deadline = undefined
    for (const flush of lost.flushes.values()) flush.reject(reason)
    lost.flushes.clear()
    const session = lost.session
    lost.session = undefined
    session?.destroy(reason)
  }
  const current = (): Promise<Running> => {
    if (running !== undefined) return running
    const starting: Promise<Running> = startWorker(options.settings, receive, (lost, reason) => {
      if (running === starting) running = undefined
      lose(lost, reason)
      if (closed === undefined) options.onRestart(reason)
      else closed.resolve()
    })
    running = starting
    starting.catch(() => {
      if (running === starting) running = undefined
    })
    return starting
  }
  const receive = (from: Running, message: FromWorker) => {
    switch (message.kind) {
      case 'ready':
        return
      case 'session-open':
      case 'bytes':
        if (from.deadline !== undefined) clearTimeout(from.deadline)
        from.deadline = undefined
        if (message.kind === 'session-open') from.session?.emit('connect')
        else from.session?.push(Buffer.from(message.bytes.buffer, message.bytes.byteOffset, message.bytes.byteLength))
        return
      case 'flushed': {
        const flush = from.flushes.get(message.id)
        from.flushes.delete(message.id)
        if (message.error === undefined) flush?.resolve()
        else flush?.reject(new SqlFailure('unavailable', message.error))
        return
      }
      case 'checkpoint-due':
        return options.onCheckpointDue()
      case 'closed':
        closed?.resolve()
    }
  }
  const startDeadline = (of: Running) => {
    if (of.deadline !== undefined) clearTimeout(of.deadline)
    of.deadline = setTimeout(() => {
      const reason = new SqlFailure('timeout', `a statement took longer than ${statementTimeoutMs} ms and was stopped`)
      running = undefined
      lose(of, reason)
      options.onRestart(reason)
      // The next session must not open the directory while the old thread still writes to it.
      running = of.worker.terminate().then(() => {
        running = undefined
        return current()
      })
      running.catch(() => {
        running = undefined
      })
    }, statementTimeoutMs)
  }

  return {
    start: async () => {
      await current()
    },
    openSession() {
      let host: Running | undefined
      const session = createSessionStream({
        connect: async () => {
          host = await current()
          host.session = session
          send(host, { kind: 'open-session' })
          startDeadline(host)
        },
        write: (bytes) => {
          if (host === undefined || host.session !== session) return
          send(host, { kind: 'bytes', bytes }, [bytes.buffer])
          startDeadline(host)
        },
        end: () => {
          if (host?.session === session) host.session = undefined
        },
      })
      return session
    },
    async flush() {
      const host = await current()
      const id = nextFlushId++
      const done = Promise.withResolvers<void>()
      host.flushes.set(id, done)
      send(host, { kind: 'flush', id })
      await done.promise
    },
    async close() {
      if (closed !== undefined) return closed.promise
      closed = Promise.withResolvers<void>()
      const host = await (running ?? Promise.resolve(undefined)).catch(() => undefined)
      if (host === undefined) return closed.resolve()
      if (host.deadline !== undefined) clearTimeout(host.deadline)
      send(host, { kind: 'close' })
      await closed.promise
      await host.worker.terminate()
    },
  }
}

function startWorker(
  settings: WorkerSettings,
  receive: (from: Running, message: FromWorker) => void,
  ended: (lost: Running, reason: SqlFailure) => void,
): Promise<Running> {
  compileWasmSparingly()
  const worker = new Worker(new URL('./database-worker.ts', import.meta.url), {
    workerData: settings,
    name: 'sql',
    execArgv: [],
    resourceLimits: heap,
  })
  const host: Running = { worker, session: undefined, deadline: undefined, flushes: new Map() }
  const started = Promise.withResolvers<Running>()
  let isStarted = false
  const end = (reason: SqlFailure) => {
    if (isStarted) ended(host, reason)
    else started.reject(reason)
  }
  worker.on('message', (message: FromWorker) => {
    if (message.kind === 'ready') {
      isStarted = true
      started.resolve(host)
    } else receive(host, message)
  })
  worker.once('error', (cause) => {
    const message = cause instanceof Error ? cause.message : String(cause)
    end(new SqlFailure('unavailable', `the database in ${settings.directory} stopped: ${message}`, { cause }))
  })
  worker.once('exit', (code) => {
    end(new SqlFailure('unavailable', `the database in ${settings.directory} ended with code ${code}`))
  })
  return started.promise
}
