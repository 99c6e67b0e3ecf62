import { z } from 'zod'

/** MISP writes numbers and flags as text, or the other way round; here each is what it is. */
const text = z.union([z.string(), z.number(), z.boolean()]).transform(String)
const optionalText = text.nullish().transform((value) => value ?? undefined)
const flag = z.union([z.boolean(), z.literal([0, 1, '0', '1', 'true', 'false', ''])]).transform((value) => {
  return value === true || value === 1 || value === '1' || value === 'true'
})
const optionalFlag = flag.nullish().transform((value) => value ?? undefined)
const uuid = z
  .string()
  .regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i)
  .transform((value) => value.toLowerCase())
const optionalUuid = z
  .union([uuid, z.literal('')])
  .nullish()
  .transform((value) => (value ? value : undefined))

const isoSeconds = (value: string): number => Math.floor(Date.parse(value) / 1000)
/** Seconds since 1970, from a number, its digits, or an ISO time. */
const seconds = z
  .union([
    z.number().min(0).max(999_999_999_999),
    z.string().regex(/^\d{1,12}(?:\.\d+)?$/),
    z.string().refine((value) => isoSeconds(value) >= 0),
  ])
  .transform((value) => {
    const number = Number(value)
    return Math.floor(Number.isNaN(number) ? isoSeconds(String(value)) : number)
  })
const optionalSeconds = seconds.nullish().transform((value) => value ?? undefined)

export const mispTag = z.looseObject({
  name: z.string().max(2000),
  colour: optionalText,
  relationship_type: optionalText,
})
export type MispTag = z.output<typeof mispTag>

export const mispOrg = z.looseObject({ name: text, uuid: optionalUuid })
export type MispOrg = z.output<typeof mispOrg>

/** `type` 0: seen; 1: a false positive; 2: expired. */
export const mispSighting = z.looseObject({
  type: text.nullish().transform((value) => value ?? '0'),
  uuid: optionalUuid,
  date_sighting: optionalSeconds,
  source: optionalText,
  Organisation: mispOrg.nullish().transform((value) => value ?? undefined),
})
export type MispSighting = z.output<typeof mispSighting>

export const mispCluster = z.looseObject({
  uuid: optionalUuid,
  type: optionalText,
  value: text,
  description: optionalText,
  tag_name: optionalText,
  meta: z
    .union([z.record(z.string(), z.unknown()), z.array(z.unknown()).max(0)])
    .nullish()
    .transform((value) => (value && !Array.isArray(value) ? value : undefined)),
})
export type MispCluster = z.output<typeof mispCluster>

export const mispGalaxy = z.looseObject({
  uuid: optionalUuid,
  name: optionalText,
  type: optionalText,
  description: optionalText,
  GalaxyCluster: z.array(mispCluster).max(10_000).default([]),
})
export type MispGalaxy = z.output<typeof mispGalaxy>

const list = <Item extends z.ZodType>(item: Item, most = 10_000) =>
  z
    .array(item)
    .max(most)
    .nullish()
    .transform((value) => value ?? [])

/** What attributes and proposals share. */
const attributeFields = {
  uuid: optionalUuid,
  type: z.string().min(1).max(200),
  category: optionalText,
  value: text,
  comment: optionalText,
  to_ids: optionalFlag,
  timestamp: optionalSeconds,
  first_seen: optionalText,
  last_seen: optionalText,
  deleted: optionalFlag,
  disable_correlation: optionalFlag,
  object_relation: optionalText,
  data: optionalText,
}

/** A change that somebody other than the author proposes. */
export const mispProposal = z.looseObject(attributeFields)
export type MispProposal = z.output<typeof mispProposal>

/** What analysts write of something: notes, opinions and relationships, which may be about each other. */
export interface MispAnalystData {
  readonly [name: string]: unknown
}
const analystData = z.looseObject({ uuid: optionalUuid })

export const mispAttribute = z.looseObject({
  ...attributeFields,
  Tag: list(mispTag),
  Galaxy: list(mispGalaxy),
  Sighting: list(mispSighting, 1_000_000),
  ShadowAttribute: list(mispProposal),
  Note: list(analystData),
  Opinion: list(analystData),
})
export type MispAttribute = z.output<typeof mispAttribute>

export const mispReference = z.looseObject({
  uuid: optionalUuid,
  referenced_uuid: optionalUuid,
  relationship_type: optionalText,
  comment: optionalText,
  timestamp: optionalSeconds,
})
export type MispReference = z.output<typeof mispReference>

/** Attributes are read one by one, so that a wrong one is told and the others stay. */
export const mispObjectHead = z.looseObject({
  uuid: optionalUuid,
  name: text,
  'meta-category': optionalText,
  description: optionalText,
  template_uuid: optionalText,
  template_version: optionalText,
  comment: optionalText,
  timestamp: optionalSeconds,
  first_seen: optionalText,
  last_seen: optionalText,
  deleted: optionalFlag,
  ObjectReference: list(mispReference),
  Note: list(analystData),
  Opinion: list(analystData),
})
export type MispObject = z.output<typeof mispObjectHead> & { readonly Attribute: readonly MispAttribute[] }

export const mispEventReport = z.looseObject({
  uuid: optionalUuid,
  name: text,
  content: text,
  timestamp: optionalSeconds,
  deleted: optionalFlag,
})
export type MispEventReport = z.output<typeof mispEventReport>

export const mispRelatedEvent = z.looseObject({ Event: z.looseObject({ uuid: optionalUuid, info: optionalText }) })

export const mispEventHead = z.looseObject({
  uuid: optionalUuid,
  info: text.nullish().transform((value) => value ?? ''),
  date: optionalText,
  timestamp: optionalSeconds,
  publish_timestamp: optionalSeconds,
  published: optionalFlag,
  threat_level_id: optionalText,
  analysis: optionalText,
  distribution: optionalText,
  extends_uuid: optionalUuid,
  Org: mispOrg.nullish().transform((value) => value ?? undefined),
  Orgc: mispOrg.nullish().transform((value) => value ?? undefined),
  Tag: list(mispTag),
  Galaxy: list(mispGalaxy),
  EventReport: list(mispEventReport),
  RelatedEvent: list(mispRelatedEvent, 100_000),
  ShadowAttribute: list(mispProposal, 100_000),
  Note: list(analystData),
  Opinion: list(analystData),
})
/** An event of MISP. Properties that are not named here are kept as they were. @source MISP core format, draft-dulaunoy-misp-core-format */
export type MispEvent = z.output<typeof mispEventHead> & {
  readonly Attribute: readonly MispAttribute[]
  readonly Object: readonly MispObject[]
}
