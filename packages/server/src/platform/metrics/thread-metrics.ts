import { getHeapStatistics } from 'node:v8'
import type { Worker } from 'node:worker_threads'
import { Gauge, type Registry } from 'prom-client'

/** A thread in the middle of long native work is not waited for. */
const answerWithinMs = 200

interface HeapFigures {
  readonly used_heap_size: number
  readonly total_heap_size: number
  readonly external_memory: number
}

/**
 * Memory of the JavaScript heaps by thread, so that one sees which part takes what; threads of one name are added up. Call before
 * the threads start.
 */
export function collectThreadMetrics(register: Registry): void {
  const workers = new Set<Worker>()
  process.on('worker', (worker: Worker) => {
    workers.add(worker)
    worker.once('exit', () => workers.delete(worker))
  })
  new Gauge({
    name: 'watchfloor_thread_memory_bytes',
    help: 'JavaScript memory by thread: used and reserved heap, and buffers outside it',
    labelNames: ['thread', 'kind'],
    registers: [register],
    async collect() {
      const asked = await Promise.all(
        [...workers].map(async (worker) => [nameOf(worker), await heapOf(worker)] as const),
      )
      this.reset()
      const add = (thread: string, heap: HeapFigures) => {
        this.inc({ thread, kind: 'used' }, heap.used_heap_size)
        this.inc({ thread, kind: 'reserved' }, heap.total_heap_size)
        this.inc({ thread, kind: 'outside' }, heap.external_memory)
      }
      add('main', getHeapStatistics())
      for (const [thread, heap] of asked) if (heap) add(thread, heap)
    },
  })
}

// Node before 24.6 does not tell a thread's name.
const nameOf = (worker: Worker): string => worker.threadName ?? 'unnamed'

async function heapOf(worker: Worker): Promise<HeapFigures | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), answerWithinMs)
  })
  try {
    return await Promise.race([worker.getHeapStatistics() as Promise<HeapFigures>, late])
  } catch {
    // It ended meanwhile.
    return undefined
  } finally {
    clearTimeout(timer)
  }
}
