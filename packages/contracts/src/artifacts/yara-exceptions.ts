import { z } from 'zod'
import { idOf, instant, pageOf, pageQuery } from '../kernel/index.ts'
import { artifactId } from './artifact.ts'
import { yaraSetId } from './yara-sets.ts'

export const yaraExceptionId = idOf('yara-exception')

const rule = z.string().regex(/^[A-Za-z_]\w{0,199}$/, 'the name of a YARA rule')
const reason = z.string().trim().min(1).max(500)

/** No alert is made of matches that it covers: of a rule, of a file whichever rule matches it, or of one rule on one file. */
export const yaraException = z
  .object({
    id: yaraExceptionId,
    /** With `rule`: whose rule. Null: rules of every set. */
    set: z.object({ id: yaraSetId, name: z.string() }).nullable(),
    rule: z.string().nullable(),
    sha256: z.string().nullable(),
    reason: z.string(),
    createdAt: instant,
    createdBy: z.string(),
  })
  .meta({ id: 'YaraException' })
export type YaraException = z.infer<typeof yaraException>

export const yaraExceptionCreate = z
  .object({
    rule: z.object({ setId: yaraSetId, name: rule }).optional(),
    sha256: artifactId.optional(),
    reason,
  })
  .refine((wanted) => wanted.rule !== undefined || wanted.sha256 !== undefined, {
    error: 'name a rule, a file or both',
  })
export type YaraExceptionCreate = z.infer<typeof yaraExceptionCreate>

export const yaraExceptionQuery = pageQuery.extend({ sha256: artifactId.optional() })
/** Newest first. */
export const yaraExceptionPage = pageOf(yaraException)
