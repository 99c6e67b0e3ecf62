import { createContext, Script } from 'node:vm'

/** It did not end in its time and was stopped in the middle of it. */
export class TookTooLong extends Error {}

const holder: { call: () => unknown } = { call: () => undefined }
const context = createContext(holder)
const caller = new Script('call()')

/**
 * Calls a function that does not wait for anything, and stops it when it takes too long: the last resort against readers of others that
 * can be led to run for ever. No sandbox: the function is ours to trust, its input is not.
 * @throws TookTooLong, and what the function throws
 */
export function withinTime<T>(timeoutMs: number, call: () => T): T {
  let result: { value: T } | undefined
  holder.call = () => {
    result = { value: call() }
  }
  try {
    caller.runInContext(context, { timeout: timeoutMs })
  } catch (error) {
    // It comes from the other context, whose `Error` is not ours.
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT')
      throw new TookTooLong(`it takes longer than ${timeoutMs} ms`)
    throw error
  } finally {
    holder.call = () => undefined
  }
  if (result === undefined) throw new TookTooLong('it was stopped')
  return result.value
}
