/** A loop of one step after the other that sleeps in between, until it is woken. */
export interface WakeableLoop {
  start(): void
  /** Ends the sleep, or makes the next one end at once. */
  wake(): void
  /** Resolves when the running step has ended. */
  stop(): Promise<void>
}

/** @param step resolves to how long to sleep (ms) unless woken; it must not throw. */
export function createWakeableLoop(step: () => Promise<number>): WakeableLoop {
  let state: 'new' | 'running' | 'stopped' = 'new'
  let isWoken = false
  let endSleep: (() => void) | undefined
  let finished: Promise<void> = Promise.resolve()

  const sleep = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      endSleep = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  const run = async () => {
    while (state === 'running') {
      isWoken = false
      const pauseMs = await step()
      if (isWoken || state !== 'running') continue
      await sleep(pauseMs)
      endSleep = undefined
    }
  }
  return {
    start() {
      if (state !== 'new') return
      state = 'running'
      finished = run()
    },
    wake() {
      isWoken = true
      endSleep?.()
    },
    stop() {
      state = 'stopped'
      endSleep?.()
      return finished
    },
  }
}
