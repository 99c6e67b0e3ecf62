import { z } from 'zod'

export const identityConfig = z.strictObject({
  /** Wrong passwords before an account is locked for a minute, then two, four, … up to an hour. */
  freeFailures: z.coerce.number().int().min(3).max(100).default(8),
  /** Logins, registrations and set-ups that one network address may try in a minute. */
  attemptsPerMinute: z.coerce.number().int().min(1).max(10_000).default(30),
})
export type IdentityConfig = z.output<typeof identityConfig>
