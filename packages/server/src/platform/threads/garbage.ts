import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

type Collect = (options: { type: 'major'; execution: 'sync'; flavor: 'last-resort' }) => void
let collect: Collect | undefined

/**
 * Collects this thread's garbage at once and gives the pages behind it back to the system; blocks the thread for some 100 ms. For
 * the moment after work that comes once and leaves much behind (starting, loading rules): V8 itself would wait until memory is asked
 * for again, which an idle program never does, and keep the pages.
 */
export function giveMemoryBack(): void {
  if (!collect) {
    setFlagsFromString('--expose-gc')
    collect = runInNewContext('gc') as Collect
  }
  collect({ type: 'major', execution: 'sync', flavor: 'last-resort' })
}
