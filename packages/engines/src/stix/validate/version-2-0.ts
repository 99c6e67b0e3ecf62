import type { StixObject } from '../../stix-pattern/index.ts'
import { upgradeObject } from '../upgrade/upgrade.ts'
import type { IssueList } from './issue.ts'
import { judgeObject } from './object.ts'
import type { ValidationOptions } from './options.ts'
import { has } from './walk.ts'

/** What STIX 2.0 wanted and 2.1 does not. @source STIX 2.0 part 2 */
const required: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    bundle: ['spec_version'],
    identity: ['identity_class'],
    indicator: ['labels'],
    malware: ['labels', 'name'],
    'observed-data': ['objects'],
    report: ['labels'],
    'threat-actor': ['labels'],
    tool: ['labels'],
  }),
)

/** Judges an object of STIX 2.0: by what 2.0 alone wanted, and for the rest by 2.1, as which it will be taken in. Paths are those of 2.1. */
export function judgeVersion2_0(object: StixObject, issues: IssueList, options: ValidationOptions): void {
  for (const name of required.get(String(object.type)) ?? [])
    if (!has(object, name))
      issues.error('STIX_REQUIRED', name, `in STIX 2.0 ${String(object.type)} must have ${name}`, `give it ${name}`)
  const upgraded = upgradeObject(object)
  judgeObject(upgraded.object, issues, options)
  for (const observable of upgraded.observables) judgeObject(observable, issues, options)
}
