import type { LookupAddress } from 'node:dns'
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import type { OutgoingRequest } from './outgoing.ts'
import { addressFault, parseNetworks } from './outgoing-address.ts'
import { createOutgoingHttp, type OutgoingOptions } from './outgoing-client.ts'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close()
    server.closeAllConnections()
  }
})

async function serve(listener: RequestListener, host = '127.0.0.1'): Promise<{ url: string; port: number }> {
  const server = createServer(listener)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  const { port } = server.address() as AddressInfo
  return { url: `http://${host}:${port}`, port }
}

const clients: { close(): Promise<void> }[] = []
afterAll(() => Promise.all(clients.map((client) => client.close())))

function send(request: Partial<OutgoingRequest> & { url: string }, options: OutgoingOptions = {}) {
  const client = createOutgoingHttp(options)
  clients.push(client)
  return client.send({ timeoutMs: 2000, maxBytes: 100_000, trust: 'administrator', ...request })
}

/** Answers each question with the next of these addresses. */
function resolver(...answers: string[][]): NonNullable<OutgoingOptions['lookup']> {
  let asked = 0
  return ((_name: string, _options: object, callback: (error: null, found: LookupAddress[]) => void) => {
    const addresses = answers[Math.min(asked++, answers.length - 1)] ?? []
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    )
  }) as never
}

describe('addresses that data chose', () => {
  it.each([
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '100.100.100.200',
    '127.0.0.1',
    '127.255.255.254',
    '168.63.129.16',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.192',
    '192.0.2.1',
    '192.168.0.1',
    '198.18.0.1',
    '198.51.100.1',
    '203.0.113.1',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '[::1]',
    '::127.0.0.1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:0:127.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b:1::1',
    '100::1',
    '2001::1',
    '2001:db8::1',
    '2002:7f00:1::',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
    'ff02::1',
    'rubbish',
  ])('%s is refused', (address) => {
    expect(addressFault(address)).toBeTypeOf('string')
  })

  it.each(['1.1.1.1', '172.15.0.1', '172.32.0.1', '100.63.0.1', '2606:4700:4700::1111', '::ffff:8.8.8.8'])(
    '%s is public',
    (address) => {
      expect(addressFault(address)).toBeUndefined()
    },
  )

  it('may be private where an administrator opened the network', () => {
    const allowed = parseNetworks(['10.0.0.0/8', 'fd00::/8'])
    expect(addressFault('10.1.2.3', allowed)).toBeUndefined()
    expect(addressFault('fd00::1', allowed)).toBeUndefined()
    expect(addressFault('192.168.0.1', allowed)).toBeTypeOf('string')
    expect(() => parseNetworks(['10.0.0.0/99'])).toThrow('10.0.0.0/99')
  })

  it.each([
    'http://127.0.0.1/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://0177.0.0.1/',
    'http://16843009/',
    'http://[::1]/',
    'http://[::ffff:169.254.169.254]/',
    'http://127.1/',
    'http://localhost/',
    'http://127。0。0。1/',
  ])('%s is not called', async (url) => {
    await expect(send({ url, trust: 'data' })).rejects.toMatchObject({ code: 'ADDRESS_REFUSED' })
  })

  it.each(['ftp://example.org/', 'file:///etc/passwd', 'javascript:1', 'not a url', 'http://u:p@example.org/'])(
    '%s is no URL to call',
    async (url) => {
      await expect(send({ url, trust: 'data' })).rejects.toMatchObject({ code: 'BAD_URL' })
    },
  )

  it('are judged after resolving, every one of them', async () => {
    const { port } = await serve((_request, response) => response.end('secret'))
    const url = `http://public.example.org:${port}/`
    const lookup = resolver(['1.1.1.1', '127.0.0.1'])
    await expect(send({ url, trust: 'data' }, { lookup })).rejects.toMatchObject({ code: 'ADDRESS_REFUSED' })
    expect((await send({ url }, { lookup: resolver(['127.0.0.1']) })).status).toBe(200)
  })

  it('are connected as they were judged, though the name changes its mind', async () => {
    const { port } = await serve((_request, response) => response.end('opened'))
    let asked = 0
    const lookup = ((name: string, options: object, callback: never) => {
      asked++
      return resolver([asked === 1 ? '127.0.0.1' : '127.0.0.2'])(name, options, callback)
    }) as never
    const answer = await send(
      { url: `http://rebind.example.org:${port}/`, trust: 'data' },
      { lookup, networksForData: ['127.0.0.1/32'] },
    )
    expect([String(answer.body), asked]).toEqual(['opened', 1])
  })
})

describe('a redirect', () => {
  const redirectTo = (location: string, status = 302) =>
    serve((_request, response) => response.writeHead(status, { location }).end())

  it('to a private address is refused for data, and for an administrator when it leaves the host', async () => {
    const inner = await serve((_request, response) => response.end('secret'), '127.0.0.2')
    const outer = await redirectTo(inner.url)
    const networksForData = ['127.0.0.1/32']
    const refused = { code: 'ADDRESS_REFUSED' }
    await expect(send({ url: outer.url, trust: 'data' }, { networksForData })).rejects.toMatchObject(refused)
    await expect(send({ url: outer.url }, { networksForData })).rejects.toMatchObject(refused)
    const disguised = await redirectTo('http://2130706434/')
    await expect(send({ url: disguised.url }, { networksForData })).rejects.toMatchObject(refused)
  })

  it('within the host is followed, with credentials only while the origin stays', async () => {
    const seen: IncomingMessage['headers'][] = []
    const other = await serve((request, response) => {
      seen.push(request.headers)
      response.end('there')
    })
    const first = await serve((request, response) => {
      seen.push(request.headers)
      response.writeHead(302, { location: request.url === '/' ? '/again' : other.url }).end()
    })
    const headers = { Authorization: 'Bearer x', 'X-Api-Key': 'y', cookie: 'z=1', accept: 'text/plain' }
    const answer = await send({ url: first.url, headers })
    expect([String(answer.body), answer.finalUrl]).toEqual(['there', `${other.url}/`])
    expect(seen.map(({ authorization, cookie, accept }) => [authorization, cookie, accept])).toEqual([
      ['Bearer x', 'z=1', 'text/plain'],
      ['Bearer x', 'z=1', 'text/plain'],
      [undefined, undefined, 'text/plain'],
    ])
    expect(seen.map((each) => each['x-api-key'])).toEqual(['y', 'y', undefined])
  })

  it('keeps or drops the body as its status says', async () => {
    const seen: string[] = []
    const { url } = await serve(async (request, response) => {
      let body = ''
      for await (const chunk of request) body += String(chunk)
      seen.push(`${request.method} ${request.url} ${body}`)
      const status = Number(request.url?.slice(1))
      if (status) response.writeHead(status, { location: '/end' })
      response.end()
    })
    for (const status of [303, 302, 307]) await send({ url: `${url}/${status}`, method: 'POST', body: 'b' })
    expect(seen.filter((line) => line.includes('/end'))).toEqual(['GET /end ', 'GET /end ', 'POST /end b'])
  })

  it('in a circle ends', async () => {
    const { url } = await redirectTo('/')
    await expect(send({ url, maxRedirects: 3 })).rejects.toMatchObject({ code: 'TOO_MANY_REDIRECTS' })
    expect((await send({ url, maxRedirects: 0 })).status).toBe(302)
  })
})

describe('an answer', () => {
  it('comes decoded, with its status whatever it is', async () => {
    const { url } = await serve((_request, response) => {
      response.writeHead(404, { 'content-encoding': 'gzip', 'x-one': ['a', 'b'] }).end(gzipSync('packed'))
    })
    const answer = await send({ url })
    expect([answer.status, String(answer.body), answer.headers['x-one']]).toEqual([404, 'packed', 'a, b'])
  })

  it.each([
    ['plain', (size: number) => Buffer.alloc(size), {}],
    ['packed', (size: number) => gzipSync(Buffer.alloc(size)), { 'content-encoding': 'gzip' }],
  ] as const)('that is too large is cut off (%s)', async (_name, make, headers) => {
    const { url } = await serve((_request, response) => response.writeHead(200, headers).end(make(200_000)))
    await expect(send({ url })).rejects.toMatchObject({ code: 'BODY_TOO_LARGE' })
  })

  it('that is late is given up, before its headers and within its body', async () => {
    const silent = await serve(() => {})
    await expect(send({ url: silent.url, timeoutMs: 100 })).rejects.toMatchObject({ code: 'TIMEOUT' })
    const dripping = await serve((_request, response) => {
      const timer = setInterval(() => response.write('x'), 20)
      response.once('close', () => clearInterval(timer))
    })
    await expect(send({ url: dripping.url, timeoutMs: 300 })).rejects.toMatchObject({ code: 'TIMEOUT' })
  })

  it('that never comes says where, without the secrets in the URL', async () => {
    const { url, port } = await serve(() => {})
    for (const server of servers.splice(0)) server.close()
    const fault = await send({ url: `${url.replace('//', '//u:pw@')}/path?token=t` }).catch((error: unknown) => error)
    expect(fault).toMatchObject({ code: 'UNREACHABLE', url: `http://127.0.0.1:${port}/path` })
    expect(String(fault)).not.toMatch(/token|pw/)
  })

  it('to a HEAD request has no body, packed or not', async () => {
    const { url } = await serve((_request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end())
    expect((await send({ url, method: 'HEAD' })).body.byteLength).toBe(0)
  })
})
