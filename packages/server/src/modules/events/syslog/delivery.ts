import { type Actor, Refusal } from '@watchfloor/contracts/kernel'
import type { Log } from '../../../platform/log/log.ts'
import type { Frame, Intake } from '../intake/intake.ts'
import type { Sources } from '../sources/service.ts'

export interface DeliveryParts {
  readonly intake: Intake
  readonly sources: Sources
  readonly actor: Actor
  readonly log: Log
}

const firstPauseMs = 100
const longestPauseMs = 5000
/** Senders' addresses can be invented; from so many sources on, new senders share one. */
const mostSources = 1000
const otherSenders = 'other senders'

/**
 * Makes records of a syslog sender durable. Syslog has no answer to give, so a refusal for pressure or a full disk is waited out;
 * meanwhile a TCP sender is not read, and its own queue holds.
 * @param signal ends the waiting; what was not delivered by then is lost to a sender that has no answer
 * @returns false when it ended before the records were durable
 */
export async function deliver(
  parts: DeliveryParts,
  sourceName: string,
  frames: readonly Frame[],
  signal: AbortSignal,
): Promise<boolean> {
  for (let pauseMs = firstPauseMs; !signal.aborted; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
    try {
      const source = await sourceOf(parts, sourceName)
      const result = await parts.intake.receive({ actor: parts.actor, source, format: 'auto', frames })
      parts.sources.countRejected(source.id, result.rejected)
      return true
    } catch (error) {
      if (error instanceof Refusal && error.code === 'FORBIDDEN') return true // Switched off: what comes is let go.
      parts.log.warn('syslog records wait to be stored', { sourceName, records: frames.length, reason: String(error) })
      await new Promise((resolve) => setTimeout(resolve, pauseMs))
    }
  }
  return false
}

function sourceOf({ sources, actor }: DeliveryParts, name: string): ReturnType<Sources['ensure']> {
  const known = sources.ofKind('syslog')
  const isNew = !known.some((row) => row.name.toLowerCase() === name.toLowerCase())
  return sources.ensure(actor, 'syslog', isNew && known.length >= mostSources ? otherSenders : name)
}
