import type { StixObject, StixValue } from '../../stix-pattern/index.ts'

const INDEX = /^\[(\d+)\]$/

export type SelectorStep = string | number

/** `external_references.[0].url` → its steps; nothing when it is empty. @source STIX 2.1 section 7.2.3.1 */
export function selectorSteps(selector: string): readonly SelectorStep[] | undefined {
  if (selector === '') return undefined
  return selector.split('.').map((step) => {
    const index = INDEX.exec(step)
    return index === null ? step : Number(index[1])
  })
}

export type ResolvedSelector =
  | { readonly found: true; readonly value: StixValue }
  | { readonly found: false; readonly missing: string }

/** What a selector points to within its object. */
export function resolveSelector(object: StixObject, selector: string): ResolvedSelector {
  let value: StixValue = object
  for (const step of selectorSteps(selector) ?? []) {
    const next = stepInto(value, step)
    if (next === undefined) return { found: false, missing: typeof step === 'number' ? `[${step}]` : step }
    value = next
  }
  return { found: true, value }
}

function stepInto(value: StixValue, step: SelectorStep): StixValue | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if (typeof step === 'number') return Array.isArray(value) ? value[step] : undefined
  return !Array.isArray(value) && Object.hasOwn(value, step) ? (value as StixObject)[step] : undefined
}

/** Whether a selector covers a path: the path itself, or one above it. */
export function selectorCovers(selector: string, path: string): boolean {
  return path === selector || path.startsWith(`${selector}.`)
}
