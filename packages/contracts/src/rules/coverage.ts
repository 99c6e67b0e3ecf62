import { z } from 'zod'
import { instant } from '../kernel/index.ts'

export const coverageQuery = z.object({
  days: z.coerce.number().int().min(1).max(90).default(30),
  /** Of the rules' log sources, e.g. `windows`. */
  product: z.string().max(80).optional(),
})

export const coverageTechnique = z
  .object({
    id: z.string(),
    name: z.string(),
    /** Short names of tactics, e.g. `defense-evasion`. */
    tactics: z.array(z.string()),
    /** Rules that name it, sub-techniques apart. */
    rules: z.number().int(),
    enabled: z.number().int(),
    detections: z.number().int(),
  })
  .meta({ id: 'CoverageTechnique' })
export type CoverageTechnique = z.infer<typeof coverageTechnique>

export const coverage = z
  .object({
    /** Version of ATT&CK that names and order come from. */
    attackVersion: z.string(),
    days: z.number().int(),
    tactics: z.array(
      z.object({
        id: z.string(),
        shortName: z.string(),
        name: z.string(),
        /** Rules tagged with the tactic, e.g. `attack.execution`. */
        rules: z.number().int(),
        enabled: z.number().int(),
      }),
    ),
    techniques: z.array(coverageTechnique),
    /** Techniques that rules name and this version of ATT&CK does not have. */
    unknown: z.array(z.object({ id: z.string(), rules: z.number().int() })),
  })
  .meta({ id: 'Coverage' })
export type Coverage = z.infer<typeof coverage>

/** A layer of others, laid over our coverage: what they score, and we may lack. */
export const coverageLayer = z
  .object({
    id: z.string(),
    name: z.string(),
    description: z.string().nullable(),
    scores: z.record(z.string(), z.number()),
    createdAt: instant,
    author: z.string(),
  })
  .meta({ id: 'CoverageLayer' })
export type CoverageLayer = z.infer<typeof coverageLayer>
export const coverageLayerList = z.object({ items: z.array(coverageLayer) })

/**
 * What we read of an ATT&CK Navigator layer; what else it holds is let be.
 * @source ATT&CK Navigator, layer file format 4.5
 */
export const navigatorLayer = z.looseObject({
  name: z.string().trim().min(1).max(300),
  description: z.string().max(10_000).optional(),
  domain: z.string().max(100),
  versions: z.looseObject({ layer: z.string().regex(/^4(\.\d+)?$/, 'a layer of format 4') }),
  techniques: z
    .array(
      z.looseObject({
        techniqueID: z.string().regex(/^T\d{4}(\.\d{3})?$/, 'a technique id, e.g. T1059.001'),
        score: z.number().nullish(),
        enabled: z.boolean().optional(),
      }),
    )
    .max(10_000),
})
export type NavigatorLayer = z.infer<typeof navigatorLayer>
export const coverageLayerParams = z.object({ layerId: z.uuid() })
