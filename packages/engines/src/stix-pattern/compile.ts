import type { NormalisedEvent } from '../event/index.ts'
import type { CanonicalIndicator } from '../indicator-index/index.ts'
import type { ParsedPattern, PatternVersion } from './ast.ts'
import { comparisonsOf, leavesOf } from './ast.ts'
import type { MetValue, Trace } from './comparison.ts'
import type { PatternDiagnostic } from './diagnostics.ts'
import { forEvents } from './event-forms.ts'
import { observeEvent } from './from-event.ts'
import { listedValuesOf } from './listed-values.ts'
import { literalsOf } from './literals.ts'
import { accepts, type MatchOptions, matchPlan, type PatternMatch } from './match.ts'
import type { Observation } from './observation.ts'
import { parseStixPattern } from './parse.ts'
import { buildPlan, type Plan } from './plan.ts'
import { printStixPattern } from './print.ts'
import { PatternStream, type StreamOptions } from './stream.ts'
import { validatePattern } from './validate.ts'
import { witnessesOf } from './witnesses.ts'

/** What a pattern sees of an event. */
export type PatternEvent = Pick<NormalisedEvent, 'timeMs' | 'ecs'>

/** A pattern that is ready to run. */
export interface StixPattern {
  readonly text: string
  /** The same pattern in one way of writing. */
  readonly canonical: string
  readonly version: PatternVersion
  /** `event`: one event is enough, `matchEvent` tells. `sequence`: several are needed, `stream` collects them. */
  readonly scope: 'event' | 'sequence'
  /** Types of cyber observables that it looks at. */
  readonly objectTypes: ReadonlySet<string>
  /** Texts of which one is a value of every event that it matches, or takes as a part of a match; nothing when that cannot be told. */
  readonly witnesses: ReadonlySet<string> | undefined
  /** Texts of which one stands in some value of each of those events, in NFC; nothing when that cannot be told. */
  readonly literals: readonly string[] | undefined
  /** Against observed data, in any order; for patterns of both scopes. */
  matchObservations(observations: readonly Observation[], options?: MatchOptions): PatternMatch
  /** Values by which one event fulfils the pattern; nothing when it does not. Only for scope `event`; never throws. */
  matchEvent(event: PatternEvent): readonly MetValue[] | undefined
  /** The same for an event that `observeEvent` has made ready, for many patterns on one event. */
  matchObserved(observation: Observation): readonly MetValue[] | undefined
  /** Whether an event fulfils some part of the pattern; for patterns of both scopes. */
  takesObserved(observation: Observation): boolean
  /** State of its own for a stream of events (`push(observeEvent(event, id))`); for patterns of both scopes. */
  stream(options?: StreamOptions): PatternStream
}

export type PatternCompilation =
  | {
      readonly ok: true
      readonly pattern: StixPattern
      /** Its values, when it does nothing but list them: an index of indicators finds them at a fraction of the cost. */
      readonly listed: readonly CanonicalIndicator[] | undefined
      readonly diagnostics: readonly PatternDiagnostic[]
    }
  | { readonly ok: false; readonly diagnostics: readonly PatternDiagnostic[] }

/**
 * Reads a pattern and makes it ready to run. What the specification forbids though its meaning is plain (`invalid`) runs; errors do not.
 * @param version of the language, as `pattern_version` of an indicator says
 */
export function compileStixPattern(text: string, version: PatternVersion = '2.1'): PatternCompilation {
  const { pattern: parsed, diagnostics } = parseStixPattern(text, version)
  if (parsed !== undefined) validatePattern(parsed, diagnostics)
  if (parsed === undefined || diagnostics.failed) return { ok: false, diagnostics: diagnostics.list }
  const plan = buildPlan(parsed)
  if ('tooLarge' in plan) {
    const { span } = parsed.expression
    diagnostics.error('STIX_PATTERN_TOO_LARGE', span, plan.tooLarge, 'lower REPEATS, or split it at an OR')
    return { ok: false, diagnostics: diagnostics.list }
  }
  return {
    ok: true,
    pattern: new CompiledPattern(parsed, plan),
    listed: listedValuesOf(parsed),
    diagnostics: diagnostics.list,
  }
}

export interface PatternVerdict {
  /** Whether the specification allows it; warnings do not count. */
  readonly valid: boolean
  readonly diagnostics: readonly PatternDiagnostic[]
}

/** All that is wrong with a pattern. */
export function checkStixPattern(text: string, version: PatternVersion = '2.1'): PatternVerdict {
  const { diagnostics } = compileStixPattern(text, version)
  return { valid: diagnostics.every(({ level }) => level === 'warning'), diagnostics }
}

class CompiledPattern implements StixPattern {
  readonly text: string
  readonly version: PatternVersion
  readonly scope: 'event' | 'sequence'
  readonly objectTypes: ReadonlySet<string>
  readonly #parsed: ParsedPattern
  readonly #plan: Plan
  /** The same with constants in the forms that normalised events have; made when the first event comes. */
  #forEvents: Plan | undefined

  constructor(parsed: ParsedPattern, plan: Plan) {
    this.text = parsed.text
    this.version = parsed.version
    this.scope = plan.isSingle ? 'event' : 'sequence'
    const comparisons = [...comparisonsOf(parsed.expression)].flatMap((one) => [...leavesOf(one)])
    this.objectTypes = new Set(comparisons.map(({ path }) => path.type))
    this.#parsed = parsed
    this.#plan = plan
  }

  get witnesses(): ReadonlySet<string> | undefined {
    return witnessesOf(forEvents(this.#parsed))
  }

  get literals(): readonly string[] | undefined {
    return literalsOf(forEvents(this.#parsed))
  }

  get #eventPlan(): Plan {
    if (this.#forEvents !== undefined) return this.#forEvents
    const made = buildPlan(forEvents(this.#parsed))
    // Constants have no bearing on the size.
    this.#forEvents = 'tooLarge' in made ? this.#plan : made
    return this.#forEvents
  }

  get canonical(): string {
    return printStixPattern(this.#parsed)
  }

  matchObservations(observations: readonly Observation[], options?: MatchOptions): PatternMatch {
    return matchPlan(this.#plan, observations, options)
  }

  matchEvent(event: PatternEvent): readonly MetValue[] | undefined {
    return this.matchObserved(observeEvent(event, '', this.objectTypes))
  }

  matchObserved(observation: Observation): readonly MetValue[] | undefined {
    const { root, leaves } = this.#eventPlan
    if (root.kind !== 'pick' || root.count !== 1) return undefined
    const trace: Trace = { met: [], undecided: [] }
    return accepts(leaves[root.leaf]!, observation, trace) ? trace.met : undefined
  }

  takesObserved(observation: Observation): boolean {
    const trace: Trace = { met: [], undecided: [] }
    return this.#eventPlan.leaves.some((leaf) => accepts(leaf, observation, trace))
  }

  stream(options?: StreamOptions): PatternStream {
    return new PatternStream(this.#eventPlan, options)
  }
}
