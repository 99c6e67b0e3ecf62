import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { pictureOf } from '../../architecture/picture.ts'
import { readSourceTree } from '../../architecture/source-tree.ts'
import { declarationsOf } from '../../packages/client/generate.ts'
import { root } from '../program.ts'

/** A file that is made from others, and how. */
export interface Artifact {
  readonly path: string
  make(): Promise<string>
}

const generated = 'packages/client/src/generated'

/** The OpenAPI 3.1 document of all routes, without starting anything. */
async function openApiText(): Promise<string> {
  const routes: unknown = await import(pathToFileURL(join(root, 'packages/server/src/processes/routes.ts')).href)
  const { openApi } = routes as { openApi(): unknown }
  return `${JSON.stringify(await openApi(), null, 2)}\n`
}

/** Everything `npm run gen` writes, and `npm run check` compares. */
export function artifacts(): Artifact[] {
  let document: Promise<string> | undefined
  const openApi = () => {
    document ??= openApiText()
    return document
  }
  return [
    { path: `${generated}/openapi.json`, make: openApi },
    { path: `${generated}/api.d.ts`, make: async () => declarationsOf(await openApi()) },
    { path: 'architecture/imports.md', make: async () => pictureOf(readSourceTree(root)) },
  ]
}
