import { z } from 'zod'
import { eventId, instant, ruleId } from '../kernel/index.ts'

export const exceptionOps = ['equals', 'contains', 'startswith', 'endswith', 'cidr'] as const
export type ExceptionOp = (typeof exceptionOps)[number]

/** One thing that must hold of an event, read without regard to case, no character of the value standing for others. */
export const exceptionCondition = z
  .object({
    // Sigma reads what follows a "|" as modifiers, so that the condition would mean something else than it says.
    field: z
      .string()
      .trim()
      .min(1)
      .max(200)
      .regex(/^[^|\p{Cc}]+$/u, 'a field name holds neither "|" nor control characters'),
    op: z.enum(exceptionOps),
    value: z.string().min(1).max(4000),
  })
  .meta({ id: 'ExceptionCondition' })
export type ExceptionCondition = z.infer<typeof exceptionCondition>

const conditions = z.array(exceptionCondition).min(1).max(20)

/** Events for which all conditions hold no longer match the rule. */
export const exceptionNew = z.object({
  conditions,
  reason: z.string().trim().min(3).max(1000),
  /** Absent: until somebody removes it. */
  expiresAt: instant.optional(),
})
export type ExceptionNew = z.infer<typeof exceptionNew>

export const ruleException = z
  .object({
    /** Also the id of the Sigma filter that it is. */
    id: ruleId,
    ruleId,
    conditions: z.array(exceptionCondition),
    reason: z.string(),
    author: z.string(),
    createdAt: instant,
    expiresAt: instant.nullable(),
    /** Why it does not narrow the rule (any more). */
    state: z.enum(['active', 'expired', 'off']),
    /** The Sigma filter. */
    yaml: z.string(),
  })
  .meta({ id: 'RuleException' })
export type RuleException = z.infer<typeof ruleException>
export const ruleExceptionList = z.object({ items: z.array(ruleException) })

export const exceptionPreviewAsk = z.object({ conditions, days: z.number().int().min(1).max(90).default(7) })

/** What an exception would have taken away, of the newest detections of its rule. */
export const exceptionPreview = z
  .object({
    days: z.number().int(),
    /** Detections looked at; at most five hundred. */
    looked: z.number().int(),
    /** There are older ones that were not looked at. */
    isCut: z.boolean(),
    removed: z.number().int(),
    /** Their events are past their retention, so nobody can say. */
    gone: z.number().int(),
    examples: z.array(z.object({ eventId, time: instant, entities: z.record(z.string(), z.string()) })),
  })
  .meta({ id: 'ExceptionPreview' })
export type ExceptionPreview = z.infer<typeof exceptionPreview>
