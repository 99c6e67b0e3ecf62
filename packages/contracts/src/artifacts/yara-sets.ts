import { z } from 'zod'
import { idOf, instant, pageOf, pageQuery } from '../kernel/index.ts'

export const yaraSetId = idOf('yara-set')

export const yaraDiagnostic = z
  .object({
    code: z.string(),
    level: z.enum(['error', 'warning']),
    file: z.string(),
    line: z.number().int(),
    column: z.number().int(),
    rule: z.string().optional(),
    message: z.string(),
  })
  .meta({ id: 'YaraDiagnostic' })
export type YaraDiagnostic = z.infer<typeof yaraDiagnostic>

export const yaraSet = z
  .object({
    id: yaraSetId,
    name: z.string(),
    enabled: z.boolean(),
    /** False: its matches are shown at artifacts, and no alert is made of them. */
    alerts: z.boolean(),
    version: z.number().int(),
    files: z.number().int(),
    /** Rules that run. */
    rules: z.number().int(),
    /** Rules that have errors. */
    refused: z.number().int(),
    updatedAt: instant,
    updatedBy: z.string(),
  })
  .meta({ id: 'YaraSet' })
export type YaraSet = z.infer<typeof yaraSet>

export const yaraSetDetail = yaraSet
  .extend({
    diagnostics: z.array(yaraDiagnostic),
    versions: z.array(
      z.object({
        version: z.number().int(),
        files: z.number().int(),
        rules: z.number().int(),
        at: instant,
        by: z.string(),
      }),
    ),
  })
  .meta({ id: 'YaraSetDetail' })
export type YaraSetDetail = z.infer<typeof yaraSetDetail>

export const yaraSetQuery = pageQuery
export const yaraSetPage = pageOf(yaraSet)

export const yaraFile = z.object({
  path: z.string().trim().min(1).max(300),
  text: z.string().max(16_000_000),
})

export const yaraImport = z.object({
  name: z.string().trim().min(1).max(120),
  files: z.array(yaraFile).min(1).max(20_000),
})
export type YaraImport = z.infer<typeof yaraImport>
/** A set of that name is replaced: its files are its next version. */
export const yaraImported = z.object({ set: yaraSet, isNew: z.boolean(), diagnostics: z.array(yaraDiagnostic) })

export const yaraCheck = z.object({ files: z.array(yaraFile).min(1).max(20_000) })
export const yaraChecked = z.object({
  rules: z.number().int(),
  refused: z.number().int(),
  diagnostics: z.array(yaraDiagnostic),
})

export const yaraSetEdit = z
  .object({ enabled: z.boolean().optional(), alerts: z.boolean().optional() })
  .refine((edit) => edit.enabled !== undefined || edit.alerts !== undefined, { error: 'nothing to change' })
export type YaraSetEdit = z.infer<typeof yaraSetEdit>

export const yaraSetFiles = z.object({ files: z.array(yaraFile) })
