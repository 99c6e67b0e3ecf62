import type { DetectionItem, SelectionBody } from '../rule.ts'
import type { Draft } from './draft.ts'
import type { Parameters } from './parameters.ts'

/** What a step of a pipeline does. It may change the rule as a whole, its items, or the names of fields wherever they stand. */
export interface Transformation {
  readonly rule?: (draft: Draft) => void
  /** What stands in an item's place: the item itself when nothing changes, nothing when it is taken out. */
  readonly item?: (item: DetectionItem, draft: Draft) => SelectionBody | undefined
  /** What a field is called instead: several names mean that one of them must match, none that the item goes; undefined: as it is. */
  readonly field?: (field: string | null, draft: Draft) => readonly string[] | undefined
}

/** Reads the parameters of a transformation; what is wrong with them goes to their sink. */
export type MakeTransformation = (parameters: Parameters) => Transformation

export const asBody = (item: DetectionItem): SelectionBody => ({ type: 'item', item })
