import { z } from 'zod'
import { instant, jsonValue } from '../kernel/index.ts'

/** `area.name`, e.g. `organisation.name`. */
export const settingKey = z
  .string()
  .max(120)
  .regex(/^[a-z][A-Za-z0-9-]*(\.[a-z][A-Za-z0-9-]*)+$/, 'a key looks like `organisation.name`')

export const settingView = z
  .object({
    key: settingKey,
    title: z.string(),
    description: z.string(),
    /** The part before the first dot: the page's sections. */
    group: z.string(),
    /** Which control edits it; `json` where none of the simple ones fits. */
    control: z.enum(['text', 'number', 'boolean', 'choice', 'choices', 'secret', 'json']),
    /** What `choice` and `choices` offer. */
    choices: z.array(z.string()).optional(),
    minimum: z.number().optional(),
    maximum: z.number().optional(),
    /** `minutes`, `days`, … */
    unit: z.string().optional(),
    /** The value in force. Always null for a secret: see `isSet`. */
    value: jsonValue,
    default: jsonValue,
    /** False while the default applies. */
    isSet: z.boolean(),
    /** Grows with every change, 0 before the first; send it back as `expectedVersion`. */
    version: z.number().int(),
    updatedAt: instant.nullable(),
    updatedBy: z.string().nullable(),
  })
  .meta({ id: 'Setting' })
export type SettingView = z.infer<typeof settingView>

export const settingList = z.object({ items: z.array(settingView) })
export const settingParams = z.object({ key: settingKey })
export const settingChange = z.object({
  value: jsonValue,
  /** Refuses with STALE_EDIT when somebody changed it since. */
  expectedVersion: z.number().int().min(0).optional(),
  reason: z.string().max(500).optional(),
})
