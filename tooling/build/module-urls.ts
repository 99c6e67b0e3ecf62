import { basename, dirname, join, relative } from 'node:path'

/** Text of a bundle's source with its `new URL('./x', import.meta.url)` pointing beside the bundle, and what must lie there. */
export interface Relocated {
  readonly text: string
  /** Sources started as threads: each becomes a file of its own. */
  readonly threads: ReadonlyMap<string, string>
  /** Other files and folders: copied. Source path → name below the bundle. */
  readonly assets: ReadonlyMap<string, string>
}

const moduleUrl = /new URL\(\s*(['"])(\.\.?\/[^'"]+)\1\s*,\s*import\.meta\.url\s*,?\s*\)/g

/** A flat, unique name for a source: `packages/server/src/a/b.worker.ts` → `server-a-b.worker`. */
export const flatName = (root: string, file: string): string =>
  relative(join(root, 'packages'), file)
    .replace(/\.[cm]?ts$/, '')
    .split(/[\\/]/)
    .filter((word) => word !== 'src')
    .join('-')

/** @error throws when the source finds files in a way that would not survive bundling */
export function relocate(root: string, file: string, source: string): Relocated {
  const threads = new Map<string, string>()
  const assets = new Map<string, string>()
  const text = source.replace(moduleUrl, (_whole, _quote, path: string) => {
    const target = join(dirname(file), path)
    if (/\.[cm]?ts$/.test(path)) {
      threads.set(target, flatName(root, target))
      return `new URL('./${flatName(root, target)}.js', import.meta.url)`
    }
    const name = `assets/${flatName(root, dirname(target))}/${basename(target)}`
    assets.set(target.replace(/[\\/]$/, ''), name)
    return `new URL('./${name}${path.endsWith('/') ? '/' : ''}', import.meta.url)`
  })
  const lost = /import\.meta\.(dirname|filename)/.exec(text)
  if (lost)
    throw new Error(
      `${relative(root, file)}: ${lost[0]} is another folder in the bundle; write new URL('./file', import.meta.url)`,
    )
  return { text, threads, assets }
}
