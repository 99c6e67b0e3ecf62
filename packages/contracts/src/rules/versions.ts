import { z } from 'zod'
import { instant, pageOf } from '../kernel/index.ts'

/** One text that a rule had. */
export const ruleVersion = z
  .object({
    version: z.number().int(),
    at: instant,
    by: z.string(),
    /** Where its text came from, when it was not written: `restored from version 3`, `pack sigma 2026-07-01`. */
    note: z.string().nullable(),
    isCurrent: z.boolean(),
  })
  .meta({ id: 'RuleVersion' })
export type RuleVersion = z.infer<typeof ruleVersion>
export const ruleVersionPage = pageOf(ruleVersion)
export const ruleVersionDetail = ruleVersion.extend({ yaml: z.string() }).meta({ id: 'RuleVersionDetail' })

/** Two texts, line by line. Long runs of equal lines are left out: `skipped` says how many. */
export const textDiff = z
  .object({
    added: z.number().int(),
    removed: z.number().int(),
    lines: z.array(
      z.object({
        op: z.enum(['same', 'added', 'removed', 'skipped']),
        text: z.string(),
        /** Line of the older text, from 1; absent for an added one. */
        before: z.number().int().optional(),
        /** Line of the newer text, from 1; absent for a removed one. */
        after: z.number().int().optional(),
      }),
    ),
  })
  .meta({ id: 'TextDiff' })
export type TextDiff = z.infer<typeof textDiff>

export const ruleDiffQuery = z.object({
  from: z.coerce.number().int().min(1),
  to: z.coerce.number().int().min(1),
})
export const ruleRestore = z.object({ version: z.number().int().min(1), expectedVersion: z.number().int() })
