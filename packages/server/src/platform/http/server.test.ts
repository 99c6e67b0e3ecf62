import { type Problem, Refusal } from '@watchfloor/contracts/kernel'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { jsonRoute } from './route.ts'
import { countingCache, echoRoute, testServer } from './testing.ts'

const writer = { authorization: 'Bearer echo:write', 'content-type': 'application/json' }
const echo = (payload: string | Buffer, headers: Record<string, string> = writer, url = '/api/v1/echo/a') => ({
  method: 'POST' as const,
  url,
  payload,
  headers,
})

const getRoute = (overrides: Partial<Parameters<typeof jsonRoute>[0]> = {}) =>
  jsonRoute({
    method: 'GET',
    path: '/api/v1/thing',
    operationId: 'getThing',
    summary: 'A thing',
    permission: 'public',
    output: z.object({ ok: z.boolean() }),
    handle: async () => ({ ok: true }),
    ...overrides,
  })

describe('a JSON route', () => {
  it('answers what its handler returns', async () => {
    const { server } = testServer([echoRoute])
    const answer = await server.inject(echo('{"title":"x"}', writer, '/api/v1/echo/a?tag=one'))
    expect(answer.statusCode).toBe(200)
    expect(answer.json()).toEqual({ id: 'a', title: 'x', tag: ['one'] })
    expect(answer.headers['x-request-id']).toMatch(/^[\w-]{36}$/)
  })

  it('names everything that is wrong with params, query and body at once', async () => {
    const { server } = testServer([echoRoute])
    const answer = await server.inject(echo('{"count":1.5}', writer, '/api/v1/echo/abcdefghijklm?limit=x'))
    const problem = answer.json<Problem>()
    expect([answer.statusCode, problem.code]).toEqual([400, 'VALIDATION_FAILED'])
    expect(problem.issues?.map(({ at }) => at).sort()).toEqual(['body.count', 'body.title', 'params.id', 'query.limit'])
    expect(problem.requestId).toBe(answer.headers['x-request-id'])
  })

  it('checks the permission before it looks at the input', async () => {
    const { server } = testServer([echoRoute])
    const nobody = await server.inject(echo('not json', { 'content-type': 'application/json' }))
    expect([nobody.statusCode, nobody.json<Problem>().code]).toEqual([401, 'UNAUTHENTICATED'])
    expect(nobody.headers['www-authenticate']).toContain('Bearer')
    const other = await server.inject(echo('not json', { ...writer, authorization: 'Bearer echo:read' }))
    expect([other.statusCode, other.json<Problem>().code]).toEqual([403, 'FORBIDDEN'])
    expect(other.json<Problem>().details).toEqual({ permission: 'echo:write' })
  })

  it.each([
    ['{"title": x}', 'line 1, column 11'],
    ['{"title":\n "a",}', 'line 2, column 6'],
    ['{"title":"a"', 'ends too early'],
    ['{"title":"a"} 1', 'line 1, column 15'],
    ['{"__proto__":{"admin":true},"title":"a"}', '__proto__'],
    ['{"\\u005f_proto__":{"admin":true},"title":"a"}', '__proto__'],
    ['{"a":[{"constructor":{"prototype":{}}}],"title":"a"}', 'constructor.prototype'],
    ['['.repeat(200) + ']'.repeat(200), 'nests deeper'],
  ])('refuses %s and says where', async (payload, message) => {
    const { server } = testServer([echoRoute])
    const answer = await server.inject(echo(payload))
    expect([answer.statusCode, answer.json<Problem>().code]).toEqual([400, 'BAD_REQUEST'])
    expect(answer.json<Problem>().message).toContain(message)
  })

  it('refuses the character U+0000 in body, path and query, and says where', async () => {
    const anything = getRoute({
      method: 'POST',
      path: '/api/v1/things/{name}',
      params: z.object({ name: z.string() }),
      query: z.object({ q: z.string().optional() }),
      body: z.object({ notes: z.array(z.record(z.string(), z.string())) }),
    })
    const { server } = testServer([anything])
    const send = async (url: string, body: unknown) => {
      const answer = await server.inject({ method: 'POST', url, headers: writer, payload: JSON.stringify(body) })
      return [answer.statusCode, answer.json<Problem>().issues?.map(({ at }) => at)]
    }
    const fine = { notes: [{ a: 'b' }] }
    expect(await send('/api/v1/things/a', { notes: [{ a: 'b' }, { a: 'x\0y' }] })).toEqual([400, ['body.notes[1].a']])
    expect(await send('/api/v1/things/a', { notes: [{ 'k\0': 'b' }] })).toEqual([400, ['body.notes[0]["k\\u0000"]']])
    expect(await send('/api/v1/things/a%00b', fine)).toEqual([400, ['params.name']])
    expect(await send('/api/v1/things/a?q=%00', fine)).toEqual([400, ['query.q']])
    expect((await send('/api/v1/things/a?q=b', fine))[0]).toBe(200)
  })

  it('refuses invalid UTF-8, another media type and a body that is too large', async () => {
    const { server } = testServer([echoRoute], { bodyLimitBytes: 100 })
    const code = async (request: ReturnType<typeof echo>) => (await server.inject(request)).json<Problem>().code
    expect(await code(echo(Buffer.from([0x22, 0xff, 0x22])))).toBe('BAD_REQUEST')
    expect(await code(echo('title=a', { ...writer, 'content-type': 'text/plain' }))).toBe('UNSUPPORTED_MEDIA_TYPE')
    expect(await code(echo(JSON.stringify({ title: 'a'.repeat(200) })))).toBe('BODY_TOO_LARGE')
  })

  it('answers a bug as INTERNAL without its words, and logs it with its stack', async () => {
    const broken = getRoute({ handle: () => Promise.reject(new Error('the password is hunter2')) })
    const { server, log } = testServer([broken])
    const answer = await server.inject('/api/v1/thing')
    expect([answer.statusCode, answer.json<Problem>().code]).toEqual([500, 'INTERNAL'])
    expect(answer.body).not.toContain('hunter2')
    const line = log.lines.find(({ level }) => level === 'error')
    expect(line?.fields).toMatchObject({ operation: 'getThing', error: { message: 'the password is hunter2' } })
    expect(line?.fields.requestId).toBe(answer.json<Problem>().requestId)
  })

  it('answers a refusal with its own status, remedy and Retry-After', async () => {
    const busy = getRoute({
      handle: () => Promise.reject(new Refusal('BACK_PRESSURE', 'full', { remedy: 'wait', retryAfterSeconds: 2.2 })),
    })
    const { server, log } = testServer([busy])
    const answer = await server.inject('/api/v1/thing')
    expect(answer.statusCode).toBe(429)
    expect(answer.headers['retry-after']).toBe('3')
    expect(answer.json()).toMatchObject({ code: 'BACK_PRESSURE', message: 'full', remedy: 'wait' })
    expect(log.lines.filter(({ level }) => level === 'error')).toEqual([])
  })

  it.each([
    ['a value of the wrong type', { ok: 'yes' }, 'output.ok'],
    ['a field its schema does not name', { ok: true, passwordHash: 'x' }, 'output.passwordHash'],
  ])('in tests refuses to answer %s', async (_name, output, place) => {
    const { server, log } = testServer([getRoute({ handle: async () => output as never })])
    expect((await server.inject('/api/v1/thing')).statusCode).toBe(500)
    expect(JSON.stringify(log.lines)).toContain(place)
  })

  it('takes over a sane request id and replaces any other', async () => {
    const { server } = testServer([getRoute()])
    const idFor = async (id: string) =>
      (await server.inject({ url: '/api/v1/thing', headers: { 'x-request-id': id } })).headers['x-request-id']
    expect(await idFor('trace-1:2.3')).toBe('trace-1:2.3')
    expect(await idFor('a b"c')).toMatch(/^[\w-]{36}$/)
  })

  it('answers unknown routes and undecodable paths as problems', async () => {
    const { server } = testServer([echoRoute])
    expect((await server.inject('/api/v1/nothing')).json<Problem>().code).toBe('NOT_FOUND')
    expect((await server.inject({ ...echo('{}'), url: '/api/v1/echo/%E0%A4%A' })).json<Problem>().code).toBe(
      'BAD_REQUEST',
    )
  })

  it('tells a handler when the caller has gone', async () => {
    let aborted: () => void = () => {}
    const seen = new Promise<void>((resolve) => {
      aborted = resolve
    })
    const slow = getRoute({
      handle: (_input, { signal }) =>
        new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => {
            aborted()
            reject(new Refusal('GONE', 'nobody is there'))
          }),
        ),
    })
    const { server } = testServer([slow])
    const { url } = await server.listen({ host: '127.0.0.1', port: 0 })
    await expect(fetch(`${url}/api/v1/thing`, { signal: AbortSignal.timeout(100) })).rejects.toThrow()
    await seen
    await server.close()
  })
})

it('answers any input with a success or a refusal, never with a fault (property)', async () => {
  const { server, log } = testServer([echoRoute, getRoute()], { defaultRateLimitPerMinute: 1e9 })
  const headerText = fc.string({ unit: fc.constantFrom(...'abc/=;,"{}* \\%0123') })
  const request = fc.record({
    method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS'),
    path: fc.constantFrom('/api/v1/echo/', '/api/v1/thing', '/', '/api/'),
    tail: fc.string({ unit: fc.constantFrom(...'aé%2eZ/?&=[]#._-;:__proto__') }),
    payload: fc.oneof(fc.string(), fc.json(), fc.constant('{"title":"t"}')),
    contentType: fc.oneof(fc.constant('application/json'), headerText),
    authorization: fc.oneof(fc.constant('Bearer echo:write'), headerText),
    cookie: headerText,
  })
  await fc.assert(
    fc.asyncProperty(request, async ({ method, path, tail, payload, contentType, authorization, cookie }) => {
      const url = path + encodeURI(tail).replaceAll('%25', '%')
      const headers = { 'content-type': contentType, authorization, cookie }
      const answer = await server.inject({ method: method as 'GET', url, payload, headers })
      expect(answer.statusCode).toBeLessThan(500)
    }),
    { numRuns: 500 },
  )
  expect(log.lines.filter(({ level }) => level === 'error')).toEqual([])
})

describe('a change by session cookie', () => {
  const cookie = { cookie: 'session=echo:write', 'content-type': 'application/json', host: 'floor.example.org' }
  it.each([
    ['no word on where it comes from', {}, 403],
    ['another origin', { origin: 'https://evil.example.com' }, 403],
    ['an opaque origin', { origin: 'null' }, 403],
    ['a browser saying cross-site', { 'sec-fetch-site': 'cross-site', origin: 'http://floor.example.org' }, 403],
    ['its own origin', { origin: 'http://floor.example.org' }, 200],
    ['the public origin', { origin: 'https://public.example.org' }, 200],
    ['a browser saying same-origin', { 'sec-fetch-site': 'same-origin' }, 200],
    ['the custom header', { 'x-watchfloor-csrf': '1' }, 200],
  ])('with %s answers %j → %d', async (_name, headers, status) => {
    const { server } = testServer([echoRoute], { publicUrl: 'https://public.example.org' })
    const answer = await server.inject(echo('{"title":"x"}', { ...cookie, ...headers }))
    expect(answer.statusCode).toBe(status)
    if (status === 403) expect(answer.json<Problem>().code).toBe('CSRF_REJECTED')
  })
})

describe('rate limits', () => {
  it('count per caller and route and say when to come back', async () => {
    const limited = getRoute({ rateLimitPerMinute: 2 })
    const { server } = testServer([limited, getRoute({ path: '/api/v1/other', operationId: 'getOther' })])
    const from = (remoteAddress: string, url = '/api/v1/thing') => server.inject({ url, remoteAddress })
    expect((await from('192.0.2.1')).statusCode).toBe(200)
    expect((await from('::ffff:192.0.2.1')).statusCode).toBe(200)
    const refused = await from('192.0.2.1')
    expect([refused.statusCode, refused.json<Problem>().code]).toEqual([429, 'RATE_LIMITED'])
    expect(refused.headers['retry-after']).toBe('2')
    expect((await from('192.0.2.2')).statusCode).toBe(200)
    expect((await from('192.0.2.1', '/api/v1/other')).statusCode).toBe(200)
  })

  it('are off, with a warning, while the cache is lost', async () => {
    const lost = { ...countingCache(), take: () => Promise.reject(new Error('connection refused')) }
    const { server, log } = testServer([getRoute({ rateLimitPerMinute: 1 })], {}, lost)
    expect((await server.inject('/api/v1/thing')).statusCode).toBe(200)
    expect(log.lines.some(({ level, message }) => level === 'warn' && message.includes('rate limits'))).toBe(true)
  })
})

describe('headers', () => {
  it('forbid framing and foreign scripts, and promise TLS only where it is spoken', async () => {
    const plain = await testServer([getRoute()]).server.inject('/api/v1/thing')
    const policy = String(plain.headers['content-security-policy'])
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).toContain("script-src 'self';")
    expect(policy).not.toContain('upgrade-insecure-requests')
    expect(plain.headers['strict-transport-security']).toBeUndefined()
    expect(plain.headers['x-content-type-options']).toBe('nosniff')
    expect(plain.headers['cache-control']).toBe('no-store')
    const behindTls = testServer([getRoute()], { publicUrl: 'https://floor.example.org' })
    const answer = await behindTls.server.inject('/api/v1/thing')
    expect(answer.headers['strict-transport-security']).toContain('max-age=31536000')
  })

  it('believe x-forwarded-for from proxies alone', async () => {
    const whoami = getRoute({
      output: z.object({ ip: z.string() }),
      handle: async (_input: unknown, { ip }: { ip: string }) => ({ ip }),
    } as never)
    const ipWith = async (trustProxy: boolean | string) => {
      const headers = { 'x-forwarded-for': '198.51.100.7' }
      return (await testServer([whoami], { trustProxy }).server.inject({ url: '/api/v1/thing', headers })).json().ip
    }
    expect(await ipWith(false)).toBe('127.0.0.1')
    expect(await ipWith(true)).toBe('198.51.100.7')
    expect(await ipWith('192.0.2.0/24')).toBe('127.0.0.1')
  })

  it('compress answers that are worth it', async () => {
    const long = getRoute({
      output: z.object({ text: z.string() }),
      handle: async () => ({ text: 'a'.repeat(5000) }),
    } as never)
    const headers = { 'accept-encoding': 'gzip' }
    const answer = await testServer([long]).server.inject({ url: '/api/v1/thing', headers })
    expect(answer.headers['content-encoding']).toBe('gzip')
    expect(answer.rawPayload.byteLength).toBeLessThan(500)
  })

  it('carry the cookies a route sets, Secure under TLS', async () => {
    const signIn = getRoute({
      output: z.object({ ok: z.boolean() }),
      handle: async (_input, { answer }) => {
        answer.setCookie('session', 'abc', { maxAgeSeconds: 60 })
        return { ok: true } as never
      },
    })
    const { server } = testServer([signIn], { publicUrl: 'https://floor.example.org' })
    expect((await server.inject('/api/v1/thing')).headers['set-cookie']).toBe(
      'session=abc; Max-Age=60; Path=/; HttpOnly; Secure; SameSite=Strict',
    )
  })
})
