import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { ApiProblem, createWatchfloorClient, type LiveMessage, unwrap } from './index.ts'

const closers: (() => void)[] = []

async function serve(handle: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(handle)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

afterEach(() => {
  for (const close of closers.splice(0)) close()
})

describe('unwrap', () => {
  const answer = (status: number, body: unknown, headers?: Record<string, string>) =>
    new Response(JSON.stringify(body), { status, headers })

  it('gives the data of a success', () => {
    expect(unwrap({ data: { id: 'a' }, response: answer(200, {}) })).toEqual({ id: 'a' })
  })

  it('throws the problem of a refusal, with code, remedy and when to try again', () => {
    const body = { code: 'RATE_LIMITED', message: 'too many calls', remedy: 'wait', requestId: 'r' }
    const call = () => unwrap({ error: body, response: answer(429, body, { 'retry-after': '7' }) })
    expect(call).toThrow(ApiProblem)
    expect(call).toThrow('too many calls')
    try {
      call()
    } catch (error) {
      expect(error).toMatchObject({ status: 429, code: 'RATE_LIMITED', remedy: 'wait', retryAfterSeconds: 7 })
    }
  })

  it('says so when what answered is not Watchfloor', () => {
    expect(() => unwrap({ error: '<html>', response: answer(502, '<html>') })).toThrow('the server answered 502')
  })
})

describe('live', () => {
  it('yields messages across a lost line, going on behind the last one', async () => {
    const asked: (string | undefined)[] = []
    const keys: (string | undefined)[] = []
    const baseUrl = await serve((request, response) => {
      asked.push(request.headers['last-event-id']?.toString())
      keys.push(request.headers.authorization)
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      const n = asked.length
      response.end(`retry: 5\n: alive\n\nid: ${n}\nevent: alert\ndata: {"n":\r\ndata: ${n}}\n\n`)
    })
    const stop = new AbortController()
    const seen: LiveMessage[] = []
    const client = createWatchfloorClient({ baseUrl, apiKey: 'wf_key' })
    for await (const message of client.live('/live', { signal: stop.signal })) {
      seen.push(message)
      if (seen.length === 3) stop.abort()
    }
    expect(seen).toEqual([1, 2, 3].map((n) => ({ id: String(n), event: 'alert', data: { n } })))
    expect(asked).toEqual([undefined, '1', '2'])
    expect(keys[0]).toBe('Bearer wf_key')
  })

  it('ends with the problem when the server refuses', async () => {
    const baseUrl = await serve((_request, response) => {
      response.writeHead(403).end(JSON.stringify({ code: 'FORBIDDEN', message: 'not yours', requestId: 'r' }))
    })
    const stream = createWatchfloorClient({ baseUrl }).live('/live')
    await expect(stream.next()).rejects.toMatchObject({ name: 'ApiProblem', code: 'FORBIDDEN' })
  })

  it('takes a silent line for lost and opens another', async () => {
    let opened = 0
    const baseUrl = await serve((_request, response) => {
      opened++
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(opened === 1 ? ': hello\n\n' : 'data: 2\n\n')
    })
    const states: string[] = []
    const stop = new AbortController()
    const stream = createWatchfloorClient({ baseUrl }).live('/live', {
      silentAfterMs: 100,
      signal: stop.signal,
      onState: (state) => states.push(state),
    })
    expect((await stream.next()).value).toMatchObject({ data: 2 })
    stop.abort()
    expect(states).toEqual(['connected', 'reconnecting', 'connected'])
  })
})
