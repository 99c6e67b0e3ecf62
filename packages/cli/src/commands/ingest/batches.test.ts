import { describe, expect, it } from 'vitest'
import type { FoundFile } from '../../input/find-files.ts'
import { type Batch, Batcher, idempotencyKey } from './batches.ts'

const piece = (lines: string[], media: 'json' | 'text' = 'json') =>
  ({ kind: 'records', name: 'a.log', media, lines, numbers: lines.map((_, index) => index + 1), lost: [] }) as const

function batches(batcher: Batcher, ...pieces: ReturnType<typeof piece>[]): Batch[] {
  return [...pieces.flatMap((one) => [...batcher.add(one)]), ...batcher.flush()]
}

describe('Batcher', () => {
  it('closes a batch when it has enough records or bytes, and loses none', () => {
    const lines = ['a', 'b', 'c', 'x'.repeat(50), 'd', 'e']
    const made = batches(new Batcher({ maxRecords: 3, maxBytes: 20 }), piece(lines))
    expect(made.map(({ records }) => records)).toEqual([3, 1, 2])
    expect(made.map(({ body }) => body.toString()).join('')).toBe(`${lines.join('\n')}\n`)
    expect(made.map(({ numbers }) => numbers)).toEqual([[1, 2, 3], [4], [5, 6]])
  })

  it('keeps objects and lines of text apart', () => {
    const made = batches(new Batcher(), piece(['{}']), piece(['a line'], 'text'), piece(['{"a":1}']))
    expect(made.map(({ media, records }) => [media, records])).toEqual([
      ['json', 1],
      ['text', 1],
      ['json', 1],
    ])
  })
})

describe('idempotencyKey', () => {
  const file: FoundFile = { path: '/a', name: 'a', rootName: 'a', isNamed: true, sizeBytes: 1, modifiedMs: 2 }
  const [first, second] = batches(new Batcher({ maxRecords: 1, maxBytes: 10 }), piece(['a', 'b'])) as [Batch, Batch]

  it('is the same at every try, and differs by run, file and batch', () => {
    const keys = [
      idempotencyKey('run', file, first),
      idempotencyKey('run', file, second),
      idempotencyKey('other', file, first),
      idempotencyKey('run', { ...file, sizeBytes: 3 }, first),
    ]
    expect(new Set(keys).size).toBe(4)
    expect(idempotencyKey('run', { ...file }, { ...first })).toBe(keys[0])
  })
})
