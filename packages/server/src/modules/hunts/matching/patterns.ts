import { observeEvent, PatternSet, type PatternStream } from '@watchfloor/engines/stix-pattern'
import { hasEndedAt, PatternCompiler, type PatternText, patternEvidence } from '../../detections/index.ts'
import type { Matcher } from './matchers.ts'
import type { FoundHit } from './messages.ts'

/** Events that wait for the rest of a pattern, over all patterns and of one. */
const maxWaitingInAll = 100_000
const maxWaiting = { least: 20, most: 1000 }
/** Predicates shown of one match. */
const maxPredicates = 20

/**
 * Kept patterns, as the live stream matches them; those over several events keep what they wait for from page to page, and the event that
 * completes one is the hit. When they became valid does not count: history is what was before.
 */
export function patternsMatcher(texts: readonly PatternText[]): Matcher {
  const ready = new PatternCompiler().compile(texts)
  const set = new PatternSet(ready.map(({ pattern }) => pattern))
  const sequences = ready.filter(({ pattern }) => pattern.scope === 'sequence').length
  const share = Math.floor(maxWaitingInAll / Math.max(1, sequences))
  const options = { maxWaiting: Math.min(maxWaiting.most, Math.max(maxWaiting.least, share)) }
  const streams: readonly (PatternStream | undefined)[] = ready.map(({ pattern }) =>
    pattern.scope === 'sequence' ? pattern.stream(options) : undefined,
  )
  const types = new Set(ready.flatMap(({ pattern }) => [...pattern.objectTypes]))
  return ({ id, timeMs, ecs = {}, hint }, row) => {
    const observation = observeEvent({ timeMs, ecs }, id, types)
    return set.matchObserved(observation).flatMap(({ index, met }): FoundHit[] => {
      const one = ready[index]!
      if (hasEndedAt(one, hint.receivedMs)) return []
      const stream = streams[index]
      const hit = stream ? stream.push(observation) : { met, eventIds: [id] }
      if (!hit) return []
      return [
        {
          row,
          rule: one.rule,
          matched: hit.met.slice(0, maxPredicates).map(({ path, value }) => ({
            field: path,
            value: value.slice(0, 300),
            predicate: `${path} is met`,
            selection: 'pattern',
          })),
          evidence: patternEvidence(one, hit.met, hit.eventIds),
        },
      ]
    })
  }
}
