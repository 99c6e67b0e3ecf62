import { Refusal } from '@watchfloor/contracts/kernel'
import type { z } from 'zod'
import { objectShape } from './route-table.ts'

export interface Issue {
  readonly at: string
  readonly message: string
}

/** More would help nobody. */
const maxIssues = 100

type ZodIssue = z.core.$ZodIssue

const pathText = (root: string, path: readonly PropertyKey[]): string =>
  path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`
    const name = String(key)
    return /^[\w$-]+$/.test(name) ? `${text}.${name}` : `${text}[${JSON.stringify(name.slice(0, 100))}]`
  }, root)

/** Of a union's branches the one that got furthest: most likely the one that was meant. */
function likeliestBranch(branches: readonly (readonly ZodIssue[])[]): readonly ZodIssue[] | undefined {
  const depth = (issues: readonly ZodIssue[]) => Math.max(0, ...issues.map((issue) => issue.path.length))
  const ranked = [...branches].sort((a, b) => depth(b) - depth(a) || a.length - b.length)
  return ranked[0] && depth(ranked[0]) > 0 ? ranked[0] : undefined
}

function issuesOf(root: string, found: readonly ZodIssue[], prefix: readonly PropertyKey[] = []): Issue[] {
  return found.slice(0, maxIssues).flatMap((issue): Issue[] => {
    const path = [...prefix, ...issue.path]
    if (issue.code === 'unrecognized_keys')
      return issue.keys
        .slice(0, maxIssues)
        .map((key) => ({ at: pathText(root, [...path, key]), message: 'unknown key' }))
    if (issue.code === 'invalid_union') {
      const branch = likeliestBranch(issue.errors)
      if (branch) return issuesOf(root, branch, path)
    }
    return [{ at: pathText(root, path), message: issue.message }]
  })
}

/** One part of the input and its schema. */
export interface InputPart {
  readonly name: 'params' | 'query' | 'body'
  readonly schema: z.ZodType | undefined
  readonly value: unknown
}

/**
 * Parses all parts of a call.
 * @throws Refusal VALIDATION_FAILED with every issue of every part at once
 */
export function parseInput(parts: readonly InputPart[]): Record<'params' | 'query' | 'body', unknown> {
  const parsed: Record<InputPart['name'], unknown> = { params: undefined, query: undefined, body: undefined }
  const issues: Issue[] = []
  for (const { name, schema, value } of parts) {
    if (!schema) continue
    const hole = pathOfNul(value)
    if (hole) {
      issues.push({ at: pathText(name, hole), message: 'holds the character U+0000, which cannot be kept' })
      continue
    }
    const result = schema.safeParse(value)
    if (result.success) parsed[name] = result.data
    else issues.push(...issuesOf(name, result.error.issues))
  }
  if (issues.length === 0) return parsed
  const [first] = issues
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : ''
  throw new Refusal('VALIDATION_FAILED', `the input is not valid: ${first?.at}: ${first?.message}${more}`, {
    issues: issues.slice(0, maxIssues),
  })
}

/** Where the first text with U+0000 stands; no database column takes one. Input that deep was refused before. */
function pathOfNul(value: unknown): PropertyKey[] | undefined {
  if (typeof value === 'string') return value.includes('\0') ? [] : undefined
  if (typeof value !== 'object' || value === null) return undefined
  for (const [key, inner] of Object.entries(value)) {
    if (key.includes('\0')) return [key]
    const path = pathOfNul(inner)
    if (path) return [Array.isArray(value) ? Number(key) : key, ...path]
  }
  return undefined
}

/** What a schema is under `.optional()`, `.default()` and their like. */
function innermost(schema: z.ZodType): z.ZodType {
  let current = schema
  for (let depth = 0; depth < 20; depth++) {
    const { innerType } = current.def as { innerType?: z.ZodType }
    if (!innerType) return current
    current = innerType
  }
  return current
}

/** The names of a query schema's fields that are lists: `?status=open` alone must be a list of one. */
export function listFields(schema: z.ZodType | undefined): readonly string[] {
  return Object.entries(objectShape(schema) ?? {})
    .filter(([, field]) => innermost(field).def.type === 'array')
    .map(([name]) => name)
}

/** The query as the router read it, made fit for its schema. */
export function queryValue(raw: unknown, lists: readonly string[]): Record<string, unknown> {
  const query: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(raw as Record<string, unknown>)) {
    if (name === '__proto__') throw new Refusal('BAD_REQUEST', 'the query has a key __proto__, which is not allowed')
    query[name] = value
  }
  for (const name of lists) if (typeof query[name] === 'string') query[name] = [query[name]]
  return query
}

function firstExtraKey(sent: unknown, known: unknown, at: string): string | undefined {
  if (typeof sent !== 'object' || sent === null || typeof known !== 'object' || known === null) return undefined
  for (const [key, value] of Object.entries(sent)) {
    const where = Array.isArray(sent) ? `${at}[${key}]` : `${at}.${key}`
    if (!Object.hasOwn(known, key)) return where
    const inner = firstExtraKey(value, (known as Record<string, unknown>)[key], where)
    if (inner) return inner
  }
  return undefined
}

/**
 * Holds an answer, as it goes over the wire, against its schema; for tests and development. A field the schema does not
 * name would reach callers in production, so it is a fault too.
 * @throws Error naming the operation and the place
 */
export function checkOutput(operationId: string, schema: z.ZodType, wireText: string): void {
  const wire: unknown = JSON.parse(wireText)
  const result = schema.safeParse(wire)
  if (!result.success) {
    const issues = issuesOf('output', result.error.issues).map(({ at, message }) => `${at}: ${message}`)
    throw new Error(`the answer of ${operationId} does not fit its schema: ${issues.slice(0, 10).join('; ')}`)
  }
  const extra = firstExtraKey(wire, result.data, 'output')
  if (extra) throw new Error(`the answer of ${operationId} holds ${extra}, which its schema does not name`)
}
