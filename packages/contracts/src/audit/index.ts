import { z } from 'zod'
import { instant, jsonValue, objectRef, pageOf, pageQuery } from '../kernel/index.ts'

/** One line of the audit log. */
export const auditRecord = z
  .object({
    /** Grows in the order of writing; has gaps. */
    id: z.string(),
    /** Place in the sealed chain, from 1 without gaps; null for the seconds until the sealer has come by. */
    number: z.number().int().nullable(),
    at: instant,
    actor: z.object({ kind: z.enum(['user', 'api-key', 'system']), id: z.string(), name: z.string() }),
    /** `area.verb`, e.g. `alerts.close`. */
    action: z.string(),
    object: objectRef,
    /** State before and after as far as it changed; secrets are masked. */
    before: jsonValue.nullable(),
    after: jsonValue.nullable(),
    reason: z.string().nullable(),
    /** How many objects a bulk act touched. */
    count: z.number().int().nullable(),
    ip: z.string().nullable(),
    userAgent: z.string().nullable(),
    requestId: z.string().nullable(),
    /** Hex; null until sealed. */
    hash: z.string().nullable(),
  })
  .meta({ id: 'AuditRecord' })
export type AuditRecord = z.infer<typeof auditRecord>

export const auditFilter = z.object({
  actor: z.string().max(200).optional().describe('id of the actor, or a part of the name'),
  action: z.string().max(100).optional().describe('an action or its beginning, e.g. `alerts.`'),
  objectType: z.string().max(60).optional(),
  objectId: z.string().max(200).optional(),
  from: instant.optional().describe('inclusive'),
  to: instant.optional().describe('exclusive'),
  text: z.string().max(300).optional().describe('anywhere in the title, reason, before or after'),
})
export type AuditFilter = z.infer<typeof auditFilter>

/** Newest first. */
export const auditQuery = pageQuery.extend(auditFilter.shape)
export const auditPage = pageOf(auditRecord)

export const auditExportQuery = auditFilter.extend({ format: z.enum(['ndjson', 'csv']).default('ndjson') })

export const auditBreakKinds = [
  'record-changed',
  'record-missing',
  'anchor-changed',
  'anchor-missing',
  'head-changed',
  'head-missing',
  'tail-missing',
] as const

/** What a walk over the whole chain found. */
export const auditVerification = z
  .object({
    intact: z.boolean(),
    /** Records whose hash was computed again and was right. */
    checked: z.number().int(),
    /** Number and hash of the last record of the chain; keep them elsewhere to compare later. */
    head: z.object({ number: z.number().int(), hash: z.string() }).nullable(),
    anchors: z.number().int(),
    /** Written within the last seconds and not in the chain yet. */
    unsealed: z.number().int(),
    firstBroken: z.object({ number: z.number().int(), kind: z.enum(auditBreakKinds), message: z.string() }).nullable(),
    durationMs: z.number(),
  })
  .meta({ id: 'AuditVerification' })
export type AuditVerification = z.infer<typeof auditVerification>
