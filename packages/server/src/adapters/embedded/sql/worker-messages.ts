import { z } from 'zod'

export const workerSettings = z.object({
  /** The PostgreSQL data directory itself. */
  directory: z.string(),
  /** False for a database that nobody will miss. */
  isDurable: z.boolean(),
  /** How often the write-ahead log is made durable when something was committed. */
  walFlushIntervalMs: z.number(),
})
export type WorkerSettings = z.infer<typeof workerSettings>

export type ToWorker =
  | { kind: 'open-session' }
  | { kind: 'bytes'; bytes: Uint8Array }
  | { kind: 'flush'; id: number }
  | { kind: 'close' }

export type FromWorker =
  | { kind: 'ready' }
  | { kind: 'session-open' }
  | { kind: 'bytes'; bytes: Uint8Array }
  | { kind: 'flushed'; id: number; error?: string }
  /** The log has grown: a server's checkpointer would act now. */
  | { kind: 'checkpoint-due' }
  | { kind: 'closed' }
