import { setTimeout as sleep } from 'node:timers/promises'
import { ordinaryTime } from '../../demo/scenario/ordinary.ts'
import type { LogRecord } from '../../demo/scenario/record.ts'
import { playStory } from '../../demo/scenario/story.ts'
import type { DemoFloor } from './floor.ts'

const storyMs = 150_000
const tickMs = 250
/** Busier than the place really is, so that the stream is seen to move. */
const busyness = 4
const quietBeforeMs = 4000

export interface LivePlay {
  readonly seed: number
  readonly speed: number
  readonly signal: AbortSignal
  now(): number
  /** One line for whoever watches. */
  tell(text: string): void
}

/** Records that are due, in order of time, from two streams of which one never ends. */
class Schedule {
  readonly #ordinary: Generator<LogRecord[]>
  #waiting: LogRecord[] = []
  #knownToMs: number
  readonly #sliceMs: number

  constructor(seed: number, fromMs: number, story: readonly LogRecord[]) {
    this.#sliceMs = 5000
    this.#knownToMs = fromMs
    this.#ordinary = ordinaryTime({
      seed,
      fromMs,
      toMs: Number.POSITIVE_INFINITY,
      sliceMs: this.#sliceMs,
      busynessAt: () => busyness,
    })
    this.#waiting = [...story]
  }

  due(nowMs: number): LogRecord[] {
    while (this.#knownToMs <= nowMs) {
      this.#waiting.push(...(this.#ordinary.next().value ?? []))
      this.#knownToMs += this.#sliceMs
    }
    const due = this.#waiting.filter((record) => record.timeMs <= nowMs)
    if (due.length > 0) this.#waiting = this.#waiting.filter((record) => record.timeMs > nowMs)
    return due.sort((one, other) => one.timeMs - other.timeMs)
  }
}

/** Lets the intrusion unfold amid an ordinary afternoon, which goes on afterwards until it is stopped. */
export async function playLive(floor: DemoFloor, play: LivePlay): Promise<void> {
  const startMs = play.now()
  const fromMs = startMs + quietBeforeMs
  const toMs = fromMs + storyMs / play.speed
  const steps = playStory({ seed: play.seed, fromMs, toMs })
  const schedule = new Schedule(
    play.seed,
    startMs,
    steps.flatMap((one) => one.records),
  )
  let told = 0
  let isOver = false
  while (!play.signal.aborted) {
    const nowMs = play.now()
    for (; told < steps.length && steps[told]!.fromMs <= nowMs; told++) {
      const { step } = steps[told]!
      play.tell(`${String(told + 1).padStart(2)}/${steps.length}  ${step.title}: ${step.account}`)
    }
    await floor.feed.send(schedule.due(nowMs))
    if (!isOver && nowMs > toMs) {
      isOver = true
      const { alerts } = await floor.settled()
      play.tell(
        `\nThe intruders are gone; ${alerts.length} alerts wait. An ordinary day goes on until you stop it with Ctrl-C.`,
      )
    }
    await sleep(tickMs, undefined, { signal: play.signal }).catch(() => undefined)
  }
}
