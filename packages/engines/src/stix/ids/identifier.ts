import { uuidVersion } from './uuid.ts'

/** Parts of an id: `indicator--8e2e2d2b-…`. */
export interface StixIdParts {
  readonly type: string
  readonly uuid: string
  /** 1 to 8 */
  readonly version: number
}

const MAX_TYPE_LENGTH = 250
const TYPE = /^[a-z][a-z0-9-]+$/

/** @returns nothing when it is no id. @source STIX 2.1 section 2.9 */
export function parseStixId(id: string): StixIdParts | undefined {
  const end = id.indexOf('--')
  if (end < 3 || end > MAX_TYPE_LENGTH || !TYPE.test(id.slice(0, end))) return undefined
  const uuid = id.slice(end + 2)
  const version = uuidVersion(uuid)
  return version === undefined ? undefined : { type: id.slice(0, end), uuid, version }
}

/** What stands before the UUID, without looking at it. */
export const typeOfId = (id: string): string => id.slice(0, Math.max(0, id.indexOf('--')))
