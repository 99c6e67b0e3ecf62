/** A thread that parses, normalises and matches lines which lie in memory that all threads share; see sigma-threads.ts. */
import { parentPort, workerData } from 'node:worker_threads'
import { normalise } from '../../packages/engines/src/logs/index.ts'
import { buildPlan, compileRules, parseRules } from '../../packages/engines/src/sigma/index.ts'

export interface SharedLines {
  /** UTF-8 of all lines, and where each begins; one more than there are lines. */
  readonly bytes: SharedArrayBuffer
  readonly offsets: SharedArrayBuffer
  /** `[next line to take, 1 while it runs]`. */
  readonly control: SharedArrayBuffer
  readonly rules: readonly { readonly path: string; readonly text: string }[]
}

export interface ThreadDone {
  readonly events: number
  readonly matches: number
  readonly cpuMs: number
}

/** Lines that a thread takes at once. */
const BATCH = 500
const { bytes, offsets, control, rules } = workerData as SharedLines
const text = new Uint8Array(bytes)
const at = new Uint32Array(offsets)
const shared = new Int32Array(control)
const lines = at.length - 1
const decoder = new TextDecoder()
const plan = buildPlan(compileRules(rules.flatMap((one) => parseRules(one.text, one.path).rules)).compiled)
const hint = { receivedMs: Date.UTC(2026, 0, 2) }
/** Decoding wants memory of its own. */
const own = new Uint8Array(1 << 20)

function matchLine(index: number): number {
  const [from, to] = [at[index]!, at[index + 1]!]
  own.set(text.subarray(from, to))
  return plan.match(normalise(decoder.decode(own.subarray(0, to - from)), hint)).length
}

function work(): ThreadDone {
  const began = process.threadCpuUsage().user
  let events = 0
  let matches = 0
  while (Atomics.load(shared, 1) === 1) {
    const first = Atomics.add(shared, 0, BATCH)
    for (let i = 0; i < BATCH; i++) matches += matchLine((first + i) % lines)
    events += BATCH
  }
  return { events, matches, cpuMs: (process.threadCpuUsage().user - began) / 1_000 }
}

for (let i = 0; i < lines; i++) matchLine(i)
parentPort!.on('message', () => parentPort!.postMessage(work()))
parentPort!.postMessage('ready')
