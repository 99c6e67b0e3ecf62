const betweenWritesMs = 500

/** Progress of one run: written at most twice a second, the last word always. */
export interface ProgressReport {
  report(done: number, message: string | undefined): Promise<void>
  /** Writes what was held back. */
  finish(): Promise<void>
}

export function createProgressReport(
  monotonicMs: () => number,
  write: (done: number, message: string | undefined) => Promise<void>,
): ProgressReport {
  let writtenMs = Number.NEGATIVE_INFINITY
  let heldBack: { done: number; message: string | undefined } | undefined
  return {
    async report(done, message) {
      const bounded = Math.min(1, Math.max(0, done))
      heldBack = { done: bounded, message }
      if (monotonicMs() - writtenMs < betweenWritesMs) return
      writtenMs = monotonicMs()
      heldBack = undefined
      await write(bounded, message)
    },
    async finish() {
      if (heldBack !== undefined) await write(heldBack.done, heldBack.message)
      heldBack = undefined
    },
  }
}
