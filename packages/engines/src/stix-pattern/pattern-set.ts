import type { MetValue } from './comparison.ts'
import type { PatternEvent, StixPattern } from './compile.ts'
import { observeEvent } from './from-event.ts'
import { GramIndex } from './gram-index.ts'
import type { Observation, StixValue } from './observation.ts'
import { normalised } from './text-test.ts'

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
  readonly #byLiteral: readonly number[][]
  readonly #byType = new Map<string, number[]>()
  readonly #grams: GramIndex
  /** Literals of which a pattern wants one, where its witness alone is not enough. */
  readonly #literalsOf: readonly (readonly number[] | undefined)[]
  readonly #types: ReadonlySet<string>

  constructor(patterns: readonly StixPattern[]) {
    this.#patterns = patterns
    this.#types = new Set(patterns.flatMap(({ objectTypes }) => [...objectTypes]))
    const literals = new Map<string, number>()
    this.#literalsOf = patterns.map((pattern) =>
      pattern.literals?.map((literal) => {
        const known = literals.get(literal) ?? literals.size
        literals.set(literal, known)
        return known
      }),
    )
    this.#grams = new GramIndex([...literals.keys()])
    const byLiteral: number[][] = [...literals].map(() => [])
    this.#byLiteral = byLiteral
    for (const [index, pattern] of patterns.entries()) {
      const { witnesses } = pattern
      const own = this.#literalsOf[index]
      if (witnesses === undefined && own !== undefined) for (const literal of own) byLiteral[literal]!.push(index)
      else if (witnesses === undefined) for (const type of pattern.objectTypes) addTo(this.#byType, type, index)
      else for (const witness of witnesses) addTo(this.#byWitness, witness, index)
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
    this.#grams.begin()
    const takeLiteral = (literal: number): void => addAll(this.#byLiteral[literal])
    const look = (text: string): void => {
      addAll(this.#byWitness.get(text))
      if (this.#grams.size > 0) this.#grams.look(normalised(text), takeLiteral)
    }
    for (const object of observation.roots) {
      if (typeof object.type === 'string') addAll(this.#byType.get(object.type))
      if (this.#byWitness.size > 0 || this.#grams.size > 0) eachText(object, look)
    }
    const matches: SetMatch[] = []
    for (const index of [...candidates].sort((a, b) => a - b)) {
      const pattern = this.#patterns[index]!
      const literals = this.#literalsOf[index]
      if (literals !== undefined && !literals.some((literal) => this.#grams.has(literal))) continue
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

function addTo(places: Map<string, number[]>, key: string, index: number): void {
  const list = places.get(key)
  if (list === undefined) places.set(key, [index])
  else list.push(index)
}

function eachText(value: StixValue, take: (text: string) => void): void {
  if (typeof value === 'string') take(value)
  else if (Array.isArray(value)) for (const one of value) eachText(one, take)
  else if (typeof value === 'object' && value !== null) for (const one of Object.values(value)) eachText(one, take)
}
