import type { EventDetail } from '@watchfloor/contracts/events'

interface Hit {
  readonly field: string | null
  readonly value: string
}

/**
 * Which fields of an event a rule met, with the value it met. Rules speak of original names (`CommandLine`), events of ours
 * (`process.command_line`): the event says which of ours came from which original.
 */
export function matchedFields(
  hits: readonly Hit[],
  event: Pick<EventDetail, 'fields' | 'derivedFrom'> | undefined,
): ReadonlyMap<string, string> {
  const matched = new Map<string, string>()
  if (!event) return matched
  for (const { field, value } of hits) {
    for (const [name, held] of Object.entries(event.fields)) {
      const same = field !== null && (name === field || event.derivedFrom[name]?.includes(field))
      const holds = String(held).includes(value)
      if (same ? holds || name === field : field === null && value.length > 2 && holds) matched.set(name, value)
    }
  }
  return matched
}
