import { type CheckName, checksNamed } from './check-names.ts'
import type { SchemaSet } from './json-schema.ts'

export interface ValidationOptions {
  /** An object with warnings is not valid either. */
  readonly strict?: boolean
  /** Checks to make, by name or number. Unless some are disabled too, no others are made. */
  readonly enabled?: readonly string[]
  /** Checks to leave out, by name or number. */
  readonly disabled?: readonly string[]
  /** Warns of types that the specification does not define. */
  readonly strictTypes?: boolean
  /** Warns of properties that the specification does not define, also where an extension brings them. */
  readonly strictProperties?: boolean
  /** What relationships join must be in the same bundle. */
  readonly enforceRefs?: boolean
  /** The stricter rules of the interoperability tests: a producer for each object, at most one TLP marking. */
  readonly interop?: boolean
  /** Judges all objects by this version. Without it, by the one that each states; those that state none, by 2.1. */
  readonly version?: '2.0' | '2.1'
  /** JSON schemas that objects of a type, and objects that use an extension, must fulfil too: by type or by the extension's id. */
  readonly schemas?: SchemaSet
}

/** @error UnknownCheck is thrown when an option names a check that there is not */
export class UnknownCheck extends Error {
  readonly check: string

  constructor(check: string) {
    super(`there is no check "${check}"; give a name such as uuid-check or a number such as 103`)
    this.name = 'UnknownCheck'
    this.check = check
  }
}

/** Which checks of what the specification advises are made. */
export function wantedChecks(options: ValidationOptions): (check: CheckName) => boolean {
  const enabled = named(options.enabled)
  const disabled = named(options.disabled)
  const only = enabled.size > 0 && disabled.size === 0
  return (check) => {
    if (check === 'strict-types' || check === 'strict-properties') return true
    if (enabled.has(check)) return true
    if (only || disabled.has(check)) return false
    // The older way to mark what is one's own: of interest only to those who do without extension definitions.
    if (check === 'custom-prefix') return disabled.has('extensions-use')
    if (check === 'custom-prefix-lax') return disabled.has('extensions-use') && disabled.has('custom-prefix')
    return true
  }
}

function named(checks: readonly string[] = []): ReadonlySet<CheckName> {
  const found = new Set<CheckName>()
  for (const check of checks) {
    const these = checksNamed(check.trim())
    if (these === undefined) throw new UnknownCheck(check)
    for (const one of these) found.add(one)
  }
  return found
}
