import { parentPort } from 'node:worker_threads'
import { giveMemoryBack } from './garbage.ts'

/** What a task answers: its value, and buffers that move instead of being copied. */
export interface TaskAnswer<Output> {
  readonly value: Output
  readonly transfer?: readonly ArrayBuffer[]
}

/**
 * The worker's side of `ThreadPool`: call once at the end of the worker's file.
 * `onBroadcast` gets what `ThreadPool.broadcast` sends and may take its time; no task runs meanwhile.
 */
export function serveTasks<Input, Output>(
  run: (input: Input) => TaskAnswer<Output> | Promise<TaskAnswer<Output>>,
  onBroadcast?: (message: unknown) => void | Promise<void>,
): void {
  const port = parentPort
  if (!port) throw new Error('serveTasks is for worker threads')
  let turn = Promise.resolve()
  port.on('message', (message: { id: number; input?: Input; broadcast?: unknown; isLight?: boolean }) => {
    turn = turn.then(async () => {
      try {
        if ('broadcast' in message) {
          await onBroadcast?.(message.broadcast)
          port.postMessage({ id: message.id, ok: true })
          if (!message.isLight) giveMemoryBack()
          return
        }
        const { value, transfer } = await run(message.input as Input)
        port.postMessage({ id: message.id, ok: true, value }, (transfer ?? []) as ArrayBuffer[])
      } catch (error) {
        const { name, message: text, stack } = error instanceof Error ? error : new Error(String(error))
        port.postMessage({ id: message.id, ok: false, error: { name, message: text, stack } })
      }
    })
  })
}
