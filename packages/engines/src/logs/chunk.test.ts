import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ChunkHeader, decodeChunk, encodeChunk } from './chunk.ts'

const header: ChunkHeader = { sourceId: 'source-1', receivedMs: 1_772_323_200_000, format: 'auto', product: 'windows' }

describe('a chunk of records', () => {
  it('gives back what was put in', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 40 }), (records) => {
        const chunk = decodeChunk(encodeChunk(header, records))
        expect(chunk.header).toEqual(header)
        expect(Array.from({ length: chunk.count }, (_, index) => [...chunk.record(index)])).toEqual(
          records.map((record) => [...record]),
        )
      }),
    )
  })

  it('refuses bytes that are cut short or something else', () => {
    const bytes = encodeChunk(header, [new Uint8Array([1, 2, 3])])
    expect(() => decodeChunk(bytes.subarray(0, bytes.byteLength - 1))).toThrow('cut short')
    expect(() => decodeChunk(new Uint8Array(20))).toThrow('not a chunk')
  })
})
