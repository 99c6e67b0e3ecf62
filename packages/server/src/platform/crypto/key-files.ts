import { type FileHandle, link, mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

async function syncFolder(folder: string): Promise<void> {
  let handle: FileHandle | undefined
  try {
    handle = await open(folder, 'r')
    await handle.sync()
  } catch (error) {
    // Windows has no such thing as syncing a folder.
    if (!['EISDIR', 'EPERM', 'EACCES', 'EINVAL'].includes(codeOf(error) ?? '')) throw error
  } finally {
    await handle?.close()
  }
}

export const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error ? String(error.code) : undefined

async function writeAside(path: string, text: string, asideName: string): Promise<string> {
  const aside = `${path}.${asideName}`
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const handle = await open(aside, 'wx', 0o600)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
  return aside
}

/** Replaces a file as a whole: after a crash it holds the old text or the new. Readable by its owner alone. */
export async function replaceFile(path: string, text: string, asideName: string): Promise<void> {
  const aside = await writeAside(path, text, asideName)
  await rename(aside, path)
  await syncFolder(dirname(path))
}

/** Creates a file whole. @returns false when it is there already, made by another process perhaps */
export async function createFile(path: string, text: string, asideName: string): Promise<boolean> {
  const aside = await writeAside(path, text, asideName)
  try {
    await link(aside, path)
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  } finally {
    await rm(aside, { force: true })
  }
  await syncFolder(dirname(path))
  return true
}

/** @returns undefined when there is no such file */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

export async function moveFile(from: string, to: string): Promise<void> {
  await rename(from, to)
  await syncFolder(dirname(to))
}
