import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { jsonRoute, type Route } from './route.ts'
import { checkRoutes, RouteTableInvalid, routerPath } from './route-table.ts'

const route = (changes: Partial<Route>): Route => ({
  ...jsonRoute({
    method: 'GET',
    path: '/api/v1/things',
    operationId: 'listThings',
    summary: 'Things',
    permission: 'things:read',
    handle: async () => {},
  }),
  ...(changes as object),
})
const known = [{ name: 'things:read' }] as const

describe('a list of routes', () => {
  it.each<[string, Partial<Route>[], RegExp]>([
    ['a route without a permission', [{ permission: undefined as never }], /listThings.*no permission/],
    ['a permission nobody declares', [{ permission: 'thing:read' }], /declares its permission thing:read/],
    ['an operationId twice', [{}, { path: '/api/v1/other' }], /operationId is that of GET \/api\/v1\/things/],
    [
      'a path twice, whatever its parameters are called',
      [
        { path: '/t/{a}', params: z.object({ a: z.string() }) },
        { path: '/t/{b}', params: z.object({ b: z.string() }), operationId: 'other' },
      ],
      /path is that of listThings/,
    ],
    ['a parameter without a schema', [{ path: '/t/{id}' }], /no params schema/],
    [
      'a parameter its schema lacks',
      [{ path: '/t/{id}', params: z.object({ other: z.string() }) }],
      /\{id\} is missing/,
    ],
    ['a wildcard', [{ path: '/t/*' }], /holds one of/],
  ])('with %s is refused, naming it', (_name, changes, message) => {
    expect(() => checkRoutes(changes.map(route), known)).toThrow(RouteTableInvalid)
    expect(() => checkRoutes(changes.map(route), known)).toThrow(message)
  })

  it('is refused with all its problems at once', () => {
    try {
      checkRoutes([route({ permission: 'a:b' }), route({ permission: 'c:d' })], known)
      expect.unreachable()
    } catch (error) {
      expect((error as RouteTableInvalid).problems).toHaveLength(4)
    }
  })

  it('is served when nothing is wrong', () => {
    expect(() => checkRoutes([route({}), route({ method: 'POST', operationId: 'addThing' })], known)).not.toThrow()
  })
})

it('writes paths as the router reads them', () => {
  expect(routerPath('/api/v1/rules/{ruleId}:validate')).toBe('/api/v1/rules/:ruleId::validate')
})
