import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import { type Problem, Refusal } from '@watchfloor/contracts/kernel'
import { afterEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { decodeBody } from './decode-body.ts'
import { jsonRoute, type LiveMessage, liveRoute, type Route, rawRoute } from './route.ts'
import type { HttpOptions, HttpServer } from './server.ts'
import { testServer } from './testing.ts'

const open: HttpServer[] = []

async function listening(routes: readonly Route[], options: HttpOptions = {}) {
  const { server, log } = testServer(routes, options)
  open.push(server)
  const { url, port } = await server.listen({ host: '127.0.0.1', port: 0 })
  return { url, port, server, log }
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close({ timeoutMs: 500 })))
})

const maxBytes = 1_000_000
const countRoute = rawRoute({
  method: 'POST',
  path: '/api/v1/bytes',
  operationId: 'countBytes',
  summary: 'Counts the bytes of a body',
  permission: 'public',
  async handle({ body }, { headers }) {
    let count = 0
    for await (const chunk of decodeBody(body, headers['content-encoding'], { maxBytes })) count += chunk.byteLength
    return { status: 202, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ count }) }
  },
})

const post = (url: string, body: BodyInit, headers: Record<string, string> = {}) =>
  fetch(`${url}/api/v1/bytes`, { method: 'POST', body, headers })

describe('a raw route', () => {
  it('reads its body as a stream, gzip or not', async () => {
    const { url } = await listening([countRoute])
    const plain = await post(url, 'a'.repeat(500_000))
    expect([plain.status, await plain.json()]).toEqual([202, { count: 500_000 }])
    const packed = await post(url, gzipSync('a'.repeat(500_000)), { 'content-encoding': 'gzip' })
    expect(await packed.json()).toEqual({ count: 500_000 })
  })

  it('cuts off a body that unpacks into too much, and the connection goes on', async () => {
    const { url } = await listening([countRoute])
    const bomb = gzipSync(Buffer.alloc(200_000_000))
    expect(bomb.byteLength).toBeLessThan(maxBytes)
    const answer = await post(url, bomb, { 'content-encoding': 'gzip' })
    expect([answer.status, ((await answer.json()) as Problem).code]).toEqual([413, 'BODY_TOO_LARGE'])
    expect((await post(url, 'abc')).status).toBe(202)
  })

  it('answers a body that is too large while it is still being sent', async () => {
    const { url } = await listening([countRoute])
    const answer = await post(url, 'a'.repeat(5_000_000))
    expect([answer.status, ((await answer.json()) as Problem).code]).toEqual([413, 'BODY_TOO_LARGE'])
  })

  it.each(['close', 'keep-alive'])(
    'lets a sender that goes on writing see the answer (connection: %s)',
    async (connection) => {
      const { port } = await listening([countRoute])
      const socket = connect(port, '127.0.0.1')
      let answer = ''
      let isOver = false
      socket.setEncoding('utf8').on('data', (part) => {
        answer += part
      })
      socket.on('error', () => {})
      socket.on('close', () => {
        isOver = true
      })
      const head = ['POST /api/v1/bytes HTTP/1.1', 'host: x', `connection: ${connection}`, 'content-length: 3000000']
      socket.write(`${head.join('\r\n')}\r\n\r\n${'a'.repeat(maxBytes + 1)}`)
      await expect.poll(() => answer, { timeout: 5000 }).toContain('BODY_TOO_LARGE')
      // The answer is whole, and yet the connection takes what is still to come.
      expect(answer).toMatch(/^HTTP\/1\.1 413 /)
      expect(() => JSON.parse(answer.slice(answer.indexOf('{')))).not.toThrow()
      for (let sent = 0; sent < 19; sent++) {
        socket.write('a'.repeat(100_000))
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
      expect(isOver).toBe(false)
      socket.destroy()
    },
  )

  it.each([
    ['rubbish', Buffer.from('not gzip at all'), 'gzip', 'BAD_REQUEST'],
    ['a cut stream', gzipSync('a'.repeat(9000)).subarray(0, 20), 'gzip', 'BAD_REQUEST'],
    ['rubbish as brotli', Buffer.from([0xff, 1, 2, 3]), 'br', 'BAD_REQUEST'],
    ['rubbish as zstd', Buffer.from('rubbish rubbish'), 'zstd', 'BAD_REQUEST'],
    ['an unknown encoding', Buffer.from('x'), 'lzma', 'UNSUPPORTED_MEDIA_TYPE'],
    ['a prototype name as encoding', Buffer.from('x'), 'constructor', 'UNSUPPORTED_MEDIA_TYPE'],
  ])('refuses %s', async (_name, body, encoding, code) => {
    const { url } = await listening([countRoute])
    const answer = await post(url, new Uint8Array(body), { 'content-encoding': encoding })
    expect(((await answer.json()) as Problem).code).toBe(code)
  })

  it('survives a caller that goes away in the middle, without an error in the log', async () => {
    const { url, port, log } = await listening([countRoute])
    const socket = connect(port, '127.0.0.1')
    socket.write('POST /api/v1/bytes HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\nabc')
    await new Promise((resolve) => setTimeout(resolve, 100))
    socket.destroy()
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect((await post(url, 'abc')).status).toBe(202)
    expect(log.lines.filter(({ level }) => level === 'error' || level === 'warn')).toEqual([])
  })

  it('answers with a stream', async () => {
    const lines = rawRoute({
      method: 'GET',
      path: '/api/v1/lines',
      operationId: 'getLines',
      summary: 'Lines',
      permission: 'public',
      handle: async () => ({
        status: 200,
        headers: { 'content-type': 'application/x-ndjson' },
        body: (async function* () {
          for (let n = 0; n < 3; n++) yield `${n}\n`
        })(),
      }),
    })
    const { url } = await listening([lines])
    expect(await (await fetch(`${url}/api/v1/lines`)).text()).toBe('0\n1\n2\n')
  })

  it.each([
    [0, 'a refusal before the first byte is answered as such', 410],
    [1, 'a fault after it breaks the answer off, with a line in the log', 'broken'],
  ] as const)('after %d chunks, %s', async (chunks, _name, outcome) => {
    const failing = rawRoute({
      method: 'GET',
      path: '/api/v1/failing',
      operationId: 'getFailing',
      summary: 'Fails',
      permission: 'public',
      handle: async () => ({
        status: 200,
        body: (async function* () {
          for (let n = 0; n < chunks; n++) {
            yield 'x'.repeat(100_000)
            await new Promise((resolve) => setTimeout(resolve, 50))
          }
          throw new Refusal('GONE', 'it is gone')
        })(),
      }),
    })
    const { url, log } = await listening([failing])
    const result = await fetch(`${url}/api/v1/failing`)
      .then(async (answer) => (await answer.text()) && answer.status)
      .catch(() => 'broken')
    expect(result).toBe(outcome)
    expect(log.lines.some(({ message }) => message.includes('broke off'))).toBe(outcome === 'broken')
  })

  it('takes the next request on a connection whose last body it refused half read', async () => {
    const { port } = await listening([countRoute])
    const socket = connect(port, '127.0.0.1')
    const head = (length: number) => `POST /api/v1/bytes HTTP/1.1\r\nhost: x\r\ncontent-length: ${length}\r\n`
    socket.write(`${head(3_000_000)}\r\n${'a'.repeat(3_000_000)}`)
    socket.write(`${head(3)}connection: close\r\n\r\nabc`)
    let text = ''
    for await (const chunk of socket) text += String(chunk)
    expect(text.match(/HTTP\/1.1 \d+/g)).toEqual(['HTTP/1.1 413', 'HTTP/1.1 202'])
  })

  it('answers what is no HTTP with a problem', async () => {
    const { port } = await listening([countRoute])
    const socket = connect(port, '127.0.0.1')
    socket.write('\x16\x03\x01 rubbish\r\n\r\n')
    let text = ''
    for await (const chunk of socket) text += String(chunk)
    expect(text).toContain('400 Bad Request')
    expect(text).toContain('"code":"BAD_REQUEST"')
  })
})

const live = (
  handle: (lastEventId: string | undefined, signal: AbortSignal) => AsyncIterable<LiveMessage>,
): readonly Route[] => [
  liveRoute({
    method: 'GET',
    path: '/api/v1/live',
    operationId: 'live',
    summary: 'What changes',
    permission: 'public',
    query: z.object({ tag: z.array(z.string()).optional() }),
    handle: ({ lastEventId }, { signal }) => handle(lastEventId, signal),
  }),
]

const untilAborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))

describe('a live route', () => {
  it('frames messages, resumes after Last-Event-ID and sends heartbeats', async () => {
    const routes = live(async function* (lastEventId, signal) {
      yield { id: '7', event: 'alert', data: { after: lastEventId, text: 'two\nlines' } }
      yield { event: 'odd\nname', data: undefined }
      await untilAborted(signal)
    })
    const { url } = await listening(routes, { heartbeatMs: 50 })
    const answer = await fetch(`${url}/api/v1/live?tag=a`, { headers: { 'last-event-id': '6' } })
    expect(answer.headers.get('content-type')).toContain('text/event-stream')
    expect(answer.headers.get('content-security-policy')).toContain('frame-ancestors')
    let text = ''
    for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk
      if (text.includes(': still here')) break
    }
    expect(text).toContain('id: 7\nevent: alert\ndata: {"after":"6","text":"two\\nlines"}\n\n')
    expect(text).toContain('event: odd name\ndata: null\n\n')
  })

  it('refuses before it streams', async () => {
    const { url } = await listening(live(async function* () {}))
    const answer = await fetch(`${url}/api/v1/live?tag=a`, { headers: { authorization: 'Bearer echo:read' } })
    expect(answer.status).toBe(200)
    const closed = live(async function* () {}).map((route) => ({ ...route, permission: 'self' as const }))
    const { url: closedUrl } = await listening(closed)
    const refused = await fetch(`${closedUrl}/api/v1/live`)
    expect([refused.status, ((await refused.json()) as Problem).code]).toEqual([401, 'UNAUTHENTICATED'])
  })

  it('ends its source when the reader leaves', async () => {
    let ended: () => void = () => {}
    const end = new Promise<void>((resolve) => {
      ended = resolve
    })
    const routes = live(async function* (_id, signal) {
      try {
        yield { event: 'one', data: 1 }
        await untilAborted(signal)
      } finally {
        ended()
      }
    })
    const { url } = await listening(routes)
    const controller = new AbortController()
    const answer = await fetch(`${url}/api/v1/live`, { signal: controller.signal })
    await answer.body?.getReader().read()
    controller.abort()
    await end
  })

  it('cuts off a reader that takes nothing, holding one message for it meanwhile', async () => {
    let made = 0
    const routes = live(async function* () {
      for (;;) {
        made++
        yield { event: 'big', data: 'x'.repeat(1_000_000) }
      }
    })
    const { port, log } = await listening(routes, { stallMs: 300 })
    const socket = connect(port, '127.0.0.1')
    socket.write('GET /api/v1/live HTTP/1.1\r\nhost: x\r\n\r\n')
    socket.pause()
    await expect.poll(() => log.lines.some(({ message }) => message.includes('cut off')), { timeout: 5000 }).toBe(true)
    expect(made).toBeLessThan(30)
    socket.destroy()
  })

  it('ends when the server stops', async () => {
    const routes = live(async function* (_id, signal) {
      yield { event: 'one', data: 1 }
      await untilAborted(signal)
    })
    const { url, server } = await listening(routes)
    const answer = await fetch(`${url}/api/v1/live`)
    const text = answer.text()
    // Longer than the test may take: it passes only when the stream is ended, not waited for.
    await server.close({ timeoutMs: 60_000 })
    expect(await text).toContain('event: one')
  })
})

describe('stopping', () => {
  const slowRoute = (ms: number) =>
    jsonRoute({
      method: 'GET',
      path: '/api/v1/slow',
      operationId: 'getSlow',
      summary: 'Takes its time',
      permission: 'public',
      output: z.object({ ok: z.boolean() }),
      async handle() {
        await new Promise((resolve) => setTimeout(resolve, ms))
        return { ok: true }
      },
    })

  it('lets running requests finish', async () => {
    const { url, server } = await listening([slowRoute(300)])
    const answer = fetch(`${url}/api/v1/slow`)
    await new Promise((resolve) => setTimeout(resolve, 100))
    await server.close({ timeoutMs: 5000 })
    expect(await (await answer).json()).toEqual({ ok: true })
    await expect(fetch(`${url}/api/v1/slow`)).rejects.toThrow()
  })

  it('cuts off what outlasts the time given', async () => {
    const { url, server, log } = await listening([slowRoute(3000)])
    const answer = fetch(`${url}/api/v1/slow`).catch((error: unknown) => error)
    await new Promise((resolve) => setTimeout(resolve, 100))
    await server.close({ timeoutMs: 200 })
    expect(await answer).toBeInstanceOf(Error)
    expect(log.lines.some(({ message }) => message.includes('cut off'))).toBe(true)
  })

  it('says what to do when the port is taken', async () => {
    const { port } = await listening([slowRoute(1)])
    const { server } = testServer([slowRoute(1)])
    await expect(server.listen({ host: '127.0.0.1', port })).rejects.toThrow(/taken.*WATCHFLOOR_PORT/)
    await server.close()
  })
})
