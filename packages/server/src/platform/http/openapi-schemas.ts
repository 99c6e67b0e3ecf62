import { z } from 'zod'

export type JsonSchema = Record<string, unknown>

/** Gathers the schemas of a document: those with `.meta({ id })` become shared components. */
export interface SchemaCollection {
  /**
   * The JSON Schema of what travels over the wire: the schema's input side, for requests and answers alike (answers are
   * sent as the handler made them, before any transform).
   * @param name prefix for parts of a recursive schema that has no id
   * @throws Error when two different schemas carry one id
   */
  add(schema: z.ZodType, name: string): JsonSchema
  /** Sorted by name. */
  components(): Record<string, JsonSchema>
}

const definitionPrefix = '#/$defs/'

function rewriteRefs(value: unknown, nameOf: (definition: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => rewriteRefs(item, nameOf))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      if (key === '$ref' && typeof inner === 'string' && inner.startsWith(definitionPrefix))
        return [key, `#/components/schemas/${nameOf(inner.slice(definitionPrefix.length))}`]
      return [key, rewriteRefs(inner, nameOf)]
    }),
  )
}

/** Says what JSON Schema cannot derive, and leaves out what says nothing. */
function tidy({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodTypes; jsonSchema: JsonSchema }): void {
  if (zodSchema._zod.def.type === 'date') Object.assign(jsonSchema, { type: 'string', format: 'date-time' })
  // The pattern of a time is 300 characters that repeat the format's name.
  if (jsonSchema.format === 'date-time') delete jsonSchema.pattern
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
  // A component's name is its key.
  delete jsonSchema.id
}

export function createSchemaCollection(): SchemaCollection {
  const shared = new Map<string, JsonSchema>()

  function share(id: string, definition: JsonSchema): void {
    const known = shared.get(id)
    if (known && JSON.stringify(known) !== JSON.stringify(definition))
      throw new Error(`two different schemas are called ${id}; give one of them another id in .meta({ id })`)
    shared.set(id, definition)
  }

  return {
    add(schema, name) {
      // Within an object, so that a schema with an id becomes a reference like any other.
      const { properties, $defs } = z.toJSONSchema(z.object({ root: schema }), {
        io: 'input',
        unrepresentable: 'any',
        override: tidy,
      })
      const nameOf = (definition: string) => definition.replace(/^__schema/, `${name}Part`)
      for (const [id, definition] of Object.entries($defs ?? {}))
        share(nameOf(id), rewriteRefs(definition, nameOf) as JsonSchema)
      return rewriteRefs(properties?.root, nameOf) as JsonSchema
    },
    components: () => Object.fromEntries([...shared].sort(([a], [b]) => (a < b ? -1 : 1))),
  }
}
