import { z } from 'zod'

/** How bad it is, least first. */
export const severities = ['informational', 'low', 'medium', 'high', 'critical'] as const
export const severity = z.enum(severities)
export type Severity = z.infer<typeof severity>

/** Rank of a severity, 0 (informational) to 4 (critical). */
export const severityRank = (value: Severity): number => severities.indexOf(value)

/** Traffic Light Protocol 2.0, most open first. @source FIRST TLP 2.0 */
export const tlps = ['clear', 'green', 'amber', 'amber+strict', 'red'] as const
export const tlp = z.enum(tlps)
export type Tlp = z.infer<typeof tlp>

/** Percent, 0-100. */
export const confidencePct = z.number().int().min(0).max(100)

/** An instant on the wire: RFC 3339 in UTC with milliseconds, e.g. `2026-03-01T12:00:00.000Z`. */
export const instant = z.iso.datetime({ offset: true })
export type InstantText = z.infer<typeof instant>

/** An instant inside the program: milliseconds since 1970-01-01T00:00:00Z. */
export type InstantMs = number

export const toInstant = (ms: InstantMs): InstantText => new Date(ms).toISOString()

/** Cursor paging: `next` is opaque and valid with the same query alone; absent on the last page. */
export const pageQuery = z.object({
  cursor: z.string().max(2000).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(50),
})
export type PageQuery = z.infer<typeof pageQuery>

export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), next: z.string().optional(), total: z.number().int().optional() })

/** `a,b`: some of the values, separated by commas, as queries carry them. */
export const commaList = (values: readonly string[]) =>
  z
    .string()
    .max(200)
    .refine((text) => partsOf(text).every((part) => values.includes(part)), {
      error: `one or more of ${values.join(', ')}, separated by commas`,
    })

const partsOf = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)

/** Any JSON value. Everything that reaches it was parsed from JSON, so nothing is left to check. */
export const jsonValue = z.custom<z.core.util.JSONType>((value) => value !== undefined).meta({ id: 'JsonValue' })
