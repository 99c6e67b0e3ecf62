import type { Names } from './names.ts'

/**
 * The list of modules with one more: its import in alphabetical order, its entry behind the last one of its rank or lower.
 * @error throws when the list does not look as expected, or names the module already
 */
export function withModule(list: string, names: Names, ranks: Readonly<Record<string, number>>): string {
  const imports = [...list.matchAll(/^import \{ (\w+)Module \} from '\.\/([\w-]+)\/index\.ts'\n/gm)]
  const entries = [...list.matchAll(/^ {2}(\w+)Module,\n/gm)]
  if (imports.length === 0 || entries.length === 0) throw new Error('modules.ts does not look like a list of modules')
  const kebabs = new Map(imports.map(([, camel = '', kebab = '']) => [camel, kebab]))
  if (kebabs.has(names.camel)) throw new Error(`modules.ts names ${names.kebab} already`)
  const rankOf = (kebab: string) => ranks[kebab] ?? 0
  const before = entries.findLast(([, camel = '']) => rankOf(kebabs.get(camel) ?? '') <= rankOf(names.kebab))
  const entryAt = before ? before.index + before[0].length : (entries[0]?.index ?? 0)
  const following = imports.find(([, , kebab = '']) => kebab > names.kebab)
  const last = imports.at(-1)
  const importAt = following?.index ?? (last ? last.index + last[0].length : 0)
  const withEntry = `${list.slice(0, entryAt)}  ${names.camel}Module,\n${list.slice(entryAt)}`
  const line = `import { ${names.camel}Module } from './${names.kebab}/index.ts'\n`
  return withEntry.slice(0, importAt) + line + withEntry.slice(importAt)
}
