import { definitionOf } from '../../definitions/index.ts'
import { parseStixId } from '../../ids/identifier.ts'
import { observableName } from '../../ids/observable-id.ts'
import type { Walk } from '../walk.ts'

const RANDOM = 4
const NAME_BASED = 5

/**
 * Which kind of UUID an id has: random ones for all but observables, and for those of which nothing is there that an id can be made of.
 * @source STIX 2.1 section 2.9
 */
export function checkIdVersion({ object, definition, issues, prefix }: Walk): void {
  const version = typeof object.id === 'string' ? parseStixId(object.id)?.version : undefined
  if (version === undefined) return
  const at = `${prefix}id`
  const advise = (wanted: number): void =>
    issues.warning('uuid-check', at, `the id has a UUID of version ${version}`, `make one of version ${wanted}`)
  if (definition.category !== 'observable') {
    if (version !== RANDOM) advise(RANDOM)
  } else if (definitionOf(definition.name) === undefined) {
    if (version !== NAME_BASED && version !== RANDOM) advise(NAME_BASED)
  } else if (definition.name === 'process' || observableName(object) === undefined) {
    if (version === RANDOM) return
    const why =
      definition.name === 'process' ? 'a process is known by nothing lasting' : 'nothing is there that an id is made of'
    issues.error(
      'STIX_ID_VERSION',
      at,
      `${why}: its id must have a random UUID, and has one of version ${version}`,
      'make one of version 4',
    )
  } else if (version !== NAME_BASED) advise(NAME_BASED)
}
