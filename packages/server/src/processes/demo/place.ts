import { randomInt } from 'node:crypto'
import { rmSync } from 'node:fs'
import { mkdir, mkdtemp, readdir } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { DemoUsage } from './options.ts'

export interface DemoDirectory {
  readonly path: string
  /** Removes what is not to be kept; may be called twice. */
  clear(): void
}

/** A new temporary directory, or the one to keep. @throws DemoUsage when that one holds something already */
export async function makeDirectory(keep: string | undefined): Promise<DemoDirectory> {
  if (keep === undefined) {
    const path = await mkdtemp(join(tmpdir(), 'watchfloor-demo-'))
    return { path, clear: () => rmSync(path, { recursive: true, force: true, maxRetries: 5 }) }
  }
  const path = resolve(keep)
  await mkdir(path, { recursive: true })
  if ((await readdir(path)).length > 0)
    throw new DemoUsage(`${path} is not empty: the demo wants a directory of its own; name an empty or a new one`)
  return { path, clear() {} }
}

/** Whether a server may listen there now. */
export const isFree = (host: string, port: number): Promise<boolean> =>
  new Promise((answer) => {
    const probe = createServer()
    probe.once('error', () => answer(false))
    probe.listen({ host, port }, () => probe.close(() => answer(true)))
  })

const consonants = 'bdfgklmnprstvz'
const vowels = 'aeiou'
const letter = (letters: string): string => letters.charAt(randomInt(letters.length))
const syllable = (): string => letter(consonants) + letter(vowels)

/** A password to read off the screen: five groups of two syllables, sixty bits. */
export const makePassword = (): string => Array.from({ length: 5 }, () => syllable() + syllable()).join('-')
