import type { Random } from '../random.ts'
import type { LogRecord } from '../record.ts'

/** A stretch of time in which ordinary things happen. */
export interface Stretch {
  readonly random: Random
  readonly fromMs: number
  readonly toMs: number
  /** How busy the place is: 1 on an ordinary hour. */
  readonly busyness: number
}

/** Something ordinary that happens at an instant, and the records it leaves. */
export type Activity<Subject> = (subject: Subject, atMs: number, random: Random) => LogRecord[]

/** How often each activity happens in a busy hour. */
export type Habits<Subject> = readonly (readonly [Activity<Subject>, perHour: number])[]

/** A whole number whose mean is `mean`. */
function countFor(mean: number, random: Random): number {
  const whole = Math.floor(mean)
  return whole + (random.chance(mean - whole) ? 1 : 0)
}

/** Lets a subject do what it does, at random instants of the stretch. */
export function live<Subject>(subject: Subject, habits: Habits<Subject>, stretch: Stretch): LogRecord[] {
  const { random, fromMs, toMs, busyness } = stretch
  const hours = (toMs - fromMs) / 3_600_000
  return habits.flatMap(([activity, perHour]) =>
    Array.from({ length: countFor(perHour * busyness * hours, random) }, () =>
      activity(subject, fromMs + random.next() * (toMs - fromMs), random),
    ).flat(),
  )
}

/** Instants shortly after one another, from `atMs` on. */
export function following(atMs: number, random: Random, gapMs: number): () => number {
  let last = atMs
  return () => {
    const now = last
    last += 1 + random.next() * 2 * gapMs
    return Math.floor(now)
  }
}
