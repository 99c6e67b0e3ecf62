/** Nothing in STIX nests nearly so deep. */
const MAX_DEPTH = 64
/** Properties and elements of one object; a report of 100,000 references has that many. */
const MAX_VALUES = 2_000_000

export type BoundProblem = 'STIX_TOO_DEEP' | 'STIX_TOO_LARGE'

/** Looks whether a value can be walked without danger: it may be deep, huge, or point into itself. */
export function boundProblem(value: unknown): BoundProblem | undefined {
  const waiting: { readonly value: object; readonly depth: number }[] = []
  let values = 0
  const visit = (one: unknown, depth: number): void => {
    values++
    if (typeof one === 'object' && one !== null) waiting.push({ value: one, depth })
  }
  visit(value, 1)
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next.depth > MAX_DEPTH) return 'STIX_TOO_DEEP'
    for (const one of Object.values(next.value)) visit(one, next.depth + 1)
    if (values > MAX_VALUES) return 'STIX_TOO_LARGE'
  }
  return undefined
}
