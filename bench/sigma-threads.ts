/**
 * What a second thread adds: lines in shared memory, each thread parses, normalises and matches what it takes. Prints one JSON document.
 * Run: node bench/sigma-threads.ts [seconds a run] [rounds]
 */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { median, rounded } from './figures/percentiles.ts'
import type { SharedLines, ThreadDone } from './load/match-thread.ts'
import { benchRules } from './load/public-data.ts'
import { sigmaLanes } from './samples/sigma-lanes.ts'

const seconds = Number(process.argv[2] ?? 2)
const rounds = Number(process.argv[3] ?? 3)
const EVENTS = 5_000
const lanes = ['structured-windows', 'otrf']

function shareLines(lines: readonly string[], rules: SharedLines['rules']): SharedLines {
  const encoded = lines.map((line) => new TextEncoder().encode(line))
  const bytes = new SharedArrayBuffer(encoded.reduce((sum, { length }) => sum + length, 0))
  const offsets = new SharedArrayBuffer((lines.length + 1) * 4)
  const at = new Uint32Array(offsets)
  for (const [i, one] of encoded.entries()) {
    new Uint8Array(bytes).set(one, at[i])
    at[i + 1] = at[i]! + one.length
  }
  return { bytes, offsets, control: new SharedArrayBuffer(8), rules }
}

/** Both run at once for some seconds; what they did together. */
async function run(threads: readonly Worker[], control: SharedArrayBuffer) {
  const shared = new Int32Array(control)
  Atomics.store(shared, 1, 1)
  const began = performance.now()
  const answers = threads.map(async (thread) => {
    const answer = once(thread, 'message')
    thread.postMessage('go')
    const [done] = (await answer) as [ThreadDone]
    return done
  })
  setTimeout(() => Atomics.store(shared, 1, 0), seconds * 1_000)
  const done = await Promise.all(answers)
  const events = done.reduce((sum, one) => sum + one.events, 0)
  const cpuMs = done.reduce((sum, one) => sum + one.cpuMs, 0)
  const wallMs = performance.now() - began
  return { perSecond: Math.round((events * 1_000) / wallMs), cpuUsAnEvent: (cpuMs * 1_000) / events }
}

async function measure(lines: readonly string[], rules: SharedLines['rules']) {
  const data = shareLines(lines, rules)
  const threads = [0, 1].map(() => new Worker(new URL('./load/match-thread.ts', import.meta.url), { workerData: data }))
  await Promise.all(threads.map((thread) => once(thread, 'message')))
  const [one, two]: [Awaited<ReturnType<typeof run>>[], Awaited<ReturnType<typeof run>>[]] = [[], []]
  for (let round = 0; round < rounds; round++) {
    one.push(await run(threads.slice(0, 1), data.control))
    two.push(await run(threads, data.control))
  }
  await Promise.all(threads.map((thread) => thread.terminate()))
  const perSecond = (runs: typeof one) => median(runs.map((each) => each.perSecond))
  const cpuUs = (runs: typeof one) => median(runs.map((each) => each.cpuUsAnEvent))
  return {
    oneThread: { perSecond: perSecond(one), cpuUsAnEvent: rounded(cpuUs(one), 2) },
    twoThreads: { perSecond: perSecond(two), cpuUsAnEvent: rounded(cpuUs(two), 2) },
    timesByTheClock: rounded(perSecond(two) / perSecond(one), 2),
    /** What it would be if both threads had a core to themselves: from the CPU time that an event takes. */
    timesByCpuTime: rounded((2 * cpuUs(one)) / cpuUs(two), 2),
  }
}

const { files } = await benchRules()
const results: Record<string, object> = {}
for (const { name, lines } of sigmaLanes(EVENTS)) {
  if (!lanes.includes(name)) continue
  console.error(`sigma-threads: ${name}`)
  results[name] = await measure(lines, files)
}
console.log(JSON.stringify(results, null, 2))
