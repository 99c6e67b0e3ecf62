import { z } from 'zod'
import { eventId, instant } from '../kernel/index.ts'

export const sampleExpectations = ['match', 'no-match'] as const

/** What a sample came to when it ran last. */
export const sampleOutcome = z
  .object({
    passed: z.boolean(),
    matched: z.boolean(),
    /** False: the rule is for another log source than the event's. */
    rightLogSource: z.boolean(),
    ruleVersion: z.number().int(),
    at: instant,
  })
  .meta({ id: 'SampleOutcome' })
export type SampleOutcome = z.infer<typeof sampleOutcome>

/** An event kept with a rule, and whether the rule must match it. */
export const ruleSample = z
  .object({
    id: z.string(),
    name: z.string(),
    expected: z.enum(sampleExpectations),
    /** As it was received: JSON or a raw line. */
    event: z.string(),
    author: z.string(),
    createdAt: instant,
    outcome: sampleOutcome.nullable(),
  })
  .meta({ id: 'RuleSample' })
export type RuleSample = z.infer<typeof ruleSample>
export const ruleSampleList = z.object({ items: z.array(ruleSample) })

/** Either an event's text, or a stored event by its id. */
export const sampleNew = z.object({
  name: z.string().trim().min(1).max(200),
  expected: z.enum(sampleExpectations),
  event: z.string().min(1).max(256_000).optional(),
  eventId: eventId.optional(),
})
export type SampleNew = z.infer<typeof sampleNew>

/** With a text: that text is tried and nothing is kept; else the rule as it is saved. */
export const sampleRunAsk = z.object({ yaml: z.string().min(1).max(1_000_000).optional() })
export const sampleRun = z.object({
  passed: z.number().int(),
  failed: z.number().int(),
  results: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      expected: z.enum(sampleExpectations),
      matched: z.boolean(),
      rightLogSource: z.boolean(),
      passed: z.boolean(),
    }),
  ),
})
export type SampleRun = z.infer<typeof sampleRun>
