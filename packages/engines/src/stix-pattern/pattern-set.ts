import type { MetValue } from './comparison.ts'
import type { PatternEvent, StixPattern } from './compile.ts'
import { observeEvent } from './from-event.ts'
import type { Observation, StixValue } from './observation.ts'

export interface SetMatch {
  /** Position in the set. */
  readonly index: number
  /** Empty for a part. */
  readonly met: readonly MetValue[]
  /** A pattern over several events, of which this is one that it takes. */
  readonly isPart: boolean
}

/**
 * Many patterns on one event after the other: those over one event match it or do not, of those over several it is said which take it as a
 * part. An event is made ready once, and a pattern that asks for a certain text is looked at only when the event has it.
 */
export class PatternSet {
  readonly #patterns: readonly StixPattern[]
  readonly #byWitness = new Map<string, number[]>()
  readonly #byType = new Map<string, number[]>()
  readonly #types: ReadonlySet<string>

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
      const pattern = this.#patterns[index]!
      if (pattern.scope === 'sequence') {
        if (pattern.takesObserved(observation)) matches.push({ index, met: [], isPart: true })
        continue
      }
      const met = pattern.matchObserved(observation)
      if (met !== undefined) matches.push({ index, met, isPart: false })
    }
    return matches
  }
}

function eachText(value: StixValue, take: (text: string) => void): void {
  if (typeof value === 'string') take(value)
  else if (Array.isArray(value)) for (const one of value) eachText(one, take)
  else if (typeof value === 'object' && value !== null) for (const one of Object.values(value)) eachText(one, take)
}
