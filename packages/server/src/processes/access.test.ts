import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { accessMatrix, isAsExpected, pathForAccess, seedPeople, type TestPeople } from '../modules/identity/testing.ts'
import { memoryLog } from '../platform/log/memory-log.ts'
import { collectRoutes } from './routes.ts'
import { type RunningServer, readConfig, serve } from './serve.ts'

const { routes, permissions } = collectRoutes()

describe('every route of the program as every role and as nobody', () => {
  let dataDir: string
  let server: RunningServer
  let people: TestPeople

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'watchfloor-access-'))
    server = await serve(readConfig({ WATCHFLOOR_DATA_DIR: dataDir, WATCHFLOOR_PORT: '0' }), {
      log: memoryLog(),
      checkOutputs: true,
    })
    people = await seedPeople(server.open.platform, permissions)
  }, 60_000)

  afterAll(async () => {
    await server?.stop()
    await rm(dataDir, { recursive: true, force: true })
  })

  it('serves the routes that the document lists, each with a permission that a module declares', () => {
    const declared = new Set(permissions.map((one) => one.name))
    expect(routes.length).toBeGreaterThan(70)
    for (const { operationId, permission } of routes)
      expect(permission === 'public' || permission === 'self' || declared.has(permission), operationId).toBe(true)
  })

  it('ends a live stream when its session has ended', async () => {
    const headers = await people.browserHeaders('analyst')
    const stream = await fetch(`${server.url}/api/v1/live`, { headers })
    expect(stream.status).toBe(200)
    const whole = stream.text()
    expect((await fetch(`${server.url}/api/v1/session`, { method: 'DELETE', headers })).status).toBe(204)
    await whole
  }, 15_000)

  it('answers as the permission table says', async () => {
    for (const { route, caller, expected } of accessMatrix(routes, permissions)) {
      const headers = caller === 'nobody' ? {} : await people.browserHeaders(caller)
      const stop = new AbortController()
      const answer = await fetch(`${server.url}${pathForAccess(route)}`, {
        method: route.method,
        headers: { ...headers, ...(hasBody(route.method) ? { 'content-type': 'application/json' } : {}) },
        ...(hasBody(route.method) ? { body: '{}' } : {}),
        signal: stop.signal,
      })
      const problem = answer.ok
        ? undefined
        : ((await answer.json().catch(() => undefined)) as { code?: string } | undefined)
      stop.abort()
      const said = `${route.operationId} as ${caller}: expected ${expected}, got ${answer.status} ${JSON.stringify(problem)}`
      expect(isAsExpected(expected, answer.status, problem?.code), said).toBe(true)
      expect(answer.status, said).not.toBe(500)
    }
  }, 120_000)
})

const hasBody = (method: string): boolean => method !== 'GET' && method !== 'DELETE'
