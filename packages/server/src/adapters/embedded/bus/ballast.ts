import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'

const BALLAST_BYTES = 2 * 1024 * 1024

/**
 * A file that takes up room and holds nothing. lmdb copies pages before it frees any, so on a full disk even trimming needs
 * space: giving up the ballast makes it possible.
 */
export class Ballast {
  readonly folder: string
  readonly #path: string
  #held = false

  constructor(folder: string) {
    this.folder = folder
    this.#path = join(folder, 'ballast')
  }

  /** Gives the room back; false when there was none left to give. */
  async release(): Promise<boolean> {
    if (!this.#held) return false
    this.#held = false
    await rm(this.#path, { force: true })
    return true
  }

  /** Takes the room when it is free; while the disk is full it stays without. */
  async restore(): Promise<void> {
    if (this.#held) return
    try {
      const file = await open(this.#path, 'w')
      try {
        await file.writeFile(Buffer.alloc(BALLAST_BYTES, 0x5a))
        await file.sync()
      } finally {
        await file.close()
      }
      this.#held = true
    } catch {
      await rm(this.#path, { force: true })
    }
  }
}
