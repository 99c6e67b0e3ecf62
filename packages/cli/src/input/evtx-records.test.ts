import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { evtxRecords } from './evtx-records.ts'
import type { LostRecord } from './piece.ts'

async function* inParts(bytes: Buffer, partBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += partBytes) yield bytes.subarray(at, at + partBytes)
}

async function read(bytes: Buffer, partBytes = 10_000): Promise<{ events: string[]; lost: LostRecord[] }> {
  const events: string[] = []
  const lost: LostRecord[] = []
  for await (const piece of evtxRecords('a.evtx', inParts(bytes, partBytes))) {
    if (piece.kind !== 'records') throw new Error(piece.reason)
    events.push(...piece.lines)
    lost.push(...piece.lost)
  }
  return { events, lost }
}

const header = (): Buffer => {
  const bytes = Buffer.alloc(4096)
  bytes.write('ElfFile\0', 'latin1')
  bytes.writeUInt16LE(1, 36)
  bytes.writeUInt16LE(3, 38)
  bytes.writeUInt16LE(4096, 40)
  return bytes
}

describe('evtxRecords', () => {
  it('finds nothing in a file of unused chunks', async () => {
    expect(await read(Buffer.concat([header(), Buffer.alloc(65_536)]))).toEqual({ events: [], lost: [] })
  })

  it.each([
    ['a chunk that is rubbish', Buffer.alloc(65_536, 0x5a), 'chunk 1: it does not begin like one'],
    ['a chunk that is cut off', Buffer.alloc(60_000), 'chunk 1: the file ends within it, 5536 bytes early'],
  ])('counts %s', async (_what, chunk, message) => {
    const { lost } = await read(Buffer.concat([header(), chunk]))
    expect(lost).toEqual([{ name: 'a.evtx', line: 1, code: 'EVTX_CHUNK_DAMAGED', message }])
  })

  it('counts a chunk with records that make no sense, and goes on', async () => {
    const chunk = Buffer.alloc(65_536, 0xff)
    chunk.write('ElfChnk\0', 'latin1')
    chunk.writeBigUInt64LE(1n, 8)
    chunk.writeBigUInt64LE(3n, 16)
    chunk.writeBigUInt64LE(3n, 32)
    const { events, lost } = await read(Buffer.concat([header(), chunk, Buffer.alloc(65_536)]))
    expect(events).toEqual([])
    expect(lost).toHaveLength(3)
  })
})

const samples = resolve(process.env.WATCHFLOOR_TEST_DATA ?? '../shared/data', 'evtx-parser-samples/samples')
const missing = existsSync(samples) ? '' : ` (skipped: no samples in ${samples}; WATCHFLOOR_TEST_DATA names the folder)`
const sample = (name: string): Buffer => readFileSync(join(samples, name))

describe.skipIf(missing !== '')(`evtxRecords on recorded logs${missing}`, () => {
  it('reads the same however the file is cut into parts', async () => {
    const bytes = sample('new-user-security.evtx')
    const whole = await read(bytes, bytes.length)
    expect(whole.events.length).toBeGreaterThan(0)
    expect(await read(bytes, 4096)).toEqual(whole)
    expect(await read(bytes, 777)).toEqual(whole)
  })

  it('gives objects with the parts of a Windows event', async () => {
    for (const line of (await read(sample('system.evtx'))).events.slice(0, 50))
      expect(JSON.parse(line)).toMatchObject({ Event: { System: { EventID: expect.anything(), Channel: 'System' } } })
  })

  it('reads around a record that is overwritten', async () => {
    const bytes = Buffer.from(sample('new-user-security.evtx'))
    const intact = await read(bytes)
    const first = 4096 + 0x200
    const second = first + bytes.readUInt32LE(first + 4)
    const size = bytes.readUInt32LE(second + 4)
    bytes.fill(0, second, second + size)
    const { events, lost } = await read(bytes)
    expect(events).toEqual(intact.events.filter((_, index) => index !== 1))
    expect(lost).toHaveLength(intact.lost.length + 1)
  })

  it('reads on behind a stretch of zeros', async () => {
    const { events, lost } = await read(sample('Microsoft-Windows-LanguagePackSetup%4Operational.evtx'))
    expect(events).toHaveLength(20)
    expect(lost).toEqual([])
  })

  it('reads every sample to its end, and loses nothing silently', async () => {
    for (const name of readdirSync(samples).filter((one) => one.endsWith('.evtx'))) {
      const { events, lost } = await read(sample(name))
      expect(events.length, name).toBeGreaterThan(0)
      expect(lost.length > 0, name).toBe(/HelloForBusiness|bad_chunk_magic/.test(name))
    }
  })
})
