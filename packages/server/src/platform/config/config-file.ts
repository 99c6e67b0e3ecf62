import { existsSync, readFileSync, statSync } from 'node:fs'
import { LineCounter, parseDocument } from 'yaml'
import type { z } from 'zod'
import { closestName } from './closest-name.ts'
import { type Slices, shapeOf } from './config-fields.ts'

export interface ConfigIssue {
  /** A variable, or a file and the place in it. */
  readonly where: string
  readonly message: string
}

type Tree = Readonly<Record<string, unknown>>

const maxFileBytes = 1024 * 1024

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value)

/** The configuration file as it stands. Required when somebody named it; else it may be absent. */
export function readConfigFile(path: string, options: { required: boolean }, issues: ConfigIssue[]): Tree {
  const complain = (message: string, at = path): Tree => {
    issues.push({ where: at, message })
    return {}
  }
  if (!existsSync(path)) return options.required ? complain('there is no such file') : {}
  if (!statSync(path).isFile()) return complain('this is no file')
  if (statSync(path).size > maxFileBytes) return complain(`larger than ${maxFileBytes} bytes`)
  const lineCounter = new LineCounter()
  const document = parseDocument(readFileSync(path, 'utf8'), { lineCounter, prettyErrors: false })
  if (document.errors.length > 0) {
    for (const { message, pos } of document.errors) {
      const { line, col } = lineCounter.linePos(pos[0])
      complain(message, `${path}:${line}:${col}`)
    }
    return {}
  }
  let content: unknown
  try {
    content = document.toJS({ maxAliasCount: 50 })
  } catch (error) {
    return complain((error as Error).message)
  }
  if (content === null || content === undefined) return {}
  return isTree(content) ? content : complain('expected settings by module, e.g. server: { port: 8700 }')
}

function unknownWithin(
  tree: Tree,
  shape: Readonly<Record<string, z.ZodType>>,
  at: readonly string[],
  path: string,
  issues: ConfigIssue[],
): void {
  for (const [key, value] of Object.entries(tree)) {
    const schema = Object.hasOwn(shape, key) ? shape[key] : undefined
    const where = `${path}: ${[...at, key].join('.')}`
    if (!schema) {
      const near = closestName(key, Object.keys(shape))
      issues.push({ where, message: near ? `not known; did you mean ${near}?` : 'not known' })
      continue
    }
    const inner = shapeOf(schema)
    if (inner && isTree(value)) unknownWithin(value, inner, [...at, key], path, issues)
    // `server:` with nothing under it says nothing.
    else if (inner && value !== null) issues.push({ where, message: 'expected settings with names' })
  }
}

/** Complains of every key that no slice knows. */
export function refuseUnknownKeys(tree: Tree, slices: Slices, path: string, issues: ConfigIssue[]): void {
  unknownWithin(tree, slices, [], path, issues)
}

/** The value at a place of the file; undefined when it is not there. */
export function valueAt(tree: unknown, path: readonly string[]): unknown {
  let current = tree
  for (const key of path) {
    if (!isTree(current) || !Object.hasOwn(current, key)) return undefined
    current = current[key]
  }
  return current === null ? undefined : current
}
