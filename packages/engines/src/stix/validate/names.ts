const TYPE_NAME = /^[a-z](?:[a-z0-9]|-(?!-))*$/
const MIN_LENGTH = 3
const MAX_TYPE_LENGTH = 250

/** Whether a text may name a type of objects. @source STIX 2.1 section 2.13 */
export const isTypeName = (type: string): boolean =>
  type.length >= MIN_LENGTH && type.length <= MAX_TYPE_LENGTH && TYPE_NAME.test(type)

/** Names that properties of objects may have. @source STIX 2.1 section 3.1 */
export const PROPERTY_NAME = /^[a-z][a-z0-9_]{2,249}$/

export const NAME_REMEDY = 'begin with a letter; use a-z, 0-9 and underscores; 3 to 250 of them'
