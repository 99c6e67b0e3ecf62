import type { StixValue } from '../../stix-pattern/index.ts'
import { isObject, join, type Walk, wrongKind } from './walk.ts'

const KEY = /^\d+$/

/** `objects` of observed data: each is judged as an observable of its own. */
export function judgeObservables(value: StixValue, path: string, walk: Walk): void {
  const { issues, prefix } = walk
  if (!isObject(value)) {
    wrongKind(value, 'a dictionary of observables', path, walk)
    return
  }
  if (Object.keys(value).length === 0)
    issues.error('STIX_EMPTY', prefix + path, 'it holds no observable', 'name observables in object_refs')
  for (const [key, one] of Object.entries(value)) {
    const at = join(path, key)
    if (!KEY.test(key))
      issues.warning(
        'observable-object-keys',
        prefix + at,
        `the key "${key.slice(0, 60)}" should be a number`,
        'count from 0',
      )
    if (!isObject(one)) wrongKind(one, 'an observable (an object)', at, walk)
    else if (typeof one.type !== 'string')
      issues.error('STIX_NO_TYPE', prefix + at, 'an observable must have a type', 'give it a type such as file')
    else walk.judge.observable(one, value, `${prefix}${at}.`, walk)
  }
}
