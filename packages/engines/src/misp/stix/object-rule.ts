/** What a value is in STIX where it is no text. */
export type ValueForm = 'integer' | 'number' | 'boolean' | 'as-number' | 'time' | 'lower' | 'registry-key'

/** An attribute of an object: its relation, its type, and where its value stands. */
export interface RelationRule {
  readonly relation: string
  readonly type: string
  readonly path: string
  readonly as?: ValueForm
  /** Whose type is compared beside it in patterns, e.g. `network-traffic:dst_ref`. */
  readonly withTypeOf?: string
}

/** An object template as observables and as a pattern. @source MISP/misp-stix, documentation/mapping */
export interface ObjectRule {
  readonly metaCategory: string
  /** Type of the observable that paths begin with. */
  readonly root: string
  readonly relations: readonly RelationRule[]
  readonly constants?: readonly {
    readonly path: string
    readonly value: string | boolean
    readonly isCompared?: boolean
  }[]
}

/** One row of a table: relation, type of the attribute, path behind the root's name, form. */
export type RelationRow = readonly [relation: string, type: string, path: string, as?: ValueForm]

export const relationsOf = (root: string, rows: readonly RelationRow[]): RelationRule[] =>
  rows.map(([relation, type, path, as]) => {
    const end = /^((?:src|dst)_ref)\.value$/.exec(path)?.[1]
    return {
      relation,
      type,
      path: `${root}:${path}`,
      ...(as ? { as } : {}),
      ...(end ? { withTypeOf: `${root}:${end}` } : {}),
    }
  })
