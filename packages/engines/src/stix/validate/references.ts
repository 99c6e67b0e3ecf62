import { categoryOf } from '../definitions/index.ts'
import type { ReferenceTarget } from '../definitions/property.ts'
import { parseStixId } from '../ids/identifier.ts'
import { alternatives, shown } from './issue.ts'
import { isObject, type Judge, type Walk, wrongKind } from './walk.ts'

export const judgeIdentifier: Judge<'identifier'> = (value, { to }, path, walk) => {
  if (typeof value !== 'string') return wrongKind(value, 'an id (a text)', path, walk)
  if (walk.siblings !== undefined && path !== 'id') return judgeKey(value, to, path, walk)
  const { issues, prefix } = walk
  const id = parseStixId(value)
  if (id === undefined) {
    const message = looksLikeId(value) ? `the UUID of ${shown(value)} is of no version` : `${shown(value)} is no id`
    return issues.error(
      'STIX_BAD_ID',
      prefix + path,
      message,
      'write type--UUID: tool--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f',
    )
  }
  judgeTarget(id.type, to, path, walk)
}

const looksLikeId = (text: string): boolean =>
  /^[a-z][a-z0-9-]{0,249}--[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)

/** STIX 2.0 had observables refer to each other by their keys. */
function judgeKey(key: string, to: ReferenceTarget, path: string, walk: Walk): void {
  const target = Object.hasOwn(walk.siblings!, key) ? walk.siblings![key] : undefined
  if (!isObject(target)) {
    const message = `no object has the key ${shown(key)}`
    walk.issues.error('STIX_DANGLING_REFERENCE', walk.prefix + path, message, 'name a key of the same objects')
    return
  }
  if (typeof target.type === 'string') judgeTarget(target.type, to, path, walk)
}

function judgeTarget(type: string, to: ReferenceTarget, path: string, { issues, prefix }: Walk): void {
  const wanted = targetProblem(type, to)
  if (wanted !== undefined)
    issues.error('STIX_WRONG_REFERENCE', prefix + path, `it refers to ${type}`, `refer to ${wanted}`)
}

/** What it should refer to; nothing when the type is right. */
function targetProblem(type: string, to: ReferenceTarget): string | undefined {
  if ('only' in to) return to.only.includes(type) ? undefined : alternatives(to.only)
  if ('not' in to) return to.not.includes(type) ? `anything but ${alternatives(to.not)}` : undefined
  if (to.category === 'any') return undefined
  const category = categoryOf(type)
  if (category === undefined) return undefined
  if (to.category === 'domain')
    return category === 'domain' ? undefined : 'an indicator, malware or another domain object'
  if (category === 'observable') return undefined
  if (to.category === 'observable-or-relationship')
    return category === 'relationship' ? undefined : 'observables, relationships and sightings'
  return 'observables'
}
