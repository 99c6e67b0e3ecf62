import { execFileSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { systemActor } from '@watchfloor/contracts/kernel'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../../platform/clock/clock.ts'
import { openCrypto } from '../../../platform/crypto/envelope.ts'
import { memoryLog } from '../../../platform/log/memory-log.ts'
import { createMetrics } from '../../../platform/metrics/prometheus.ts'
import type { Sql } from '../../../platform/sql/sql.ts'
import { openTestSql } from '../../../testing/embedded-sql.ts'
import { openTestCache } from '../../../testing/memory-cache.ts'
import { makeModules } from '../../../testing/module-host.ts'
import { auditModule } from '../../audit/index.ts'
import { eventsConfig } from '../config.ts'
import { eventsModule } from '../module.ts'
import { Sources } from '../sources/service.ts'
import { type LogFloor, openLogFloor } from '../testing/log-floor.ts'
import { startSyslog } from './listeners.ts'

let sql: Sql
let floor: LogFloor
let sources: Sources
let listening: { close(): Promise<void> }
let certificate: { cert: string; key: string } | undefined
const log = memoryLog()
let ids = 0
let before: number

beforeAll(async () => {
  floor = await openLogFloor()
  sql = await openTestSql([...(auditModule.migrations ?? []), ...(eventsModule.migrations ?? [])])
  certificate = makeCertificate()
  const crypto = await openCrypto({ folder: join(floor.folder, 'keys'), clock: systemClock })
  const parts = { sql, clock: systemClock, cache: openTestCache(systemClock), crypto }
  const audit = makeModules(parts, [auditModule]).use(auditModule)
  sources = new Sources({ sql, events: floor.events, clock: systemClock, audit, newId: () => `source-${++ids}` })
  const config = eventsConfig.parse({
    syslogUdp: '127.0.0.1:0',
    syslogTcp: '127.0.0.1:0',
    maxRecordBytes: 2000,
    ...(certificate
      ? { syslogTls: '127.0.0.1:0', syslogTlsCert: certificate.cert, syslogTlsKey: certificate.key }
      : {}),
  })
  listening = await startSyslog(
    { intake: floor.intake, sources, actor: systemActor('syslog'), log },
    createMetrics(),
    config,
  )
}, 60_000)
beforeEach(async () => {
  before = (await floor.records()).length
})
afterAll(async () => {
  await listening?.close()
  await floor?.close()
  await sql?.close()
})

/** Made by hand for these tests; nobody else trusts it. */
function makeCertificate(): { cert: string; key: string } | undefined {
  const cert = join(floor.folder, 'cert.pem')
  const key = join(floor.folder, 'key.pem')
  const how = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost'.split(' ')
  try {
    execFileSync('openssl', [...how, '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', cert], {
      stdio: 'ignore',
    })
    return { cert, key }
  } catch {
    console.info('skipped: syslog over TLS needs the openssl command to make a certificate')
    return undefined
  }
}

const portOf = (kind: string): number =>
  Number(log.lines.find((line) => line.message === `listening for syslog over ${kind}`)?.fields?.port)

const arrived = async (count: number): Promise<string[]> => {
  await expect.poll(async () => (await floor.records()).length - before, { timeout: 10_000 }).toBe(count)
  return (await floor.records()).slice(before)
}

async function tcp(): Promise<Socket> {
  const socket = connect(portOf('TCP'), '127.0.0.1')
  await once(socket, 'connect')
  return socket
}

const modern = (word: string) => `<34>1 2026-11-21T10:00:00Z host app 1 - - ${word}`
const counted = (text: string) => `${Buffer.byteLength(text)} ${text}`

describe('syslog listeners', () => {
  it('take one record a datagram and name the source by its sender', async () => {
    const socket = createSocket('udp4')
    const send = (text: string | Uint8Array) =>
      new Promise<void>((resolve) => socket.send(text, portOf('UDP'), '127.0.0.1', () => resolve()))
    await send(modern('one'))
    await send(`${modern('two')}\n`)
    await send('<13>Nov 21 10:00:00 host app: two\nlines')
    await send('')
    socket.close()
    expect(await arrived(3)).toEqual([modern('one'), modern('two'), '<13>Nov 21 10:00:00 host app: two\nlines'])
    expect(sources.ofKind('syslog').map((row) => row.name)).toContain('udp 127.0.0.1')
  })

  it('take records that end with a newline, also when one comes in pieces', async () => {
    const socket = await tcp()
    socket.write(`${modern('one')}\n${modern('two').slice(0, 20)}`)
    await arrived(1)
    socket.write(`${modern('two').slice(20)}\r\n`)
    expect(await arrived(2)).toEqual([modern('one'), modern('two')])
    socket.end(modern('without an end'))
    expect((await arrived(3)).at(-1)).toBe(modern('without an end'))
  })

  it('take records that say their length, newlines and multi-byte characters inside', async () => {
    const socket = await tcp()
    const wide = modern('zwei\nZeilen äöü \u{1f525}')
    const bytes = Buffer.from(`${counted(wide)}${counted(modern('next'))}`)
    for (const at of [0, 3, 40, 70])
      socket.write(bytes.subarray(at, { 0: 3, 3: 40, 40: 70, 70: bytes.byteLength }[at] ?? bytes.byteLength))
    expect(await arrived(2)).toEqual([wide, modern('next')])
    socket.end()
  })

  it('refuse a record that is too long and take those around it', async () => {
    const socket = await tcp()
    socket.write(`${modern('before')}\n${modern('x'.repeat(5000))}\n${modern('after')}\n`)
    socket.end()
    expect(await arrived(2)).toEqual([modern('before'), modern('after')])
  })

  it('serve many connections at once, each in its own order', async () => {
    const sockets = await Promise.all(Array.from({ length: 20 }, tcp))
    for (let round = 0; round < 10; round++)
      for (const [number, socket] of sockets.entries()) socket.write(`${modern(`${number}/${round}`)}\n`)
    for (const socket of sockets) socket.end()
    const found = await arrived(200)
    for (const number of sockets.keys())
      expect(found.filter((line) => line.includes(` ${number}/`))).toEqual(
        Array.from({ length: 10 }, (_, round) => modern(`${number}/${round}`)),
      )
  })

  it('take records over TLS, and outlive somebody who speaks none', async (context) => {
    if (!certificate) return context.skip('no openssl command to make a certificate')
    const rude = connect(portOf('TLS'), '127.0.0.1')
    rude.on('error', () => {})
    await once(rude, 'connect')
    rude.write('<13>no handshake\n')
    const socket = connectTls({ port: portOf('TLS'), host: '127.0.0.1', ca: readFileSync(certificate.cert) })
    await once(socket, 'secureConnect')
    socket.end(counted(modern('secret')))
    expect(await arrived(1)).toEqual([modern('secret')])
    expect(sources.ofKind('syslog').map((row) => row.name)).toContain('tls 127.0.0.1')
    rude.destroy()
  })

  it('let go what comes for a source that is switched off', async () => {
    const row = sources.ofKind('syslog').find((one) => one.name === 'tcp 127.0.0.1')
    await sources.update(systemActor('test'), row?.id ?? '', { enabled: false })
    const socket = await tcp()
    socket.end(`${modern('dropped')}\n`)
    await once(socket, 'close')
    await sources.update(systemActor('test'), row?.id ?? '', { enabled: true })
    const again = await tcp()
    again.end(`${modern('taken')}\n`)
    expect(await arrived(1)).toEqual([modern('taken')])
  })
})
