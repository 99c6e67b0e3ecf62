import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { createGzip, gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Address, type ChildServer, call, startChild } from './testing/child-server.ts'
import { answerOf, openRequest, rough } from './testing/rough-client.ts'

const megabyte = 1024 * 1024
/** How much of a line without end is sent; a gigabyte takes a while. */
const endlessLineMb = Number(process.env.WATCHFLOOR_TEST_LINE_MB ?? 200)
const mostGrowthMb = 300
/** A busy machine stalls everybody; a parser that hangs on its input takes longer than any machine. */
const longestStallSeconds = 10

let dataDir: string
let child: ChildServer
let address: Address
let longestLagSeconds = 0
let source = 0

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'watchfloor-bad-input-'))
  child = startChild(dataDir, {
    WATCHFLOOR_EVENTS_SYSLOG_UDP: '127.0.0.1:0',
    WATCHFLOOR_EVENTS_SYSLOG_TCP: '127.0.0.1:0',
  })
  address = await child.address
}, 60_000)

afterEach(async () => {
  longestLagSeconds = Math.max(longestLagSeconds, await lagSeconds())
  await expect(call(address, '/health/live')).resolves.toEqual({ state: 'up' })
})

afterAll(async () => {
  console.info(`longest stall of the event loop: ${Math.round(longestLagSeconds * 1000)} ms`)
  await child?.stop()
  await rm(dataDir, { recursive: true, force: true })
})

async function lagSeconds(): Promise<number> {
  const response = await fetch(`${address.url}/metrics`, { headers: { 'x-api-key': address.apiKey } })
  return Number(/^nodejs_eventloop_lag_max_seconds (\S+)/m.exec(await response.text())?.[1] ?? Number.NaN)
}

async function residentMb(): Promise<number> {
  const status = await readFile(`/proc/${child.pid}/status`, 'utf8')
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1024
}

interface Kept {
  readonly raw: string
  readonly time: string
  readonly receivedAt: string
  readonly fields: Readonly<Record<string, unknown>>
}

/** What a source holds once so many events are there. */
async function kept(sourceName: string, count: number): Promise<Kept[]> {
  const range = 'from=1900-01-01T00:00:00.000Z&to=2200-01-01T00:00:00.000Z&limit=500'
  let items: (Kept & { sourceName: string })[] = []
  for (let waits = 0; waits < 150; waits++) {
    const page = await call(address, `/api/v1/events/search?${range}`)
    items = (page as { items: typeof items }).items.filter((item) => item.sourceName === sourceName)
    if (items.length >= count) return items
    await sleep(100)
  }
  return items
}

const newSource = (): string => `bad-${++source}`
const send = (name: string, body: Parameters<typeof rough>[1]['body'], headers: Record<string, string> = {}) =>
  rough(address, { path: `/api/v1/events?source=${name}`, headers, ...(body === undefined ? {} : { body }) })
const good = (word: string): string => JSON.stringify({ message: `good ${word}` })

describe('lines that are no events', () => {
  it('refuses a malformed line by its number and keeps its neighbours', async () => {
    const name = newSource()
    const answer = await send(
      name,
      `${good('one')}\n{"message": "broken\n${good('two')}\n[1]\n"text"\n${good('three')}\n`,
    )
    expect(answer.status).toBe(202)
    expect(answer.json).toMatchObject({ accepted: 3, rejected: 3 })
    expect(answer.json.errors).toMatchObject([
      { line: 2, code: 'JSON_MALFORMED' },
      { line: 4, code: 'JSON_NOT_AN_OBJECT' },
      { line: 5, code: 'JSON_NOT_AN_OBJECT' },
    ])
    expect((await kept(name, 3)).map((event) => event.raw).sort()).toEqual([good('one'), good('three'), good('two')])
  })

  it('refuses binary rubbish and keeps what stands between', async () => {
    const name = newSource()
    const rubbish = Buffer.from(Array.from({ length: 5000 }, (_, at) => (at * 7919) % 256 || 1)).map((byte) =>
      byte === 10 ? 11 : byte,
    )
    const answer = await send(name, Buffer.concat([rubbish, Buffer.from(`\n${good('between')}\n`), rubbish]))
    expect(answer).toMatchObject({ status: 202, json: { accepted: 1, rejected: 2 } })
    expect(await kept(name, 1)).toHaveLength(1)
  })

  it('keeps a record with invalid UTF-8 and says so', async () => {
    const name = newSource()
    const broken = Buffer.concat([Buffer.from('{"message":"caf'), Buffer.from([0xe9]), Buffer.from('"}\n')])
    const answer = await send(name, Buffer.concat([broken, Buffer.from(`${good('after')}\n`)]))
    expect(answer).toMatchObject({ status: 202, json: { accepted: 2, rejected: 0 } })
    expect((await kept(name, 2)).map((event) => event.fields.message).sort()).toEqual(['caf\ufffd', 'good after'])
  })

  it('answers an empty body, blank lines and white space with nothing accepted', async () => {
    for (const body of [undefined, '', '\n\n\n', '   \r\n\t'])
      expect(await send(newSource(), body)).toMatchObject({ status: 202, json: { accepted: 0, rejected: 0 } })
  })

  it('refuses media types and encodings it does not know', async () => {
    expect(await send(newSource(), good('x'), { 'content-type': 'image/png' })).toMatchObject({
      status: 415,
      json: { code: 'UNSUPPORTED_MEDIA_TYPE' },
    })
    expect(await send(newSource(), good('x'), { 'content-encoding': 'rot13' })).toMatchObject({
      status: 415,
      json: { code: 'UNSUPPORTED_MEDIA_TYPE' },
    })
  })
})

describe('records that are strange', () => {
  it('takes events whose clock is 50 years off in both directions', async () => {
    const name = newSource()
    const at = (years: number) => new Date(Date.now() + years * 365.25 * 86_400_000).toISOString()
    const body = [-50, 50]
      .map((years) => JSON.stringify({ '@timestamp': at(years), message: `${years} years` }))
      .join('\n')
    expect(await send(name, body)).toMatchObject({ status: 202, json: { accepted: 2 } })
    expect(await kept(name, 2)).toHaveLength(2)
  })

  it('takes the last of duplicate keys, and keeps the original', async () => {
    const name = newSource()
    const twice = '{"message":"first","message":"second"}'
    expect(await send(name, twice)).toMatchObject({ status: 202, json: { accepted: 1 } })
    const [event] = await kept(name, 1)
    expect(event).toMatchObject({ raw: twice, fields: { message: 'second' } })
  })

  it('takes `__proto__`, `constructor` and `prototype` for names like any other', async () => {
    const name = newSource()
    const hostile =
      '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"toString":"x","message":"proto"}'
    expect(await send(name, `${hostile}\n${good('after')}`)).toMatchObject({ status: 202, json: { accepted: 2 } })
    const events = await kept(name, 2)
    expect(events.map((event) => event.raw).sort()).toEqual([good('after'), hostile].sort())
    for (const event of events) expect(event.fields.polluted).toBeUndefined()
  })

  it('keeps a record of 10,000 fields and one nested 10,000 deep beside good ones', async () => {
    const name = newSource()
    const wide = JSON.stringify(Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`field${at}`, at])))
    const deep = `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`
    const body = `${good('before')}\n${wide}\n${deep}\n${good('after')}\n`
    const answer = await send(name, body)
    expect(answer).toMatchObject({ status: 202, json: { accepted: 4, rejected: 0 } })
    const raws = (await kept(name, 4)).map((event) => event.raw.length).sort((a, b) => a - b)
    expect(raws).toEqual([good('after'), good('before'), deep, wide].map((text) => text.length).sort((a, b) => a - b))
  })

  it('keeps lone surrogates and NUL characters without breaking the stores', async () => {
    const name = newSource()
    const strange = '{"message":"lone \\ud800 nul \\u0000 end","user":{"name":"\\udfff\\u0000"}}'
    expect(await send(name, `${strange}\n${good('after')}`)).toMatchObject({ status: 202, json: { accepted: 2 } })
    const raws = (await kept(name, 2)).map((event) => event.raw).sort()
    expect(raws).toEqual([good('after'), strange].sort())
    const text = newSource()
    const nul = await rough(address, {
      path: `/api/v1/events?source=${text}`,
      headers: { 'content-type': 'text/plain' },
      body: Buffer.from('before\u0000after\nnext\n'),
    })
    expect(nul).toMatchObject({ status: 202, json: { accepted: 2 } })
    expect(await kept(text, 2)).toHaveLength(2)
  })
})

describe('bodies that are too much', () => {
  it('refuses a line without end in bounded memory', { timeout: 120_000 }, async () => {
    const beforeMb = await residentMb()
    let mostMb = beforeMb
    async function* endless() {
      const part = Buffer.alloc(megabyte, 'a')
      yield Buffer.from('{"message":"')
      for (let sentMb = 0; sentMb < endlessLineMb; sentMb++) {
        yield part
        if (sentMb % 16 === 0) mostMb = Math.max(mostMb, await residentMb())
      }
    }
    const name = newSource()
    const answer = await send(name, endless())
    expect(answer).toMatchObject({ status: 413, json: { code: 'BODY_TOO_LARGE' } })
    expect(mostMb - beforeMb).toBeLessThan(mostGrowthMb)
    console.info(`a line of ${endlessLineMb} MB: memory grew by ${Math.round(mostMb - beforeMb)} MB at most`)
  })

  it('refuses one line longer than a record may be, and keeps its neighbours', async () => {
    const name = newSource()
    const long = JSON.stringify({ message: 'x'.repeat(2 * megabyte) })
    const answer = await send(name, `${good('before')}\n${long}\n${good('after')}\n`)
    expect(answer).toMatchObject({ status: 202, json: { accepted: 2, rejected: 1, errors: [{ line: 2 }] } })
    expect(await kept(name, 2)).toHaveLength(2)
  })

  it('stops unpacking a gzip bomb as soon as it is too large', { timeout: 60_000 }, async () => {
    const beforeMb = await residentMb()
    let packedMb = 0
    function* zeros() {
      const part = Buffer.alloc(megabyte)
      for (; packedMb < 10_240; packedMb++) yield part
    }
    const bomb = Readable.from(zeros()).pipe(createGzip({ level: 1 }))
    const answer = await send(newSource(), bomb, { 'content-encoding': 'gzip' })
    expect(answer).toMatchObject({ status: 413, json: { code: 'BODY_TOO_LARGE' } })
    // Long before the ten gigabytes are through: what is under way in buffers is a few hundred megabytes of zeros.
    expect(packedMb).toBeLessThan(2000)
    expect((await residentMb()) - beforeMb).toBeLessThan(mostGrowthMb)
  })

  it('keeps nothing of a gzip stream that is cut off or is none', async () => {
    const name = newSource()
    const packed = gzipSync(Array.from({ length: 500 }, (_, at) => good(String(at))).join('\n'))
    const cut = await send(name, packed.subarray(0, packed.byteLength / 2), { 'content-encoding': 'gzip' })
    expect(cut).toMatchObject({ status: 400, json: { code: 'BAD_REQUEST' } })
    const none = await send(name, good('not packed'), { 'content-encoding': 'gzip' })
    expect(none).toMatchObject({ status: 400, json: { code: 'BAD_REQUEST' } })
    expect(await send(name, good('last'))).toMatchObject({ status: 202 })
    expect(await kept(name, 1)).toHaveLength(1)
  })

  it('refuses headers that are too large', async () => {
    const answer = await send(newSource(), good('x'), { 'x-large': 'h'.repeat(64 * 1024) }).catch(() => undefined)
    // Node answers 431 by itself, or hangs up while the head is still being written.
    if (answer) expect([400, 431]).toContain(answer.status)
  })
})

describe('senders that misbehave', () => {
  it('serves others while many send their bodies a byte at a time', { timeout: 60_000 }, async () => {
    const name = newSource()
    const slow = Array.from({ length: 40 }, () => openRequest(address, { path: `/api/v1/events?source=${name}` }))
    const answers = slow.map((open) => answerOf(open))
    const body = `${good('slow')}\n`
    for (const byte of body.slice(0, 10)) {
      for (const open of slow) open.write(byte)
      await sleep(20)
    }
    expect(await send(newSource(), good('quick'))).toMatchObject({ status: 202 })
    for (const open of slow) open.end(body.slice(10))
    for (const answer of await Promise.all(answers))
      expect(answer).toMatchObject({ status: 202, json: { accepted: 1 } })
    expect(await kept(name, 40)).toHaveLength(40)
  })

  it('keeps nothing of a request whose sender went away', async () => {
    const name = newSource()
    const open = openRequest(address, {
      path: `/api/v1/events?source=${name}`,
      headers: { 'content-length': String(10 * megabyte) },
    })
    open.on('error', () => {})
    open.write(`${good('half')}\n`.repeat(1000))
    await sleep(300)
    open.destroy()
    await sleep(300)
    expect(await send(name, good('whole'))).toMatchObject({ status: 202 })
    expect((await kept(name, 1)).map((event) => event.raw)).toEqual([good('whole')])
  })

  it('refuses an idempotency key that comes again with another body', async () => {
    const name = newSource()
    const headers = { 'idempotency-key': 'bad-input-1' }
    expect(await send(name, good('one'), headers)).toMatchObject({ json: { accepted: 1, replayed: false } })
    expect(await send(name, good('one'), headers)).toMatchObject({ json: { accepted: 1, replayed: true } })
    expect(await send(name, good('two'), headers)).toMatchObject({
      status: 409,
      json: { code: 'IDEMPOTENCY_KEY_REUSED' },
    })
    expect(await kept(name, 1)).toHaveLength(1)
  })
})

describe('protocols of shippers', () => {
  const bulk = (index: string, body: string) => rough(address, { path: `/intake/elastic/${index}/_bulk`, body })

  it('refuses documents of _bulk one by one, and a body whose action lines are broken as a whole', async () => {
    const name = `bulk-${newSource()}`
    const mixed = await bulk(
      name,
      `{"create":{}}\n${good('one')}\n{"create":{}}\n{broken\n{"index":{}}\n${good('two')}\n`,
    )
    expect(mixed).toMatchObject({ status: 200, json: { errors: true } })
    const statuses = (mixed.json.items as Record<string, { status: number }>[]).map(
      (item) => Object.values(item)[0]?.status,
    )
    expect(statuses).toEqual([201, 400, 201])
    for (const broken of [
      `{"explode":{}}\n${good('x')}\n`,
      `not json\n${good('x')}\n`,
      'null\n{}\n',
      '{"create":{}}\n',
      `{"create":{}}\n${good('lost')}\n[]\n{}\n`,
    ])
      expect(await bulk(name, broken), broken).toMatchObject({ status: 400, json: { code: 'BAD_REQUEST' } })
    expect((await kept(name, 2)).map((event) => event.raw).sort()).toEqual([good('one'), good('two')])
  })

  it('says of an update or delete in _bulk that events do not change', async () => {
    const answer = await bulk(`bulk-${newSource()}`, `{"delete":{"_id":"1"}}\n{"update":{"_id":"2"}}\n{"doc":{}}\n`)
    expect(answer).toMatchObject({ status: 200, json: { errors: true } })
    expect(JSON.stringify(answer.json.items)).toContain('events do not change')
  })

  it('answers HEC envelopes without an event as Splunk does', async () => {
    const hec = (body: string) => rough(address, { path: '/services/collector/event', body })
    expect(await hec('{"host":"a"}')).toMatchObject({ status: 400, json: { code: 6 } })
    expect(await hec('{"event":""}')).toMatchObject({ status: 400, json: { code: 6 } })
    expect(await hec('')).toMatchObject({ status: 400, json: { code: 5 } })
    expect(await hec('rubbish')).toMatchObject({ status: 400 })
    const deep = `{"event":${'['.repeat(10_000)}${']'.repeat(10_000)}}`
    expect((await hec(`${deep}{"event":"after"}`)).status).toBe(200)
    expect(await hec('{"event":"one"}{"nothing":1}{"event":{"message":"two"}}')).toMatchObject({
      status: 200,
      json: { rejected: 1 },
    })
  })
})

describe('syslog listeners that get rubbish', () => {
  const portOf = (kind: string): number => {
    const line = child.lines.find((one) => one.includes(`listening for syslog over ${kind}`))
    return Number(/"port":(\d+)/.exec(line ?? '')?.[1])
  }

  it('takes what datagrams hold, whatever that is', async () => {
    const { createSocket } = await import('node:dgram')
    const socket = createSocket('udp4')
    const sendTo = (data: Uint8Array) =>
      new Promise<void>((resolve) => socket.send(data, portOf('UDP'), '127.0.0.1', () => resolve()))
    await sendTo(Buffer.from([0xff, 0xfe, 0x00, 0x80, 0x3c]))
    await sendTo(Buffer.from('<999999>x'))
    await sendTo(Buffer.alloc(0))
    await sendTo(Buffer.from('<13>1 2026-11-21T10:00:00Z host app - - - hello'))
    socket.close()
    const events = await kept('udp 127.0.0.1', 3)
    expect(events).toHaveLength(3)
    expect(events.some((event) => event.raw.endsWith('hello'))).toBe(true)
  })

  it('gets good records out of a TCP stream with lies about their length', async () => {
    const socket: Socket = connect(portOf('TCP'), '127.0.0.1')
    socket.on('error', () => {})
    await once(socket, 'connect')
    socket.write('<13>1 2026-11-21T10:00:00Z host app - - - before\n')
    socket.write('99999999999 <13>lie\n')
    socket.write(Buffer.from([0x00, 0xff, 0x80, 0x0a]))
    socket.write('<13>1 2026-11-21T10:00:00Z host app - - - after\n')
    await sleep(200)
    socket.destroy()
    const raws = (await kept('tcp 127.0.0.1', 2)).map((event) => event.raw)
    expect(raws.some((raw) => raw.endsWith('before'))).toBe(true)
    expect(raws.some((raw) => raw.endsWith('after'))).toBe(true)
  })

  it('bounds a TCP line that never ends', async () => {
    const beforeMb = await residentMb()
    const socket: Socket = connect(portOf('TCP'), '127.0.0.1')
    socket.on('error', () => {})
    await once(socket, 'connect')
    const part = Buffer.alloc(megabyte, 'y')
    for (let sentMb = 0; sentMb < 100; sentMb++) if (!socket.write(part)) await once(socket, 'drain')
    expect((await residentMb()) - beforeMb).toBeLessThan(mostGrowthMb)
    socket.destroy()
  })
})

it('never stalled for long', () => {
  expect(longestLagSeconds).toBeLessThan(longestStallSeconds)
})
