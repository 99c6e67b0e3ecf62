import { credentialAccess, kerberoasting, vpnLogin } from './attack/credentials.ts'
import { discovery, execution, persistence, phishing } from './attack/foothold.ts'
import { cloud, coveringTracks, exfiltration, tunnelling } from './attack/objectives.ts'
import { lateralMovement, linuxServer } from './attack/spread.ts'
import type { StoryStep } from './attack/step.ts'
import { seeded } from './random.ts'
import { inOrder, type LogRecord } from './record.ts'

export type { StoryStep } from './attack/step.ts'

/** The intrusion, step by step. */
export const story: readonly StoryStep[] = [
  phishing,
  execution,
  persistence,
  discovery,
  credentialAccess,
  kerberoasting,
  vpnLogin,
  lateralMovement,
  linuxServer,
  cloud,
  tunnelling,
  exfiltration,
  coveringTracks,
]

export interface PlayedStep {
  readonly step: StoryStep
  readonly fromMs: number
  /** In order of time; the last may come a little after the step. */
  readonly records: readonly LogRecord[]
}

/** The intrusion over a stretch of time; its steps take equal shares of it. Same arguments, same records. */
export function playStory({
  seed,
  fromMs,
  toMs,
}: {
  readonly seed: number
  readonly fromMs: number
  readonly toMs: number
}): PlayedStep[] {
  const stepMs = (toMs - fromMs) / story.length
  return story.map((step, index) => {
    const startMs = fromMs + index * stepMs
    // The last tenth of a step is quiet, so that the next one is seen to begin.
    const at = (share: number) => Math.floor(startMs + Math.min(share, 1) * 0.9 * stepMs)
    const random = seeded(seed, step.title)
    const records = step.records({ random, at })
    return { step, fromMs: startMs, records: inOrder(records) }
  })
}
