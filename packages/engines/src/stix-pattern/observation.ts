export type StixValue = string | number | boolean | null | readonly StixValue[] | { readonly [name: string]: StixValue }

/** A cyber observable object: `type` and properties. */
export type StixObject = { readonly [name: string]: StixValue }

/** What was observed together: one observed-data object, or one event. */
export interface Observation {
  /** Of the observed-data object, or of the event; named in results. */
  readonly id: string
  /** Milliseconds since 1970 UTC, with decimals. */
  readonly firstMs: number
  /** Not before `firstMs`. */
  readonly lastMs: number
  /** How often it was seen; each time may serve another part of a pattern. */
  readonly count: number
  /** The objects that a pattern is held against. */
  readonly roots: readonly StixObject[]
  /** What references lead to: id (2.1) or key (2.0) → object. */
  readonly objects: ReadonlyMap<string, StixObject>
}
