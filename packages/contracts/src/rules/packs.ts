import { z } from 'zod'
import { instant, pageOf, pageQuery } from '../kernel/index.ts'
import { textDiff } from './versions.ts'

export const packName = z
  .string()
  .trim()
  .min(1)
  .max(120)
  .regex(/^[^/\\]+$/, 'a name without / and \\')

/** Rules that came together from one place, and are updated together. */
export const rulePack = z
  .object({
    name: packName,
    version: z.string().nullable(),
    /** Where updates are fetched from; an administrator sets it. */
    url: z.string().nullable(),
    rules: z.number().int(),
    enabled: z.number().int(),
    /** Changed by us: updates leave them alone. */
    edited: z.number().int(),
    /** Of those: the pack has a newer text than the one that was changed. */
    offered: z.number().int(),
    updatedAt: instant.nullable(),
    updatedBy: z.string().nullable(),
  })
  .meta({ id: 'RulePack' })
export type RulePack = z.infer<typeof rulePack>
export const rulePackList = z.object({ items: z.array(rulePack) })
export const packParams = z.object({ pack: packName })
export const packUrl = z.object({
  url: z
    .url({ protocol: /^https?$/ })
    .max(2000)
    .nullable(),
})

/** `conflict`: changed by the pack and by us; ours stays and theirs is offered. */
export const packChangeKinds = ['added', 'changed', 'removed', 'conflict'] as const
export type PackChangeKind = (typeof packChangeKinds)[number]

/** An update that was read and compared, and waits for somebody to look at it. */
export const packUpdate = z
  .object({
    id: z.string(),
    pack: packName,
    version: z.string().nullable(),
    /** `reading`: files still come; `ready`: compared; then applied or dropped. */
    state: z.enum(['reading', 'ready', 'applying', 'applied', 'failed']),
    createdAt: instant,
    by: z.string(),
    added: z.number().int(),
    changed: z.number().int(),
    removed: z.number().int(),
    conflicts: z.number().int(),
    unchanged: z.number().int(),
    /** Rules with errors; they are left out. */
    refused: z.number().int(),
    /** Of the changes, how many are applied. */
    applied: z.number().int(),
    message: z.string().nullable(),
  })
  .meta({ id: 'PackUpdate' })
export type PackUpdate = z.infer<typeof packUpdate>

export const packUpdateNew = z.object({ version: z.string().trim().min(1).max(120).optional() })
export const packUpdateFiles = z.object({
  files: z
    .array(z.object({ path: z.string().min(1).max(500), text: z.string().max(1_000_000) }))
    .min(1)
    .max(500),
})
export const packUpdateParams = z.object({ updateId: z.uuid() })
export const packChangeQuery = pageQuery.extend({ kind: z.enum(packChangeKinds).optional() })
export const packChange = z
  .object({ ruleId: z.string(), kind: z.enum(packChangeKinds), title: z.string(), path: z.string() })
  .meta({ id: 'PackChange' })
export type PackChange = z.infer<typeof packChange>
export const packChangePage = pageOf(packChange)
export const packChangeParams = z.object({ updateId: z.uuid(), ruleId: z.string().min(1).max(200) })
export const packChangeDiff = packChange.extend({ diff: textDiff }).meta({ id: 'PackChangeDiff' })

/** `keepRemoved`: rules that the pack no longer has stay. `takeTheirs`: rules for which the pack's text replaces ours. */
export const packUpdateApply = z.object({
  keepRemoved: z.boolean().default(false),
  takeTheirs: z.array(z.string().max(200)).max(10_000).default([]),
})

/** What is offered for a rule that was changed here: the pack's newer text against ours. */
export const ruleOffer = z
  .object({ pack: packName, version: z.string().nullable(), yaml: z.string(), diff: textDiff })
  .meta({ id: 'RuleOffer' })
export type RuleOffer = z.infer<typeof ruleOffer>
export const ruleOfferAnswer = z.object({ action: z.enum(['take', 'decline']), expectedVersion: z.number().int() })
