/** One value that differs between two states. `undefined`: it was not there. */
export interface Difference {
  /** Where: `roles`, `change.status`. */
  readonly path: string
  readonly before: string | undefined
  readonly after: string | undefined
}

const maxDepth = 6
const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const shown = (value: unknown): string | undefined =>
  value === undefined ? undefined : typeof value === 'string' ? value : JSON.stringify(value)

/** What differs between two JSON values, leaf by leaf; lists are compared as a whole. */
export function differences(before: unknown, after: unknown, path = '', depth = 0): Difference[] {
  if (
    depth < maxDepth &&
    (isMap(before) || isMap(after)) &&
    (isMap(before) || before == null) &&
    (isMap(after) || after == null)
  ) {
    const left = isMap(before) ? before : {}
    const right = isMap(after) ? after : {}
    return [...new Set([...Object.keys(left), ...Object.keys(right)])].flatMap((key) =>
      differences(
        Object.hasOwn(left, key) ? left[key] : undefined,
        Object.hasOwn(right, key) ? right[key] : undefined,
        path === '' ? key : `${path}.${key}`,
        depth + 1,
      ),
    )
  }
  const a = shown(before)
  const b = shown(after)
  return a === b || (before == null && after == null)
    ? []
    : [{ path, before: before === null ? undefined : a, after: after === null ? undefined : b }]
}
