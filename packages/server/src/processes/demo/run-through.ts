import { setImmediate as turn } from 'node:timers/promises'
import type { Severity } from '@watchfloor/contracts/kernel'
import { ordinaryDay } from '../../demo/scenario/ordinary.ts'
import type { LogRecord } from '../../demo/scenario/record.ts'
import { playStory, story } from '../../demo/scenario/story.ts'
import { countBySeverity, type DemoFloor } from './floor.ts'

const minuteMs = 60_000
/** The working day that lies behind us when the demo starts. */
export const dayMs = 9 * 60 * minuteMs
const storyFromEndMs = 170 * minuteMs
const storyToEndMs = 5 * minuteMs
const recordsAtOnce = 2000

export interface RunResult {
  readonly events: number
  readonly seconds: number
  readonly eventsPerSecond: number
  readonly detections: number
  readonly alerts: Record<Severity, number>
  readonly alertsTotal: number
  readonly rules: number
}

/** The day that ended just now, sent as fast as it goes; with the intrusion in its last hours, when asked for. */
export async function sendDay(
  floor: DemoFloor,
  { seed, nowMs, intrusion, signal }: { seed: number; nowMs: number; intrusion: boolean; signal?: AbortSignal },
): Promise<void> {
  const attack = intrusion
    ? playStory({ seed, fromMs: nowMs - storyFromEndMs, toMs: nowMs - storyToEndMs }).flatMap((one) => one.records)
    : []
  let attackSent = 0
  let waiting: LogRecord[] = []
  for (const slice of ordinaryDay({ seed, fromMs: nowMs - dayMs, toMs: nowMs })) {
    if (signal?.aborted) return
    waiting.push(...slice)
    const reachedMs = slice.at(-1)?.timeMs ?? 0
    while (attackSent < attack.length && attack[attackSent]!.timeMs <= reachedMs) waiting.push(attack[attackSent++]!)
    if (waiting.length < recordsAtOnce) {
      await turn()
      continue
    }
    await floor.feed.send(waiting)
    waiting = []
  }
  await floor.feed.send([...waiting, ...attack.slice(attackSent)])
}

/** What is wrong with the outcome of a run; nothing when all is well. */
function faultsOf(outcome: { sent: number; stored: number; alertTitles: ReadonlySet<string> }): string[] {
  const { sent, stored, alertTitles } = outcome
  const missing = story.flatMap((step) => step.decisive.filter((title) => !alertTitles.has(title)))
  return [
    ...(stored === sent ? [] : [`${stored} events are stored, ${sent} were sent`]),
    ...missing.map((title) => `no alert "${title}"`),
  ]
}

/** Plays the whole scenario and measures: from the first record sent until the last alert is made. */
export async function runThrough(
  floor: DemoFloor,
  { seed, nowMs, rules }: { seed: number; nowMs: number; rules: number },
): Promise<{ result: RunResult; faults: string[] }> {
  const startMs = performance.now()
  await sendDay(floor, { seed, nowMs, intrusion: true })
  const { detections, alerts } = await floor.settled()
  const seconds = (performance.now() - startMs) / 1000
  const stored = await floor.eventsStored()
  return {
    result: {
      events: stored,
      seconds: Math.round(seconds * 100) / 100,
      eventsPerSecond: Math.round(stored / seconds),
      detections,
      alerts: countBySeverity(alerts),
      alertsTotal: alerts.length,
      rules,
    },
    faults: faultsOf({ sent: floor.feed.sent, stored, alertTitles: new Set(alerts.map((one) => one.ruleTitle)) }),
  }
}
