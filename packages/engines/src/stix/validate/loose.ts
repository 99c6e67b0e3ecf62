import type { StixValue } from '../../stix-pattern/index.ts'
import { shown } from './issue.ts'
import { textForms } from './text-forms.ts'
import { type Walk, wrongKind } from './walk.ts'

/** A value of which nothing is known: of custom properties and of dictionaries. */
export function judgeLoose(value: StixValue, path: string, { issues, prefix }: Walk): void {
  if (value === null)
    issues.error('STIX_WRONG_KIND', prefix + path, 'null is no value of STIX', 'take the property out')
  if (Array.isArray(value) && value.length === 0)
    issues.error('STIX_EMPTY', prefix + path, 'a list must not be empty', 'take the property out')
}

/** A custom property: by the endings that the specification keeps for bytes, else loosely. */
export function judgeCustom(name: string, value: StixValue, path: string, walk: Walk): void {
  const form = name.endsWith('_bin') ? textForms.binary : name.endsWith('_hex') ? textForms.hex : undefined
  if (form === undefined) {
    judgeLoose(value, path, walk)
    return
  }
  if (typeof value !== 'string') {
    wrongKind(value, 'a text', path, walk)
    return
  }
  if (!form.holds(value))
    walk.issues.error('STIX_BAD_VALUE', walk.prefix + path, `${shown(value)} is not ${form.what}`, form.remedy)
}
