import { describe, expect, it } from 'vitest'
import type { HealthPart } from '../module/module.ts'
import { type SystemRouteParts, systemRoutes } from './system-routes.ts'
import { testServer } from './testing.ts'

const info = { title: 'Watchfloor', version: '1', sessionCookie: 's', apiKeyHeader: 'x-api-key' }

function served(overrides: Partial<SystemRouteParts>) {
  const { log, metrics } = testServer([])
  return testServer(systemRoutes({ health: async () => [], metrics, log, routes: () => [], info, ...overrides })).server
}

describe('health', () => {
  const up: HealthPart = { name: 'sql', state: 'up' }
  const degraded: HealthPart = { name: 'feeds', state: 'degraded', message: 'one feed is late' }
  const down: HealthPart = { name: 'events', state: 'down' }
  it.each([
    [[up], 200, 'up', []],
    [[up, degraded], 200, 'degraded', ['feeds']],
    [[up, degraded, down], 503, 'down', ['feeds', 'events']],
  ] as const)('of %j is %d %s', async (parts, status, state, names) => {
    const answer = await served({ health: async () => [...parts] }).inject('/health/ready')
    expect([answer.statusCode, answer.json().state, answer.json().degraded]).toEqual([status, state, names])
  })

  it('is down when asking fails or takes too long', async () => {
    const failing = await served({ health: () => Promise.reject(new Error('x')) }).inject('/health/ready')
    expect(failing.statusCode).toBe(503)
    const hanging = await served({ health: () => new Promise(() => {}), healthTimeoutMs: 50 }).inject('/health/ready')
    expect([hanging.statusCode, hanging.json().parts[0].message]).toEqual([503, 'no answer within 50 ms'])
  })

  it('is live while the process answers', async () => {
    expect((await served({ health: async () => [down] }).inject('/health/live')).json()).toEqual({ state: 'up' })
  })
})

describe('metrics', () => {
  const ask = (
    metricsFor: SystemRouteParts['metricsFor'],
    remoteAddress: string,
    headers: Record<string, string> = {},
  ) =>
    served({ metricsFor })
      .inject({ url: '/metrics', remoteAddress, headers })
      .then(({ statusCode }) => statusCode)
  const key = { authorization: 'Bearer system:metrics' }

  it.each([
    [undefined, '127.0.0.1', {}, 200],
    [undefined, '::ffff:127.0.0.1', {}, 200],
    [undefined, '127.0.0.1', { 'x-forwarded-for': '192.0.2.1' }, 401],
    [undefined, '192.0.2.1', {}, 401],
    [undefined, '192.0.2.1', key, 200],
    ['permission', '127.0.0.1', {}, 401],
    ['everybody', '192.0.2.1', {}, 200],
  ] as const)('for %s, from %s with %j → %d', async (metricsFor, ip, headers, status) => {
    expect(await ask(metricsFor, ip, { ...headers })).toBe(status)
  })
})
