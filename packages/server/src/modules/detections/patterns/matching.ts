import type { EventId, Evidence } from '@watchfloor/contracts/kernel'
import type { NormalisedEvent } from '@watchfloor/engines/event'
import { PatternSet, patternEvidenceOf } from '@watchfloor/engines/stix-pattern'
import type { MatchedRule } from '../matched-rule.ts'
import { isValidAt, PatternCompiler, type ReadyPattern } from './compiled.ts'
import type { PatternText } from './messages.ts'

/** Values shown of one match. */
const maxMet = 20
const maxValueLength = 300
const maxTextLength = 2000

/** What patterns say of one event. */
export interface PatternFindings {
  readonly matches: readonly { readonly rule: MatchedRule; readonly evidence: Evidence }[]
  /** Rule ids of patterns over several events that take it as a part. */
  readonly parts: readonly string[]
}

/** Holds the patterns that run against events, in a match thread. */
export class PatternMatching {
  readonly #compiler = new PatternCompiler()
  #ready: readonly ReadyPattern[] = []
  #set = new PatternSet([])

  load(texts: readonly PatternText[]): void {
    this.#ready = this.#compiler.compile(texts)
    this.#set = new PatternSet(this.#ready.map(({ pattern }) => pattern))
  }

  /** Nothing when no pattern takes it. @param receivedMs decides which patterns are valid */
  look(
    event: Pick<NormalisedEvent, 'timeMs' | 'ecs'>,
    eventId: string,
    receivedMs: number,
  ): PatternFindings | undefined {
    if (this.#ready.length === 0) return undefined
    const found = this.#set.match(event)
    if (found.length === 0) return undefined
    const matches: { rule: MatchedRule; evidence: Evidence }[] = []
    const parts: string[] = []
    for (const { index, met, isPart } of found) {
      const one = this.#ready[index]!
      if (!isValidAt(one, receivedMs)) continue
      if (isPart) parts.push(one.rule.id)
      else matches.push({ rule: one.rule, evidence: evidenceOf(one, met, [eventId]) })
    }
    return matches.length > 0 || parts.length > 0 ? { matches, parts } : undefined
  }
}

/** What a detection rests on, short enough to keep. */
export const evidenceOf = (
  { rule, text }: Pick<PatternText, 'rule' | 'text'>,
  met: readonly { readonly path: string; readonly value: string }[],
  eventIds: readonly string[],
): Evidence =>
  patternEvidenceOf(
    { id: rule.id, text: text.slice(0, maxTextLength) },
    {
      met: met.slice(0, maxMet).map((one) => ({ ...one, value: one.value.slice(0, maxValueLength) })),
      eventIds: eventIds.map((id) => id as EventId),
    },
  )
