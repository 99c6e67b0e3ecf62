import type { Condition } from '../rule.ts'

/** Names of all selections that a condition looks at. */
export function selectionsUsed(condition: Condition): Set<string> {
  const used = new Set<string>()
  const visit = (one: Condition): void => {
    switch (one.op) {
      case 'selection':
        used.add(one.name)
        break
      case 'not':
        visit(one.of)
        break
      case 'count':
        for (const name of one.names) used.add(name)
        break
      default:
        one.of.forEach(visit)
    }
  }
  visit(condition)
  return used
}
