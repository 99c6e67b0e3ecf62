import { tacticLines, techniqueLines } from './matrix-data.ts'

export interface AttackTactic {
  /** `TA0002`. */
  readonly id: string
  /** `execution`: how Sigma tags and STIX name it. */
  readonly shortName: string
  readonly name: string
}

export interface AttackTechnique {
  /** `T1059` or, for a sub-technique, `T1059.001`. */
  readonly id: string
  readonly name: string
  /** Short names of the tactics that it serves. */
  readonly tactics: readonly string[]
}

const rows = (lines: string): string[][] =>
  lines
    .trim()
    .split(/[\n;]/)
    .map((line) => line.split('|'))

/** In the order of the matrix. */
export const tactics: readonly AttackTactic[] = rows(tacticLines).map(([id = '', shortName = '', name = '']) => ({
  id,
  shortName,
  name,
}))

/** By id; sub-techniques follow theirs. */
export const techniques: readonly AttackTechnique[] = rows(techniqueLines).map(([id = '', name = '', served = '']) => ({
  id,
  name,
  tactics: served.split(','),
}))

const shortNames: ReadonlySet<string> = new Set(tactics.map((tactic) => tactic.shortName))

/** Tactics in Sigma tags: `attack.defense-evasion`, also as older rules write it, `attack.defense_evasion`. */
export const tacticsOfTags = (tags: readonly string[]): string[] => [
  ...new Set(
    tags.flatMap((tag) => {
      const name = /^attack\.([a-z_-]+)$/i.exec(tag)?.[1]?.toLowerCase().replaceAll('_', '-')
      return name !== undefined && shortNames.has(name) ? [name] : []
    }),
  ),
]
