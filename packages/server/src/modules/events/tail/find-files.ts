import { readdir, realpath, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve, sep } from 'node:path'
import { Refusal } from '@watchfloor/contracts/kernel'

/** A file by what stays the same when it is renamed. */
export interface FoundFile {
  readonly path: string
  /** `device:inode`. */
  readonly identity: string
  readonly sizeBytes: number
}

/** Files a pattern may match at once. */
const mostFiles = 200

/**
 * Refuses a path outside the folders that may be followed: whoever may make sources must not thereby read any file of the machine.
 * @param roots absolute folders
 * @error UNPROCESSABLE
 */
export function checkFollowable(path: string, roots: readonly string[]): void {
  const folder = dirname(resolve(path))
  const allowed = roots.some((root) => folder === resolve(root) || folder.startsWith(`${resolve(root)}${sep}`))
  if (path.startsWith('/') && allowed && !dirname(path).includes('*')) return
  throw new Refusal('UNPROCESSABLE', `the file ${path} may not be followed`, {
    remedy: `Name an absolute path below ${roots.join(' or ')}, with \`*\` in the last part alone; further folders are allowed by WATCHFLOOR_EVENTS_TAIL_ROOTS.`,
  })
}

/** The files that a path, or a pattern with `*` in its last part, means now. Symbolic links out of the allowed folders are left out. */
export async function findFiles(pattern: string, roots: readonly string[]): Promise<FoundFile[]> {
  const folder = dirname(pattern)
  const name = basename(pattern)
  const matcher = new RegExp(
    `^${name
      .split('*')
      .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
      .join('[^/]*')}$`,
  )
  const names = name.includes('*') ? (await namesIn(folder)).filter((one) => matcher.test(one)).sort() : [name]
  const found = await Promise.all(names.slice(0, mostFiles).map((one) => look(join(folder, one), roots)))
  return found.filter((file) => file !== undefined)
}

/** A file of that identity in the folder, under whatever name: where a rotated file has gone. */
export async function findByIdentity(
  folder: string,
  identity: string,
  roots: readonly string[],
): Promise<FoundFile | undefined> {
  for (const name of (await namesIn(folder)).slice(0, 2000)) {
    const file = await look(join(folder, name), roots)
    if (file?.identity === identity) return file
  }
  return undefined
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch {
    return []
  }
}

async function look(path: string, roots: readonly string[]): Promise<FoundFile | undefined> {
  try {
    checkFollowable(await realpath(path), await Promise.all(roots.map((root) => realpath(root).catch(() => root))))
    const facts = await stat(path, { bigint: true })
    if (!facts.isFile()) return undefined
    return { path, identity: `${facts.dev}:${facts.ino}`, sizeBytes: Number(facts.size) }
  } catch {
    return undefined
  }
}
