import type { Random } from '../random.ts'
import type { LogRecord } from '../record.ts'

/** The time a step of the story takes, and what it draws its numbers from. */
export interface Stage {
  readonly random: Random
  /** The instant after a share (0 to 1) of the step. */
  at(share: number): number
}

export interface StoryStep {
  readonly title: string
  /** What the intruders do, in a sentence. */
  readonly account: string
  /** Titles of the rules that see it. */
  readonly rules: readonly string[]
  /** Those of them without whose alert the demo has failed. */
  readonly decisive: readonly string[]
  records(stage: Stage): LogRecord[]
}
