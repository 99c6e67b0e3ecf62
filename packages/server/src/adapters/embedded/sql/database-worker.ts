import { parentPort, workerData } from 'node:worker_threads'
import { PGlite } from '@electric-sql/pglite'
import { startParameters } from './start-parameters.ts'
import { keepWalOrder, type WalOrder } from './wal-order.ts'
import { type FromWorker, type ToWorker, workerSettings } from './worker-messages.ts'

/** The engine has no checkpointer of its own: without one its log would grow for ever, and so would the time to open after a crash. */
const checkpointAfterBytes = 64 * 1024 * 1024

/** Serves one data directory: bytes of the PostgreSQL protocol in, bytes out. A query blocks this thread and no other. */
async function serve(): Promise<void> {
  const port = parentPort
  if (port === null) throw new Error('database-worker.ts runs as a worker thread')
  const settings = workerSettings.parse(workerData)
  const engine = await PGlite.create({ dataDir: settings.directory, startParams: startParameters(settings) })
  const wal = settings.isDurable ? keepWalOrder(engine.Module.FS, settings.directory) : nothingToFlush
  const send = (message: FromWorker, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer)
  let logBytes = 0
  const timer = setInterval(() => {
    // A failure is told to whoever asks for a flush next.
    wal.flush().catch(() => {})
    logBytes += wal.takeWrittenBytes()
    if (logBytes < checkpointAfterBytes) return
    logBytes = 0
    send({ kind: 'checkpoint-due' })
  }, settings.walFlushIntervalMs)
  timer.unref()
  let sessions = 0

  const answer = async (message: ToWorker): Promise<void> => {
    switch (message.kind) {
      case 'open-session':
        sessions += 1
        // What the session before left behind (an open transaction, LISTEN, SET) must not reach this one.
        if (sessions > 1) await engine.exec('ROLLBACK; DISCARD ALL')
        return send({ kind: 'session-open' })
      case 'bytes': {
        const bytes = engine.execProtocolRawSync(message.bytes)
        return send({ kind: 'bytes', bytes }, [bytes.buffer as ArrayBuffer])
      }
      case 'flush':
        return flush(wal, send, message.id)
      case 'close':
        clearInterval(timer)
        await engine.exec('CHECKPOINT')
        await wal.flush()
        await engine.close()
        send({ kind: 'closed' })
        return port.close()
    }
  }
  port.on('message', (message: ToWorker) => {
    answer(message).catch((error: unknown) => {
      setImmediate(() => {
        throw error
      })
    })
  })
  send({ kind: 'ready' })
}

const nothingToFlush: WalOrder = { flush: async () => {}, takeWrittenBytes: () => 0 }

async function flush(wal: WalOrder, send: (message: FromWorker) => void, id: number): Promise<void> {
  try {
    await wal.flush()
    send({ kind: 'flushed', id })
  } catch (error) {
    send({ kind: 'flushed', id, error: error instanceof Error ? error.message : String(error) })
  }
}

await serve()
