import { z } from 'zod'

const checks = z.union([z.string(), z.array(z.string())]).optional()
const flag = z.boolean().optional()

/** Options as the validator of OASIS names them. */
const caseOptions = z.object({
  strict: flag,
  strict_types: flag,
  strict_properties: flag,
  enforce_refs: flag,
  interop: flag,
  silent: flag,
  verbose: flag,
  version: z.enum(['2.0', '2.1']).optional(),
  enabled: checks,
  disabled: checks,
  schema_dir: z.string().optional(),
})

/** A case as OASIS’s own tests were written down. */
export const validatorCase = z.object({
  id: z.string(),
  source: z.string().default(''),
  test: z.string().default(''),
  instance: z.unknown(),
  options: caseOptions.default({}),
  /** Valid or not, or `raises …`: the validator must refuse to judge it. */
  expected: z.union([z.boolean(), z.string()]),
})
export type ValidatorCase = z.infer<typeof validatorCase>
