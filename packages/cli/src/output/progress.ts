import { Presets, SingleBar } from 'cli-progress'
import type { Writer } from './terminal.ts'
import { durationText } from './text.ts'

/** Shows how far long work is. */
export interface Progress {
  /** @param words what stands behind the bar, e.g. `12,345 events · 8,000/s` */
  update(done: number, words: string): void
  stop(): void
}

const plainEveryMs = 15_000

/**
 * A bar on a terminal, a line now and then elsewhere. Everything to stderr.
 * @param total undefined when nobody knows how much there is to do
 */
export function showProgress(err: Writer, what: string, total: number | undefined): Progress {
  if (!err.isTerminal) return linesFor(err, what, total ?? 0)
  const bar = new SingleBar(
    {
      format: total === undefined ? `${what} {words}` : `${what} {bar} {percentage}% · {words}`,
      stream: process.stderr,
      hideCursor: true,
      clearOnComplete: true,
      barsize: 24,
      fps: 8,
      emptyOnZero: true,
    },
    Presets.shades_classic,
  )
  bar.start(Math.max(1, total ?? 1), 0, { words: '' })
  return {
    update: (done, words) => bar.update(Math.min(done, total ?? 0), { words }),
    stop: () => bar.stop(),
  }
}

function linesFor(err: Writer, what: string, total: number): Progress {
  const startedMs = performance.now()
  let saidMs = startedMs
  return {
    update(done, words) {
      const nowMs = performance.now()
      if (nowMs - saidMs < plainEveryMs) return
      saidMs = nowMs
      const percent = total > 0 ? `${Math.floor((100 * Math.min(done, total)) / total)} % · ` : ''
      err.write(`${what}: ${percent}${words} (${durationText(nowMs - startedMs)})\n`)
    },
    stop() {},
  }
}
