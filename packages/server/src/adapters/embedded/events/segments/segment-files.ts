import { randomUUID } from 'node:crypto'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { dayName } from '../sources.ts'
import { type EncodedSegment, segmentColumns } from './encode.ts'
import { footer, MAGIC, type RowGroup } from './parquet.ts'

/** The end of a segment's name; other files were written by DuckDB and have no list of row groups. */
export const SEGMENT_SUFFIX = '.segment.parquet'
const TAIL_BYTES = 8
const COPY_BYTES = 4 * 1024 * 1024

export interface WrittenFile {
  readonly file: string
  readonly bytes: number
}

/**
 * Segments on disk: Parquet files that nobody changes. Between the row groups and the footer stands a list of the row groups in JSON
 * with its length, which readers of Parquet pass over: by it files are joined without being decoded.
 */
export class SegmentFiles {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  /** Durable when it resolves. */
  write({ pages, group, day }: EncodedSegment): Promise<WrittenFile> {
    return this.#writeAside(day, async (file) => {
      await file.writeFile(Buffer.concat([MAGIC, ...pages]))
      return [group]
    })
  }

  /** One file out of several, their row groups as they are; durable when it resolves. */
  join(files: readonly string[], day: number | undefined): Promise<WrittenFile> {
    return this.#writeAside(day, async (target) => {
      const groups: RowGroup[] = []
      await target.writeFile(MAGIC)
      for (const name of files) {
        const source = await open(join(this.#folder, name), 'r')
        try {
          const listed = await rowGroupsOf(source, name)
          await copyRange(source, target, MAGIC.length, bytesOf(listed))
          groups.push(...listed)
        } finally {
          await source.close()
        }
      }
      return groups
    })
  }

  async #writeAside(
    day: number | undefined,
    content: (file: FileHandle) => Promise<readonly RowGroup[]>,
  ): Promise<WrittenFile> {
    const name = `${day === undefined ? 'days' : dayName(day)}-${randomUUID().slice(0, 13)}${SEGMENT_SUFFIX}`
    const aside = join(this.#folder, `${name}.part`)
    const file = await open(aside, 'wx')
    let bytes = 0
    try {
      await file.writeFile(tail(await content(file)))
      await file.datasync()
      bytes = (await file.stat()).size
    } catch (error) {
      await file.close()
      await rm(aside, { force: true })
      throw error
    }
    await file.close()
    await rename(aside, join(this.#folder, name))
    await syncFolder(this.#folder)
    return { file: name, bytes }
  }

  async remove(files: readonly string[]): Promise<void> {
    for (const file of files) await rm(join(this.#folder, file), { force: true })
  }
}

const bytesOf = (groups: readonly RowGroup[]): number =>
  groups.reduce((sum, { columns }) => sum + columns.reduce((all, { bytes }) => all + bytes, 0), 0)

function tail(groups: readonly RowGroup[]): Buffer {
  const list = Buffer.from(JSON.stringify(groups))
  const metadata = footer(segmentColumns, groups)
  return Buffer.concat([list, uint32(list.byteLength), metadata, uint32(metadata.byteLength), MAGIC])
}

function uint32(value: number): Uint8Array {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, value, true)
  return bytes
}

/** @throws when the file is no segment */
async function rowGroupsOf(file: FileHandle, name: string): Promise<RowGroup[]> {
  const { size } = await file.stat()
  const footerBytes = (await readAt(file, size - TAIL_BYTES, 4)).readUInt32LE()
  const lengthAt = size - TAIL_BYTES - footerBytes - 4
  const listBytes = (await readAt(file, lengthAt, 4)).readUInt32LE()
  if (listBytes > lengthAt - MAGIC.length) throw new Error(`${name} is no segment`)
  const list = await readAt(file, lengthAt - listBytes, listBytes)
  return JSON.parse(list.toString('utf8'))
}

async function readAt(file: FileHandle, position: number, bytes: number): Promise<Buffer> {
  const buffer = Buffer.alloc(bytes)
  const { bytesRead } = await file.read(buffer, 0, bytes, Math.max(0, position))
  if (bytesRead !== bytes) throw new Error('a segment is cut short')
  return buffer
}

async function copyRange(source: FileHandle, target: FileHandle, from: number, bytes: number): Promise<void> {
  for (let done = 0; done < bytes; ) {
    const part = await readAt(source, from + done, Math.min(COPY_BYTES, bytes - done))
    await target.writeFile(part)
    done += part.byteLength
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
