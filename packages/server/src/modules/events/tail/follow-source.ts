import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Actor } from '@watchfloor/contracts/kernel'
import { z } from 'zod'
import type { Bus } from '../../../platform/bus/bus.ts'
import type { Intake } from '../intake/intake.ts'
import type { SourceRow } from '../sources/store.ts'
import { type FoundFile, findByIdentity, findFiles } from './find-files.ts'
import { readLines } from './read-lines.ts'

const bytesAtOnce = 1024 * 1024
/** A file that was rotated away may still be written to until its writer opens the new one; it is let go after so many quiet looks. */
const quietLooks = 60
/** So many first bytes tell one file from another that got its inode later. */
const fingerprintBytes = 1024

const followedFile = z.object({
  identity: z.string(),
  path: z.string(),
  offset: z.number(),
  skipping: z.boolean(),
  fingerprint: z.string(),
  fingerprintBytes: z.number(),
})
type FollowedFile = z.infer<typeof followedFile>
const checkpoint = z.array(followedFile)

export interface FollowParts {
  readonly bus: Bus
  readonly intake: Intake
  readonly actor: Actor
  readonly maxRecordBytes: number
  readonly roots: readonly string[]
  refused(sourceId: string, count: number): void
}

/**
 * Follows the files of one source through growth, rotation by renaming and truncation. How far each was read is committed together
 * with the lines it brought, so that after any end every line is there once.
 */
export class SourceFollower {
  readonly #parts: FollowParts
  #source: SourceRow & { path: string }
  #files: FollowedFile[] | undefined
  /** Files that the pattern means beyond those followed at once. */
  leftOut = 0
  /** Files that could not be read at the last look, and why. */
  unreadable: readonly string[] = []
  /** Looks at a file that was rotated away since it last grew, by identity. */
  readonly #quietByIdentity = new Map<string, number>()

  constructor(parts: FollowParts, source: SourceRow & { path: string }) {
    this.#parts = parts
    this.#source = source
  }

  /** The source's settings may change while it is followed; its path may not. */
  set source(source: SourceRow & { path: string }) {
    this.#source = source
  }

  get #markKey(): string {
    return `tail/${this.#source.id}`
  }

  /** Takes what is new in every file; returns how many lines. */
  async poll(): Promise<number> {
    this.#files ??= await this.#restore()
    const { roots } = this.#parts
    const { files: present, leftOut } = await findFiles(this.#source.path, roots)
    this.leftOut = leftOut
    let taken = 0
    const unreadable: string[] = []
    // One file that cannot be read keeps nobody from the others.
    const orPassedOver = async (path: string, reading: Promise<number>) => {
      try {
        taken += await reading
      } catch (error) {
        if (!isFileFault(error)) throw error
        if (error.code !== 'ENOENT') unreadable.push(`${path}: ${error.code}`)
      }
    }
    // Files that were rotated away are read to their end before their successors.
    for (const { identity, path } of [...this.#files]) {
      if (present.some((file) => file.identity === identity)) this.#quietByIdentity.delete(identity)
      else await orPassedOver(path, this.#readRotated(identity, dirname(path)))
    }
    for (const file of present) await orPassedOver(file.path, this.#readOn(file))
    this.unreadable = unreadable
    return taken
  }

  async #readRotated(identity: string, folder: string): Promise<number> {
    const rotated = await findByIdentity(folder, identity, this.#parts.roots)
    const taken = rotated ? await this.#readOn(rotated) : 0
    const quiet = taken > 0 ? 0 : (this.#quietByIdentity.get(identity) ?? 0) + 1
    this.#quietByIdentity.set(identity, quiet)
    if (quiet < quietLooks) return taken
    const rest = rotated ? await this.#readOn(rotated, { isFinished: true }) : 0
    this.#quietByIdentity.delete(identity)
    this.#files = this.#files?.filter((file) => file.identity !== identity)
    return taken + rest
  }

  async #restore(): Promise<FollowedFile[]> {
    const mark = await this.#parts.bus.readMark(this.#markKey)
    return mark === undefined ? [] : checkpoint.parse(JSON.parse(mark))
  }

  async #readOn(found: FoundFile, how: { isFinished?: boolean } = {}): Promise<number> {
    const known = this.#files?.find((file) => file.identity === found.identity)
    if (known && known.offset === found.sizeBytes) return 0
    const file = await open(found.path, 'r')
    try {
      let position = await this.#positionOf(file, found, known)
      let taken = 0
      for (;;) {
        const read = await readLines(file, position, {
          maxBytes: bytesAtOnce,
          maxRecordBytes: this.#parts.maxRecordBytes,
          ...how,
        })
        if (read.offset === position.offset) return taken
        position = await this.#refresh(file, { ...position, offset: read.offset, skipping: read.skipping })
        await this.#take(position, read.frames)
        taken += read.frames.length
        if (read.atEnd) return taken
      }
    } finally {
      await file.close()
    }
  }

  /** Where to go on; at the start when the file was emptied or is another one under an old inode. */
  async #positionOf(file: FileHandle, found: FoundFile, known: FollowedFile | undefined): Promise<FollowedFile> {
    const fresh = {
      identity: found.identity,
      path: found.path,
      offset: 0,
      skipping: false,
      fingerprint: '',
      fingerprintBytes: 0,
    }
    if (!known || found.sizeBytes < known.offset) return fresh
    const same = known.fingerprint === (await fingerprint(file, known.fingerprintBytes))
    return same ? { ...known, path: found.path } : fresh
  }

  async #refresh(file: FileHandle, position: FollowedFile): Promise<FollowedFile> {
    if (position.fingerprintBytes >= fingerprintBytes) return position
    const bytes = Math.min(fingerprintBytes, position.offset)
    return { ...position, fingerprintBytes: bytes, fingerprint: await fingerprint(file, bytes) }
  }

  async #take(position: FollowedFile, frames: Awaited<ReturnType<typeof readLines>>['frames']): Promise<void> {
    const files = [...(this.#files ?? []).filter((file) => file.identity !== position.identity), position]
    const result = await this.#parts.intake.receive({
      actor: this.#parts.actor,
      source: this.#source,
      format: 'auto',
      frames,
      mark: { key: this.#markKey, value: JSON.stringify(files) },
    })
    this.#parts.refused(this.#source.id, result.rejected)
    this.#files = files
  }
}

/** The operating system's, about a file; nothing of the log or the intake. */
const isFileFault = (error: unknown): error is NodeJS.ErrnoException => error instanceof Error && 'syscall' in error

async function fingerprint(file: FileHandle, bytes: number): Promise<string> {
  const buffer = Buffer.alloc(bytes)
  const { bytesRead } = bytes > 0 ? await file.read(buffer, 0, bytes, 0) : { bytesRead: 0 }
  return createHash('sha256').update(buffer.subarray(0, bytesRead)).digest('hex').slice(0, 32)
}
