import { z } from 'zod'
import { idOf, instant } from '../kernel/index.ts'
import { indicatorType } from './indicator-types.ts'

export const warningListId = idOf('warning-list')
export type WarningListId = z.infer<typeof warningListId>

/** How entries cover values. `hostname`: the name, all below it, URLs within. @source MISP warninglists */
export const warningListTypes = ['cidr', 'hostname', 'string', 'substring', 'regex'] as const
export const warningListType = z.enum(warningListTypes)
export type WarningListType = z.infer<typeof warningListType>

/** `block`: what it covers makes no detection; `inform`: it does, and the list is named beside it. */
export const warningListEffects = ['block', 'inform', 'off'] as const
export const warningListEffect = z.enum(warningListEffects)
export type WarningListEffect = z.infer<typeof warningListEffect>

/** Values that are known to be harmless, or to say nothing. */
export const warningList = z
  .object({
    id: warningListId,
    name: z.string(),
    description: z.string(),
    version: z.number().int(),
    type: warningListType,
    entries: z.number().int(),
    effect: warningListEffect,
    /** Types of indicators that it speaks of; all when empty. */
    appliesTo: z.array(indicatorType),
    updatedAt: instant,
  })
  .meta({ id: 'WarningList' })
export type WarningList = z.infer<typeof warningList>
export const warningLists = z.object({ items: z.array(warningList) })

/** A list as MISP publishes it: the content of a `list.json`. */
export const mispWarningList = z.object({
  name: z.string().trim().min(1).max(300),
  description: z.string().max(4000).default(''),
  version: z.number().int(),
  type: warningListType,
  list: z.array(z.string().max(4000)).max(2_000_000),
  matching_attributes: z.array(z.string().max(80)).max(200).default([]),
})
export type MispWarningList = z.infer<typeof mispWarningList>

/** `slug`: names the list, e.g. its folder; a list that is there under it is replaced, its effect kept. */
export const warningListImport = z.object({
  slug: z
    .string()
    .min(1)
    .max(120)
    .regex(/^[\w.:@-]+$/),
  list: mispWarningList,
})
export const warningListImportResult = z.object({
  list: warningList,
  outcome: z.enum(['added', 'updated', 'unchanged']),
})

export const warningListChange = z.object({ effect: warningListEffect })

export const coveringWarningList = z.object({
  id: warningListId,
  name: z.string(),
  effect: warningListEffect,
  /** The entry that covers the value. */
  entry: z.string(),
})
export type CoveringWarningList = z.infer<typeof coveringWarningList>
