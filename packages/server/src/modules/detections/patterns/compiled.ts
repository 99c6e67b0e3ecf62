import { compileStixPattern, type StixPattern } from '@watchfloor/engines/stix-pattern'
import type { PatternText } from './messages.ts'

/** A pattern that is ready to run, with what is said of it. */
export interface ReadyPattern extends PatternText {
  readonly key: string
  readonly pattern: StixPattern
}

/** Compiles sets of patterns; what was compiled for the set before is taken over. */
export class PatternCompiler {
  #ready = new Map<string, ReadyPattern>()

  /** What cannot be compiled is left out: it was checked when it was kept. */
  compile(texts: readonly PatternText[]): ReadyPattern[] {
    const ready = new Map<string, ReadyPattern>()
    for (const one of texts) {
      const key = `${one.rule.id} ${one.rule.version}`
      const known = this.#ready.get(key)
      if (known) {
        ready.set(key, known)
        continue
      }
      const compiled = compileStixPattern(one.text, one.patternVersion)
      if (compiled.ok) ready.set(key, { ...one, key, pattern: compiled.pattern })
    }
    this.#ready = ready
    return [...ready.values()]
  }
}

export const isValidAt = (text: PatternText, atMs: number): boolean =>
  !hasEndedAt(text, atMs) && (text.validFromMs === null || text.validFromMs <= atMs)

export const hasEndedAt = ({ validUntilMs }: PatternText, atMs: number): boolean =>
  validUntilMs !== null && validUntilMs <= atMs
