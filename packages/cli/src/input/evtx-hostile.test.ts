import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { testDataFolder } from '../config/test-data.ts'
import { EvtxRefused, GuardedChunk, jsonOfAtMost } from './evtx-guard.ts'
import { evtxRecords } from './evtx-records.ts'
import { TookTooLong, withinTime } from './watchdog.ts'

const headerBytes = 4096
const chunkBytes = 65_536

async function read(...parts: Buffer[]): Promise<{ lines: string[]; lost: number }> {
  async function* stream() {
    yield* parts
  }
  const lines: string[] = []
  let lost = 0
  for await (const piece of evtxRecords('a.evtx', stream())) {
    if (piece.kind !== 'records') throw new Error(piece.reason)
    lines.push(...piece.lines)
    lost += piece.lost.length
  }
  return { lines, lost }
}

describe('a reader that is led astray', () => {
  it('is stopped when it takes too long', () => {
    expect(() =>
      withinTime(50, () => {
        for (;;);
      }),
    ).toThrow(TookTooLong)
    expect(withinTime(1_000, () => 5)).toBe(5)
    expect(() =>
      withinTime(1_000, () => {
        throw new RangeError('its own')
      }),
    ).toThrow('its own')
  })

  it('is stopped when it looks too often, takes too much, or meets long runs of zeros', () => {
    const chunk = (fill: number): Buffer => {
      const guarded = new GuardedChunk(Buffer.alloc(headerBytes + chunkBytes, fill), chunkBytes)
      return guarded.file.subarray(headerBytes)
    }
    expect(() => {
      const one = chunk(1)
      let sum = 0
      for (let i = 0; i < 30_000; i++) sum += one.length
      return sum
    }).toThrow(EvtxRefused)
    expect(() => {
      const one = chunk(1)
      for (let i = 0; i < 30; i++) one.subarray(0, 60_000)
    }).toThrow('again and again')
    expect(() => chunk(0).subarray(0, 60_000)).toThrow('zeros')
    expect(chunk(1).subarray(chunkBytes - 10, chunkBytes + 10)).toEqual(Buffer.alloc(20))
    expect(chunk(1).readUInt32LE(chunkBytes - 2)).toBe(0)
  })

  it('writes no event that is larger than it may be, however little memory it takes', () => {
    let value: unknown = { a: 'x'.repeat(1_000) }
    for (let i = 0; i < 40; i++) value = { a: value, b: value }
    expect(() => jsonOfAtMost(value, 1_000_000)).toThrow(EvtxRefused)
    expect(jsonOfAtMost({ a: [1, null, undefined, 'x'] }, 100)).toBe('{"a":[1,null,null,"x"]}')
  })
})

const samples = join(testDataFolder(), 'evtx-parser-samples/samples')
const missing = existsSync(samples) ? '' : ` (skipped: no samples in ${samples}; WATCHFLOOR_TEST_DATA names the folder)`

/** @source mulberry32 by Tommy Ettinger */
function diceOf(seed: number): (bound: number) => number {
  let state = seed >>> 0
  return (bound) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound
  }
}

function damage(chunk: Buffer, dice: (bound: number) => number): void {
  const kind = dice(4)
  for (let left = 1 + dice(20); left > 0; left--) {
    const at = 0x80 + dice(chunk.byteLength - 0x90)
    if (kind === 0) chunk[at] = dice(256)
    else if (kind === 1) chunk.writeUInt32LE([0, 0xffff_ffff, 0x7fff_ffff, 0x2a2a, 24, 28][dice(6)]!, at & ~3)
    else if (kind === 2) chunk.copy(chunk, at, dice(60_000), dice(60_000) + dice(64))
    else chunk.fill(dice(2) * 0xff, at, Math.min(at + dice(500), chunk.byteLength))
  }
}

describe.skipIf(missing !== '')(`damaged logs${missing}`, () => {
  it('are read in bounded time, and their other chunks whole', { timeout: 120_000 }, async () => {
    const files = readdirSync(samples).filter((name) => name.endsWith('.evtx'))
    const intactByName = new Map<string, { header: Buffer; chunk: Buffer; lines: string[] }>()
    let salvaged = 0
    for (let seed = 0; seed < 200; seed++) {
      const dice = diceOf(seed)
      const name = files[dice(files.length)]!
      let intact = intactByName.get(name)
      if (intact === undefined) {
        const bytes = readFileSync(join(samples, name))
        const header = bytes.subarray(0, headerBytes)
        const chunk = bytes.subarray(headerBytes, headerBytes + chunkBytes)
        intact = { header, chunk, lines: (await read(header, chunk)).lines }
        intactByName.set(name, intact)
      }
      const { header, chunk, lines } = intact
      const damaged = Buffer.from(chunk)
      damage(damaged, dice)
      const startedMs = performance.now()
      const found = await read(header, damaged, chunk)
      expect(performance.now() - startedMs, `seed ${seed} of ${name}`).toBeLessThan(8_000)
      expect(found.lines.slice(found.lines.length - lines.length), `seed ${seed} of ${name}`).toEqual(lines)
      for (const line of found.lines) JSON.parse(line)
      salvaged += found.lines.length - lines.length
    }
    // Damage in one place leaves most of a chunk readable.
    expect(salvaged).toBeGreaterThan(1_000)
  })
})
