import type { SettingView } from '@watchfloor/contracts/settings'
import { z } from 'zod'

/** A value that people may change while the program runs. */
export interface SettingDefinition<Value> {
  /** `area.name`, e.g. `identity.sessionIdleMinutes`. The area is the module's name. */
  readonly key: string
  readonly title: string
  /** One sentence for the settings page. */
  readonly description: string
  readonly schema: z.ZodType<Value>
  readonly default: Value
  /** Sealed in SQL and never sent to anybody. */
  readonly secret?: boolean
  /** `minutes`, `days`, … */
  readonly unit?: string
}

type Control = Pick<SettingView, 'control' | 'choices' | 'minimum' | 'maximum'>

const schemaShape = z.object({
  type: z.string().optional(),
  enum: z.array(z.string()).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  items: z.object({ enum: z.array(z.string()).optional() }).optional(),
})

const bounded = (value: number | undefined): value is number =>
  value !== undefined && Math.abs(value) < Number.MAX_SAFE_INTEGER

/** Which control edits a value of this schema. */
export function controlOf(definition: Pick<SettingDefinition<unknown>, 'schema' | 'secret'>): Control {
  if (definition.secret) return { control: 'secret' }
  const read = schemaShape.safeParse(z.toJSONSchema(definition.schema, { unrepresentable: 'any', io: 'input' }))
  if (!read.success) return { control: 'json' }
  const { type, enum: choices, minimum, maximum, items } = read.data
  if (choices) return { control: 'choice', choices }
  if (type === 'array' && items?.enum) return { control: 'choices', choices: items.enum }
  if (type === 'string') return { control: 'text' }
  if (type === 'boolean') return { control: 'boolean' }
  if (type === 'number' || type === 'integer')
    return {
      control: 'number',
      ...(bounded(minimum) ? { minimum } : {}),
      ...(bounded(maximum) ? { maximum } : {}),
    }
  return { control: 'json' }
}
