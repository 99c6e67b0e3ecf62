import { existsSync, readFileSync, statSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { testDataFolder } from '../config/test-data.ts'
import { folderWith } from '../testing/folder.ts'
import { partsOf } from './file-parts.ts'
import type { FoundFile } from './find-files.ts'
import { defaultLimits, type ReadOptions } from './piece.ts'
import { readInput } from './read-input.ts'

const options: ReadOptions = { format: 'auto', maxRecordBytes: 1_000_000, limits: defaultLimits }

const fileOf = (path: string): FoundFile => ({
  path,
  name: 'f',
  rootName: 'f',
  isNamed: true,
  sizeBytes: statSync(path).size,
  modifiedMs: 0,
})

interface Read {
  readonly records: readonly (readonly [number: number, line: string])[]
  readonly lost: readonly (readonly [line: number, message: string])[]
  readonly bytes: number
}

async function read(files: Iterable<FoundFile>): Promise<Read> {
  const records: [number, string][] = []
  const lost: [number, string][] = []
  let bytes = 0
  for (const file of files)
    for await (const piece of readInput(file, options, (more) => {
      bytes += more
    })) {
      if (piece.kind !== 'records') throw new Error(piece.reason)
      for (const [i, line] of piece.lines.entries()) records.push([piece.numbers[i]!, line])
      for (const one of piece.lost) lost.push([one.line, one.message])
    }
  return { records, lost, bytes }
}

describe('parts of a file', () => {
  it.each([100, 333, 4_096])(
    'of lines hold all records with their numbers, in parts of %i bytes',
    async (partBytes) => {
      const lines = Array.from({ length: 300 }, (_, i) =>
        i % 7 === 0 ? '' : i % 50 === 3 ? `{"long":"${'x'.repeat(900)}","i":${i}}` : `{"i":${i},"text":"grüße"}`,
      )
      const folder = await folderWith({
        a: `{"first":1}\r\n${lines.join('\n')}`,
        b: `plain text\n${lines.join('\n')}\n`,
      })
      for (const name of ['a', 'b']) {
        const file = fileOf(join(folder, name))
        const parts = [...partsOf(file, options, partBytes)]
        expect(parts.length).toBeGreaterThan(2)
        expect(await read(parts)).toEqual(await read([file]))
      }
    },
  )

  it('are not made of small files, nor of those whose records hang together', async () => {
    const many = Array.from({ length: 200 }, (_, i) => `{"i":${i}}`)
    const folder = await folderWith({
      small: '{"a":1}\n{"a":2}\n',
      packed: gzipSync(Buffer.from(Array.from({ length: 5_000 }, () => Math.random()).join('\n'))),
      array: `[\n${many.join(',\n')}]`,
      wide: Buffer.from(`\ufeff${many.join('\n')}`, 'utf16le'),
      table: `name,host,user\n${many.map((_, i) => `a,b,${i}`).join('\n')}`,
      gone: '',
    })
    for (const name of ['small', 'packed', 'array', 'wide', 'table'])
      expect([...partsOf(fileOf(join(folder, name)), options, 100)], name).toHaveLength(1)
    expect([
      ...partsOf({ ...fileOf(join(folder, 'gone')), path: 'nowhere', sizeBytes: 1_000 }, options, 100),
    ]).toHaveLength(1)
  })

  const sample = join(testDataFolder(), 'evtx-parser-samples/samples/system.evtx')
  const missing = existsSync(sample) ? '' : ` (skipped: there is no ${sample}; WATCHFLOOR_TEST_DATA names the folder)`
  it.skipIf(missing !== '')(`of EVTX hold all records, and damage keeps its chunk${missing}`, async () => {
    const bytes = readFileSync(sample)
    bytes.fill(0x5a, 4_096 + 65_536 * 2, 4_096 + 65_536 * 3)
    const folder = await folderWith()
    await writeFile(join(folder, 'a.evtx'), bytes)
    const file = fileOf(join(folder, 'a.evtx'))
    const whole = await read([file])
    expect(whole.records.length).toBeGreaterThan(100)
    expect(whole.lost).toEqual([[3, 'chunk 3: it does not begin like one']])
    const parts = [...partsOf(file, options, 65_536)]
    expect(parts.length).toBeGreaterThan(3)
    expect({ ...(await read(parts)), bytes: 0 }).toEqual({ ...whole, bytes: 0 })
  })
})
