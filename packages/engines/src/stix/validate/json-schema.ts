import { RE2JS } from 're2js'
import type { StixObject, StixValue } from '../../stix-pattern/index.ts'
import { canonicalJson } from '../ids/canonical-json.ts'
import { isObject, join } from './walk.ts'

/** A schema as JSON Schema writes it. What is understood: the keywords of types, enumerations, bounds, structure, and combination; local references. */
export type JsonSchema = boolean | { readonly [keyword: string]: StixValue }

/** Schemas by the name of their file, without `.json`. */
export type SchemaSet = ReadonlyMap<string, JsonSchema | UnreadableSchema>

export interface SchemaProblem {
  readonly path: string
  readonly message: string
}

/** References that lead to each other would go on for ever. */
const MAX_DEPTH = 64
const MAX_PROBLEMS = 50

interface Judging {
  readonly root: JsonSchema
  readonly schemas: SchemaSet
  readonly depth: number
}

/**
 * Whether a value fulfils a schema.
 * @param schemas others that it may refer to, by file name without `.json`; those of STIX itself are taken as fulfilled, as the object is judged by
 * the specification anyway
 * @error throws when a reference leads nowhere or a pattern cannot be read
 */
export function schemaProblems(
  value: StixValue,
  root: JsonSchema | UnreadableSchema,
  schemas: SchemaSet,
): SchemaProblem[] {
  if (root instanceof UnreadableSchema) throw new Error(root.reason)
  return judge(value, root, '', { root, schemas, depth: 0 }).slice(0, MAX_PROBLEMS)
}

function judge(value: StixValue, schema: JsonSchema, path: string, judging: Judging): SchemaProblem[] {
  if (typeof schema === 'boolean') return schema ? [] : [{ path, message: 'nothing is allowed here' }]
  if (judging.depth > MAX_DEPTH) throw new Error('its references go round')
  const next = { ...judging, depth: judging.depth + 1 }
  return [
    ...judgeReference(value, schema, path, next),
    ...judgeScalar(value, schema, path),
    ...judgeList(value, schema, path, next),
    ...(isObject(value) ? judgeObject(value, schema, path, next) : []),
    ...judgeCombined(value, schema, path, next),
  ]
}

const asSchema = (value: StixValue | undefined): JsonSchema =>
  typeof value === 'boolean' || isObject(value) ? value : true

function judgeReference(value: StixValue, schema: StixObject, path: string, judging: Judging): SchemaProblem[] {
  const { $ref: ref } = schema
  if (typeof ref !== 'string') return []
  const [file = '', pointer = ''] = ref.split('#')
  const name = file
    .split('/')
    .at(-1)!
    .replace(/\.json$/, '')
  if (file !== '' && !judging.schemas.has(name)) {
    if (/\/(?:common|sdos|sros|observables)\/[a-z-]+\.json$/.test(file)) return []
    throw new Error(`it refers to ${file.slice(0, 100)}, which is not there`)
  }
  const root = file === '' ? judging.root : judging.schemas.get(name)!
  if (root instanceof UnreadableSchema) throw new Error(root.reason)
  let target: StixValue | undefined = root as StixValue
  for (const step of pointer.split('/').slice(1)) target = isObject(target) ? target[step] : undefined
  if (target === undefined) throw new Error(`it refers to ${ref.slice(0, 100)}, which is not there`)
  return judge(value, asSchema(target), path, { ...judging, root })
}

const typeTests: Readonly<Record<string, (value: StixValue) => boolean>> = {
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  integer: (value) => Number.isInteger(value),
  boolean: (value) => typeof value === 'boolean',
  null: (value) => value === null,
  array: (value) => Array.isArray(value),
  object: isObject,
}

function judgeScalar(value: StixValue, schema: StixObject, path: string): SchemaProblem[] {
  const problems: SchemaProblem[] = []
  const wrong = (message: string): void => void problems.push({ path, message })
  const types = typeof schema.type === 'string' ? [schema.type] : Array.isArray(schema.type) ? schema.type : []
  if (types.length > 0 && !types.some((type) => typeTests[String(type)]?.(value)))
    wrong(`it must be of type ${types.join(' or ')}`)
  const same = (one: StixValue): boolean => canonicalJson(one) === canonicalJson(value)
  if (Array.isArray(schema.enum) && !schema.enum.some(same))
    wrong(`it must be one of ${schema.enum.map(String).slice(0, 8).join(', ')}`)
  if (schema.const !== undefined && !same(schema.const)) wrong(`it must be ${canonicalJson(schema.const).slice(0, 60)}`)
  if (typeof value === 'string') {
    if (typeof schema.pattern === 'string' && !matches(schema.pattern, value))
      wrong(`it must match ${schema.pattern.slice(0, 100)}`)
    if (typeof schema.minLength === 'number' && [...value].length < schema.minLength)
      wrong(`it must have ${schema.minLength} characters or more`)
    if (typeof schema.maxLength === 'number' && [...value].length > schema.maxLength)
      wrong(`it must have ${schema.maxLength} characters or fewer`)
  }
  if (typeof value === 'number') {
    if (typeof schema.minimum === 'number' && value < schema.minimum) wrong(`it must be ${schema.minimum} or more`)
    if (typeof schema.maximum === 'number' && value > schema.maximum) wrong(`it must be ${schema.maximum} or less`)
    if (typeof schema.exclusiveMinimum === 'number' && value <= schema.exclusiveMinimum)
      wrong(`it must be above ${schema.exclusiveMinimum}`)
    if (typeof schema.exclusiveMaximum === 'number' && value >= schema.exclusiveMaximum)
      wrong(`it must be below ${schema.exclusiveMaximum}`)
  }
  return problems
}

function judgeList(value: StixValue, schema: StixObject, path: string, judging: Judging): SchemaProblem[] {
  if (!Array.isArray(value)) return []
  const problems: SchemaProblem[] = []
  if (typeof schema.minItems === 'number' && value.length < schema.minItems)
    problems.push({ path, message: `it must have ${schema.minItems} elements or more` })
  if (typeof schema.maxItems === 'number' && value.length > schema.maxItems)
    problems.push({ path, message: `it must have ${schema.maxItems} elements or fewer` })
  if (schema.uniqueItems === true && new Set(value.map(canonicalJson)).size < value.length)
    problems.push({ path, message: 'its elements must differ' })
  if (schema.items !== undefined && !Array.isArray(schema.items))
    for (const [i, one] of value.entries())
      problems.push(...judge(one, asSchema(schema.items), `${path}[${i}]`, judging))
  if (
    schema.contains !== undefined &&
    !value.some((one) => judge(one, asSchema(schema.contains), path, judging).length === 0)
  )
    problems.push({ path, message: 'no element is as one of them must be' })
  return problems
}

function judgeObject(value: StixObject, schema: StixObject, path: string, judging: Judging): SchemaProblem[] {
  const problems: SchemaProblem[] = []
  const names = Object.keys(value)
  for (const name of Array.isArray(schema.required) ? schema.required : [])
    if (!Object.hasOwn(value, String(name))) problems.push({ path, message: `it must have ${String(name)}` })
  if (typeof schema.minProperties === 'number' && names.length < schema.minProperties)
    problems.push({ path, message: `it must have ${schema.minProperties} properties or more` })
  if (typeof schema.maxProperties === 'number' && names.length > schema.maxProperties)
    problems.push({ path, message: `it must have ${schema.maxProperties} properties or fewer` })
  const properties = isObject(schema.properties) ? schema.properties : {}
  const patterns = Object.entries(isObject(schema.patternProperties) ? schema.patternProperties : {})
  for (const name of names) {
    const at = join(path, name)
    const used = [
      ...(Object.hasOwn(properties, name) ? [properties[name]] : []),
      ...patterns.filter(([pattern]) => matches(pattern, name)).map(([, one]) => one),
    ]
    if (schema.propertyNames !== undefined) problems.push(...judge(name, asSchema(schema.propertyNames), at, judging))
    if (used.length === 0 && schema.additionalProperties !== undefined) used.push(schema.additionalProperties)
    for (const one of used) problems.push(...judge(value[name]!, asSchema(one), at, judging))
  }
  return problems
}

function judgeCombined(value: StixValue, schema: StixObject, path: string, judging: Judging): SchemaProblem[] {
  const list = (name: string): readonly StixValue[] => (Array.isArray(schema[name]) ? schema[name] : [])
  const of = (one: StixValue | undefined): SchemaProblem[] => judge(value, asSchema(one), path, judging)
  const problems = list('allOf').flatMap(of)
  const fulfilled = (name: string): number => list(name).filter((one) => of(one).length === 0).length
  if (list('anyOf').length > 0 && fulfilled('anyOf') === 0)
    problems.push({ path, message: 'it fulfils none of the alternatives' })
  if (list('oneOf').length > 0 && fulfilled('oneOf') !== 1)
    problems.push({
      path,
      message: `it must fulfil exactly one of the alternatives, and fulfils ${fulfilled('oneOf')}`,
    })
  if (schema.not !== undefined && of(schema.not).length === 0)
    problems.push({ path, message: 'it is what it must not be' })
  if (schema.if !== undefined) problems.push(...of(of(schema.if).length === 0 ? schema.then : schema.else))
  return problems
}

/** A pattern of a schema is a search, in time that grows with the text alone. */
function matches(pattern: string, text: string): boolean {
  let compiled = patterns.get(pattern)
  if (compiled === undefined) {
    if (patterns.size >= MAX_PATTERNS) patterns.clear()
    compiled = RE2JS.compile(pattern)
    patterns.set(pattern, compiled)
  }
  return compiled.matcher(text).find()
}

const patterns = new Map<string, RE2JS>()
const MAX_PATTERNS = 1000

/** A schema that was asked for and could not be read: what it is for cannot be judged. */
export class UnreadableSchema {
  readonly reason: string

  constructor(reason: string) {
    this.reason = reason
  }
}
