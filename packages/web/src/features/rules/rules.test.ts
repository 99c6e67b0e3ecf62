import { describe, expect, it } from 'vitest'
import { batchesOf, isYaml } from './import-files.ts'
import { maxEvents, readSampleEvents } from './sample-events.ts'

describe('importing rules', () => {
  it('sends bounded batches that hold every file', () => {
    const files = Array.from({ length: 950 }, (_, index) => ({ path: `${index}.yml`, text: 'x'.repeat(30_000) }))
    const batches = batchesOf(files)
    expect(batches.flat()).toEqual(files)
    expect(Math.max(...batches.map((batch) => batch.length))).toBeLessThanOrEqual(200)
  })
  it('takes YAML alone', () =>
    expect(['a.yml', 'b.YAML', 'c.txt', 'yml'].map(isYaml)).toEqual([true, true, false, false]))
})

describe('pasted events', () => {
  it('are one document, a list, or lines', () => {
    expect(readSampleEvents('{"a":1}').events).toEqual([{ a: 1 }])
    expect(readSampleEvents('[{"a":1},"line",5]').events).toEqual([{ a: 1 }, 'line'])
    expect(readSampleEvents('{"a":1}\n\nplain').events).toEqual([{ a: 1 }, 'plain'])
    expect(readSampleEvents('  ').events).toEqual([])
  })
  it('are cut where the server would refuse', () =>
    expect(readSampleEvents('x\n'.repeat(maxEvents + 1))).toMatchObject({ cut: true }))
})
