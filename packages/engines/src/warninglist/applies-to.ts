import type { IndicatorType } from '@watchfloor/contracts/intel'
import { indicatorTypesOf } from '../misp/indicator-types.ts'

/**
 * The types of indicators that a list speaks of, by the types of MISP attributes that it names; empty: all. A list that speaks of none that
 * we have is about none.
 */
export function listAppliesTo(attributeTypes: readonly string[]): IndicatorType[] | 'none' {
  if (attributeTypes.length === 0) return []
  const types = new Set(attributeTypes.flatMap((type) => indicatorTypesOf(type).flat()))
  return types.size === 0 ? 'none' : [...types]
}
