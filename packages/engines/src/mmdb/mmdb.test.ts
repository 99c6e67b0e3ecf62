import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MmdbProblem } from './problem.ts'
import { MmdbReader } from './reader.ts'
import { type Field, field, sampleDatabase } from './testing.ts'

const city: Field = field.map({ city: field.text('Sample'), place: field.map({ lat: field.double(1.5) }) })

describe('a MaxMind DB', () => {
  it.each([24, 28, 32] as const)('answers for addresses and networks, with records of %i bits', (recordSizeBits) => {
    const reader = new MmdbReader(sampleDatabase({ recordSizeBits, record: city }))
    expect(reader.lookup('198.51.100.7')).toEqual({
      network: '128.0.0.0/1',
      record: { city: 'Sample', place: { lat: 1.5 } },
    })
    expect(reader.lookup('10.0.0.1')).toEqual({ network: '0.0.0.0/1', record: undefined })
    expect([...reader.networks()].map(({ network }) => network)).toEqual(['128.0.0.0/1'])
  })
  it('knows no address of version 6 when it is of version 4', () => {
    expect(new MmdbReader(sampleDatabase({ record: city })).lookup('2001:db8::1').record).toBeUndefined()
  })
  it('refuses what is no address', () => {
    const reader = new MmdbReader(sampleDatabase({ record: city }))
    expect(() => reader.lookup('sample.example')).toThrow(expect.objectContaining({ code: 'MMDB_BAD_ADDRESS' }))
  })
  it('reads whole numbers of any size', () => {
    const record = field.map({
      small: field.unsigned('uint64', [1, 0]),
      large: field.unsigned('uint128', [1, 0, 0, 0, 0, 0, 0, 0, 0]),
      minus: field.int32(-5),
    })
    expect(new MmdbReader(sampleDatabase({ record })).lookup('198.51.100.7').record).toEqual({
      small: 256,
      large: 2n ** 64n,
      minus: -5,
    })
  })
})

describe('a hostile MaxMind DB', () => {
  it.each<[string, Field]>([
    ['a pointer to itself', field.pointer(0)],
    ['a pointer behind the end', field.pointer(70_000)],
    ['a map that holds itself', [...field.mapOf(1), ...field.text('a'), ...field.pointer(0)]],
    ['an array that says it is huge', field.arrayOf(65_000)],
    ['an array of arrays that point back', [...field.arrayOf(2), ...field.pointer(0), ...field.pointer(0)]],
    ['a key that is no text', [...field.mapOf(1), ...field.int32(1), ...field.int32(1)]],
    ['a text that is no UTF-8', [0x41, 0xff]],
    ['a double of five bytes', [0x65, 0, 0, 0, 0, 0]],
  ])('is refused: %s', (_, record) => {
    const reader = new MmdbReader(sampleDatabase({ record }))
    expect(() => reader.lookup('198.51.100.7')).toThrow(expect.objectContaining({ code: 'MMDB_CORRUPT' }))
  })
  it('is refused without metadata, and with more nodes than bytes', () => {
    expect(() => new MmdbReader(new Uint8Array(300))).toThrow(expect.objectContaining({ code: 'MMDB_NO_METADATA' }))
    expect(() => new MmdbReader(sampleDatabase({ record: city, nodeCount: 5000 }))).toThrow(MmdbProblem)
  })
  it('never does more than throw a problem, however its bytes are changed', () => {
    const bytes = sampleDatabase({ record: city, recordSizeBits: 28 })
    const change = fc.tuple(fc.nat(bytes.length - 1), fc.nat(255))
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 12 }), (changes) => {
        const broken = bytes.slice()
        for (const [at, byte] of changes) broken[at] = byte
        try {
          const reader = new MmdbReader(broken)
          reader.lookup('198.51.100.7')
          for (const _ of reader.networks());
        } catch (problem) {
          expect(problem).toBeInstanceOf(MmdbProblem)
        }
      }),
      { numRuns: 2000 },
    )
  })
})
