import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Under this name the rules that come with the product are imported. */
export const rulePack = 'watchfloor'

const folder = fileURLToPath(new URL('../../content/rules', import.meta.url))

/** The Sigma rules that come with the product, in order of their paths. */
export async function readRuleFiles(): Promise<{ path: string; text: string }[]> {
  const entries = await readdir(folder, { recursive: true })
  const paths = entries.filter((path) => path.endsWith('.yml')).sort()
  return Promise.all(
    paths.map(async (path) => ({ path: path.replaceAll('\\', '/'), text: await readFile(join(folder, path), 'utf8') })),
  )
}
