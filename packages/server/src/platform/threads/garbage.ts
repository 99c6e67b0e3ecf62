import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

type Collect = (
  options: { type: 'major'; execution: 'sync'; flavor: 'last-resort' } | { type: 'minor'; execution: 'sync' },
) => void
let collect: Collect | undefined

function collector(): Collect {
  if (!collect) {
    setFlagsFromString('--expose-gc')
    collect = runInNewContext('gc') as Collect
  }
  return collect
}

/**
 * Collects this thread's garbage at once and gives the pages behind it back to the system; blocks the thread for some 100 ms. For
 * the moment after work that comes once and leaves much behind (starting, loading rules): V8 itself would wait until memory is asked
 * for again, which an idle program never does, and keep the pages.
 */
export function giveMemoryBack(): void {
  collector()({ type: 'major', execution: 'sync', flavor: 'last-resort' })
}

/**
 * Collects what lived briefly in this thread; takes about a millisecond. For threads that go through much memory which they share with
 * others: V8 does not count it, and would let go of it only when there is other garbage.
 */
export function collectYoung(): void {
  collector()({ type: 'minor', execution: 'sync' })
}
