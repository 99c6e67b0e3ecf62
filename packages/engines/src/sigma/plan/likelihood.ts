import type { Witness } from './witness.ts'

/** Fields of few values, each of which is common. */
const COARSE_FIELDS: ReadonlySet<string> = new Set([
  'IntegrityLevel',
  'Company',
  'Product',
  'LogonType',
  'EventType',
  'Level',
  'Initiated',
  'Signed',
  'SignatureStatus',
])
/** Parts of paths that stand in most events. */
const COMMON_PARTS =
  /^(?:c:)?\\?(?:windows|program files(?: \(x86\))?|users|system32|windows\\sys(?:tem32|wow64))?\\?$|^\.?exe$/

/** Values that as many events have as not. */
const COMMON_VALUES: ReadonlySet<string> = new Set(['true', 'false', 'yes', 'no', 'success', 'failure', 'tcp'])

/** A guess of how many events of the rule's log source it holds for. Only speed depends on it. */
export function likelihood({ how, text, field }: Witness): number {
  if (how === 'present') return 1
  if (how !== 'exact' && COMMON_PARTS.test(text)) return 0.6
  switch (how) {
    case 'exact':
      if (field !== null && COARSE_FIELDS.has(field)) return 0.4
      return text.length < 2 || COMMON_VALUES.has(text) ? 0.3 : 0.03
    case 'contains':
      return Math.max(0.0003, 0.25 * 0.62 ** (text.length - 2))
    case 'endsWith':
      return Math.max(0.03, 0.6 ** text.length)
    case 'startsWith':
      return Math.max(0.03, 0.9 ** text.length)
  }
}
