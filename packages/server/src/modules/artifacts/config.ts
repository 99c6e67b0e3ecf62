import { z } from 'zod'

export const artifactsConfig = z.object({
  maxFileBytes: z.coerce
    .number()
    .int()
    .min(1024)
    .max(2_000_000_000)
    .default(256 * 1024 * 1024)
    .describe('bytes of an uploaded file'),
  scanTimeoutSeconds: z.coerce
    .number()
    .int()
    .min(1)
    .max(3600)
    .default(60)
    .describe('time that YARA rules may take on one file'),
})
export type ArtifactsConfig = z.output<typeof artifactsConfig>
