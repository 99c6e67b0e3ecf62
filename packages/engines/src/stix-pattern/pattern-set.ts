import type { MetValue } from './comparison.ts'
import type { PatternEvent, StixPattern } from './compile.ts'
import { observeEvent } from './from-event.ts'
import type { Observation, StixValue } from './observation.ts'

export interface SetMatch {
  /** Position in the set. */
  readonly index: number
  readonly met: readonly MetValue[]
}

/**
 * Many patterns on single events: an event is made ready once, and a pattern that asks for a certain text is looked at only when the event has it.
 */
export class PatternSet {
  readonly #patterns: readonly StixPattern[]
  readonly #byWitness = new Map<string, number[]>()
  readonly #byType = new Map<string, number[]>()
  readonly #types: ReadonlySet<string>

  /** @param patterns of scope `event`; others never match here */
  constructor(patterns: readonly StixPattern[]) {
    this.#patterns = patterns
    this.#types = new Set(patterns.flatMap(({ objectTypes }) => [...objectTypes]))
    for (const [index, pattern] of patterns.entries()) {
      const { witnesses } = pattern
      const keys = witnesses ?? pattern.objectTypes
      const places = witnesses === undefined ? this.#byType : this.#byWitness
      for (const key of keys) {
        const list = places.get(key)
        if (list === undefined) places.set(key, [index])
        else list.push(index)
      }
    }
  }

  get size(): number {
    return this.#patterns.length
  }

  /** In the order of the set. */
  match(event: PatternEvent): SetMatch[] {
    return this.#patterns.length === 0 ? [] : this.matchObserved(observeEvent(event, '', this.#types))
  }

  matchObserved(observation: Observation): SetMatch[] {
    const candidates = new Set<number>()
    const addAll = (list: readonly number[] | undefined): void => {
      if (list !== undefined) for (const index of list) candidates.add(index)
    }
    for (const object of observation.roots) {
      if (typeof object.type === 'string') addAll(this.#byType.get(object.type))
      if (this.#byWitness.size > 0) eachText(object, (text) => addAll(this.#byWitness.get(text)))
    }
    const matches: SetMatch[] = []
    for (const index of [...candidates].sort((a, b) => a - b)) {
      const met = this.#patterns[index]!.matchObserved(observation)
      if (met !== undefined) matches.push({ index, met })
    }
    return matches
  }
}

function eachText(value: StixValue, take: (text: string) => void): void {
  if (typeof value === 'string') take(value)
  else if (Array.isArray(value)) for (const one of value) eachText(one, take)
  else if (typeof value === 'object' && value !== null) for (const one of Object.values(value)) eachText(one, take)
}
