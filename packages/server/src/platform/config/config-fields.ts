import type { z } from 'zod'
import { isSecretName } from '../log/redact.ts'

/** One setting: where it stands in its slice, what its variable is called. */
export interface ConfigField {
  readonly slice: string
  /** Within the slice: `['smtp', 'host']`. */
  readonly path: readonly string[]
  readonly variable: string
  readonly schema: z.ZodType
  /** Its value is never shown, and `<VARIABLE>_FILE` may name a file that holds it. */
  readonly secret: boolean
}

/** One zod object per module; the keys are the modules' names. */
export type Slices = Readonly<Record<string, z.ZodType>>

/** Settings that are no module's: their variables carry no module name. */
export const serverSlice = 'server'

const snake = (name: string): string =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll('-', '_')
    .toUpperCase()

interface Definition {
  readonly type: string
  readonly innerType?: z.ZodType
  readonly in?: z.ZodType
  readonly out?: z.ZodType
}

/** What a schema asks of its input, under defaults, options and transforms. */
export function inputSchema(schema: z.ZodType): z.ZodType {
  let current = schema
  for (let depth = 0; depth < 30; depth++) {
    const definition = current.def as Definition
    // `preprocess` is a pipe out of a transform: what comes after it says what is meant.
    const piped = (definition.in?.def as Definition | undefined)?.type === 'transform' ? definition.out : definition.in
    const inner = definition.innerType ?? piped
    if (!inner) return current
    current = inner
  }
  return current
}

export function shapeOf(schema: z.ZodType): Readonly<Record<string, z.ZodType>> | undefined {
  const inner = inputSchema(schema)
  return 'shape' in inner ? (inner.shape as Record<string, z.ZodType>) : undefined
}

interface FieldNotes {
  /** The variable's whole name, where it is not made from the key. */
  readonly variable?: string
  readonly secret?: boolean
}

function fieldOf(slice: string, path: readonly string[], schema: z.ZodType): ConfigField {
  const notes = (schema.meta() ?? {}) as FieldNotes
  const prefix = slice === serverSlice ? 'WATCHFLOOR_' : `WATCHFLOOR_${snake(slice)}_`
  return {
    slice,
    path,
    schema,
    variable: notes.variable ?? prefix + path.map(snake).join('__'),
    secret: notes.secret ?? isSecretName(path.at(-1) ?? ''),
  }
}

function fieldsWithin(
  slice: string,
  shape: Readonly<Record<string, z.ZodType>>,
  path: readonly string[],
): ConfigField[] {
  return Object.entries(shape).flatMap(([key, schema]) => {
    const inner = shapeOf(schema)
    return inner ? fieldsWithin(slice, inner, [...path, key]) : [fieldOf(slice, [...path, key], schema)]
  })
}

/**
 * Every setting of these slices.
 * @throws Error when a slice is no object, or two settings would share a variable
 */
export function configFields(slices: Slices): readonly ConfigField[] {
  const fields = Object.entries(slices).flatMap(([slice, schema]) => {
    const shape = shapeOf(schema)
    if (!shape) throw new Error(`the configuration of ${slice} is no zod object`)
    return fieldsWithin(slice, shape, [])
  })
  const byVariable = new Map<string, ConfigField>()
  for (const field of fields) {
    const other = byVariable.get(field.variable)
    if (other) throw new Error(`${fieldName(field)} and ${fieldName(other)} share the variable ${field.variable}`)
    byVariable.set(field.variable, field)
  }
  return fields
}

export const fieldName = ({ slice, path }: ConfigField): string => [slice, ...path].join('.')

const words: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  1: true,
  false: false,
  no: false,
  off: false,
  0: false,
}

/** A variable's text as its schema wants it; text that does not fit stays, for the schema to refuse. */
export function readText(schema: z.ZodType, text: string): unknown {
  const inner = inputSchema(schema)
  const bare = text.trim()
  switch (inner.def.type) {
    case 'number':
      return bare !== '' && Number.isFinite(Number(bare)) ? Number(bare) : text
    case 'boolean':
      return words[bare.toLowerCase()] ?? text
    case 'array':
      return readList((inner.def as { element?: z.ZodType }).element, bare)
    case 'union':
      return bare === 'true' || bare === 'false' ? bare === 'true' : text
    case 'record':
    case 'object':
      return readJson(bare)
    default:
      return text
  }
}

function readList(element: z.ZodType | undefined, text: string): unknown {
  if (text.startsWith('[')) return readJson(text)
  const parts = text.split(',').map((part) => part.trim())
  return parts.filter((part) => part !== '').map((part) => (element ? readText(element, part) : part))
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
