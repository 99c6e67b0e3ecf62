import { open } from 'node:fs/promises'
import type { FoundFile } from '../../input/find-files.ts'
import { Failure } from '../../output/failure.ts'
import { bytesText } from '../../output/text.ts'

/** A file of observed data is held in memory as a whole. */
const maxObservedBytes = 512 * 1024 * 1024
const sniffBytes = 64 * 1024

/**
 * What a file of STIX holds: a bundle, a list, one object, or one of these on each line.
 * @returns nothing for other files, whose records are events
 * @throws Failure when it is STIX and cannot be read
 */
export async function readObservedFile(file: FoundFile): Promise<unknown> {
  const handle = await open(file.path)
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(sniffBytes), 0, sniffBytes, 0)
    if (!looksLikeStix(buffer.toString('utf8', 0, bytesRead))) return undefined
    if (file.sizeBytes > maxObservedBytes)
      throw new Failure(`${file.name} is larger than ${bytesText(maxObservedBytes)}`, { remedy: 'Split it' })
    // Reading at a position left the handle at the beginning.
    return parse(file.name, await handle.readFile({ encoding: 'utf8' }))
  } finally {
    await handle.close()
  }
}

/** An object whose type is that of a bundle or of observed data, or a list that begins with one. */
const looksLikeStix = (head: string): boolean =>
  /^\uFEFF?\s*\[?\s*\{/.test(head) &&
  (/"type"\s*:\s*"(?:bundle|observed-data)"/.test(head) || /"(?:first_observed|object_refs)"\s*:/.test(head))

function parse(name: string, text: string): unknown {
  const whole = parsed(text.replace(/^\uFEFF/, ''))
  if (!(whole instanceof Error)) return whole
  const values: unknown[] = []
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue
    const value = parsed(line)
    if (value instanceof Error) throw new Failure(`${name}:${index + 1} is not JSON: ${value.message}`)
    values.push(...(Array.isArray(value) ? value : [value]))
  }
  return values
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}
