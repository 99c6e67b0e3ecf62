import { readdir, realpath, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve, sep } from 'node:path'
import { Refusal } from '@watchfloor/contracts/kernel'

/** A file by what stays the same when it is renamed. */
export interface FoundFile {
  readonly path: string
  /** `device:inode`. */
  readonly identity: string
  readonly sizeBytes: number
  readonly changedMs: number
}

/** Files followed at once: those that changed last. */
const mostFiles = 200
/** Names looked at in one folder. */
const mostNames = 10_000

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

/**
 * The files that a path, or a pattern with `*` in its last part, means now, oldest change first. Symbolic links out of the allowed
 * folders are left out.
 * @returns also how many were left out because there are too many
 * @throws when the folder cannot be read: its files are then unknown, not gone
 */
export async function findFiles(
  pattern: string,
  roots: readonly string[],
): Promise<{ files: FoundFile[]; leftOut: number }> {
  const folder = dirname(pattern)
  const name = basename(pattern)
  const names = name.includes('*') ? (await namesIn(folder)).filter((one) => matchesName(name, one)) : [name]
  const looked = await Promise.all(names.map((one) => look(join(folder, one), roots)))
  const found = looked.filter((file) => file !== undefined).sort((a, b) => a.changedMs - b.changedMs)
  return { files: found.slice(-mostFiles), leftOut: Math.max(0, found.length - mostFiles) }
}

/** `*` is any run of characters. Each part is taken where it first fits, so that no pattern makes this slow. */
export function matchesName(pattern: string, name: string): boolean {
  const [first = '', ...rest] = pattern.split('*')
  const last = rest.pop()
  if (last === undefined) return name === pattern
  const end = name.length - last.length
  if (!name.startsWith(first) || !name.endsWith(last)) return false
  let at = first.length
  for (const part of rest) {
    const found = name.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return at <= end
}

/** A file of that identity in the folder, under whatever name: where a rotated file has gone. @throws when the folder cannot be read */
export async function findByIdentity(
  folder: string,
  identity: string,
  roots: readonly string[],
): Promise<FoundFile | undefined> {
  for (const name of await namesIn(folder)) {
    const file = await look(join(folder, name), roots)
    if (file?.identity === identity) return file
  }
  return undefined
}

const namesIn = async (folder: string): Promise<string[]> => (await readdir(folder)).slice(0, mostNames)

async function look(path: string, roots: readonly string[]): Promise<FoundFile | undefined> {
  try {
    checkFollowable(await realpath(path), await Promise.all(roots.map((root) => realpath(root).catch(() => root))))
    const facts = await stat(path, { bigint: true })
    if (!facts.isFile()) return undefined
    return {
      path,
      identity: `${facts.dev}:${facts.ino}`,
      sizeBytes: Number(facts.size),
      changedMs: Number(facts.mtimeMs),
    }
  } catch {
    return undefined
  }
}
