import type { Permission } from '@watchfloor/contracts/kernel'
import type { z } from 'zod'
import type { Route } from './route.ts'

/** A list of routes that must not be served; says everything that is wrong with it. */
export class RouteTableInvalid extends Error {
  readonly problems: readonly string[]
  constructor(problems: readonly string[]) {
    super(`the routes cannot be served:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`)
    this.name = 'RouteTableInvalid'
    this.problems = problems
  }
}

const placeholder = /\{([^{}]*)\}/g

/** The names of a path's parameters, in order. */
export const pathParameters = (path: string): string[] => [...path.matchAll(placeholder)].map((match) => match[1] ?? '')

/** The keys of an object schema; undefined when the schema is of another kind. */
export function objectShape(schema: z.ZodType | undefined): Readonly<Record<string, z.ZodType>> | undefined {
  if (!schema || !('shape' in schema)) return undefined
  return schema.shape as Record<string, z.ZodType>
}

function pathProblems(route: Route): string[] {
  const { path } = route
  const problems: string[] = []
  if (!path.startsWith('/')) problems.push('its path does not begin with /')
  if (/[*?#\s]/.test(path.replace(placeholder, ''))) problems.push('its path holds one of * ? # or white space')
  const names = pathParameters(path)
  for (const name of names) if (!/^[A-Za-z]\w*$/.test(name)) problems.push(`{${name}} is no name for a path parameter`)
  if (new Set(names).size !== names.length) problems.push('its path names a parameter twice')
  const params = route.kind === 'live' ? undefined : (route.params as z.ZodType | undefined)
  if (names.length > 0 && !params) problems.push(`its path has {${names[0]}}, but the route has no params schema`)
  const shape = objectShape(params)
  if (!shape) return problems
  for (const name of names) if (!(name in shape)) problems.push(`{${name}} is missing in its params schema`)
  for (const name of Object.keys(shape))
    if (!names.includes(name)) problems.push(`its params schema has ${name}, its path does not`)
  return problems
}

function permissionProblem(route: Route, known: ReadonlySet<string>): string | undefined {
  const permission = route.permission as string | undefined
  if (!permission) return 'it names no permission (a permission, "self" or "public")'
  if (permission === 'public' || permission === 'self' || known.has(permission)) return undefined
  return `no module declares its permission ${permission}`
}

/**
 * Checks a whole list of routes.
 * @throws RouteTableInvalid naming every route with a missing or unknown permission, an operationId or path that is
 * taken, or a path that does not fit its schema
 */
export function checkRoutes(routes: readonly Route[], permissions: Iterable<{ readonly name: Permission }>): void {
  const known = new Set<string>([...permissions].map(({ name }) => name))
  const problems: string[] = []
  const pathByOperation = new Map<string, string>()
  const operationByPath = new Map<string, string>()
  for (const route of routes) {
    const where = `${route.method} ${route.path} (${route.operationId || 'without operationId'})`
    const complain = (problem: string) => void problems.push(`${where}: ${problem}`)
    const permission = permissionProblem(route, known)
    if (permission) complain(permission)
    if (!/^[a-z][A-Za-z0-9]*$/.test(route.operationId ?? '')) complain('its operationId is not camelCase')
    const takenBy = pathByOperation.get(route.operationId)
    if (takenBy) complain(`its operationId is that of ${takenBy}`)
    else pathByOperation.set(route.operationId, `${route.method} ${route.path}`)
    const key = `${route.method} ${route.path.replace(placeholder, '{}')}`
    const operation = operationByPath.get(key)
    if (operation) complain(`its path is that of ${operation}`)
    else operationByPath.set(key, route.operationId)
    for (const problem of pathProblems(route)) complain(problem)
  }
  if (problems.length > 0) throw new RouteTableInvalid(problems)
}

/** The path in the router's own notation: `{id}` becomes `:id`, a literal colon is escaped. */
export const routerPath = (path: string): string => path.replaceAll(':', '::').replace(placeholder, ':$1')
