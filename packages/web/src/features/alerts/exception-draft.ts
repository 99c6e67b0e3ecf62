import type { ExceptionCondition } from '@watchfloor/contracts/rules'

/** A condition that may be part of an exception. */
export interface DraftCondition extends ExceptionCondition {
  readonly chosen: boolean
}

interface Hit {
  readonly field: string | null
  readonly value: string
}

/** Fields that say who and where; offered beside what matched, so that an exception can be narrowed to them. */
const narrowing = [
  'Computer',
  'host',
  'hostname',
  'User',
  'SubjectUserName',
  'TargetUserName',
  'ParentImage',
  'ParentCommandLine',
  'SourceIp',
  'IpAddress',
  'DestinationIp',
  'DestinationHostname',
  'id.orig_h',
  'src_ip',
  'userIdentity.arn',
  'sourceIPAddress',
]
const maxValueLength = 4000

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function parse(raw: string): unknown {
  try {
    return JSON.parse(raw)
  } catch {
    return undefined
  }
}

/** Values of an event under their original names, as far as it says them; the innermost name counts, as rules write it. */
export function originalFields(raw: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  const walk = (value: unknown, name: string, path: string, depth: number): void => {
    if (depth > 6 || found.size > 500) return
    if (isObject(value))
      for (const [key, inner] of Object.entries(value)) walk(inner, key, path ? `${path}.${key}` : key, depth + 1)
    else if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
      if (!found.has(name)) found.set(name, String(value))
      found.set(path, String(value))
    }
  }
  walk(parse(raw), '', '', 0)
  return found
}

/** What an exception begins with: all that matched, chosen; and who and where, to be chosen. */
export function draftConditions(hits: readonly Hit[], raw: string | undefined): DraftCondition[] {
  const original = originalFields(raw ?? '')
  const drafts: DraftCondition[] = []
  const add = (field: string, value: string, chosen: boolean) => {
    if (value === '' || value.length > maxValueLength || drafts.some((one) => one.field === field)) return
    drafts.push({ field, op: 'equals', value, chosen })
  }
  for (const { field, value } of hits) if (field !== null) add(field, original.get(field) ?? value, true)
  for (const field of narrowing) {
    const value = original.get(field)
    if (value !== undefined) add(field, value, drafts.length === 0)
  }
  return drafts
}
