import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join, posix } from 'node:path'
import { parseSource, type Reference, type SourceFile } from './source-file.ts'
import { type Zone, zoneOf } from './zones.ts'

/** Where a reference leads. */
export type Target =
  | { readonly kind: 'file'; readonly file: TreeFile }
  | { readonly kind: 'npm'; readonly name: string }
  | { readonly kind: 'node'; readonly name: string }
  /** A file that is no source: a picture, JSON, a style sheet. */
  | { readonly kind: 'asset'; readonly path: string }
  | { readonly kind: 'missing'; readonly path: string }

export interface Edge {
  readonly from: TreeFile
  readonly to: Target
  readonly reference: Reference
}

export interface TreeFile extends SourceFile {
  readonly zone: Zone
  edges: readonly Edge[]
}

export interface SourceTree {
  readonly root: string
  readonly files: readonly TreeFile[]
  readonly edges: readonly Edge[]
}

export const packageNames = ['contracts', 'engines', 'server', 'client', 'web', 'cli'] as const
export type PackageName = (typeof packageNames)[number]

const sourceName = /\.[cm]?tsx?$/
const leftOut = new Set(['node_modules', 'dist', 'generated'])

/** Reads all sources of the packages below `root`. @error throws when a package holds none: then the reader is at fault */
export function readSourceTree(root: string): SourceTree {
  const files: TreeFile[] = []
  for (const name of packageNames) {
    const found = sourcesBelow(root, `packages/${name}/src`)
    if (found.length === 0) throw new Error(`no source was read in packages/${name}/src: nothing would be checked`)
    files.push(...found)
  }
  const byPath = new Map(files.map((file) => [file.path, file]))
  for (const file of files) file.edges = file.references.map((reference) => edgeOf(root, byPath, file, reference))
  return { root, files, edges: files.flatMap((file) => file.edges) }
}

function sourcesBelow(root: string, folder: string): TreeFile[] {
  if (!existsSync(join(root, folder))) return []
  return readdirSync(join(root, folder), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`
      if (entry.isDirectory()) return leftOut.has(entry.name) ? [] : sourcesBelow(root, path)
      if (!sourceName.test(entry.name)) return []
      return [{ ...parseSource(path, readFileSync(join(root, path), 'utf8')), zone: zoneOf(path), edges: [] }]
    })
}

function edgeOf(root: string, byPath: Map<string, TreeFile>, from: TreeFile, reference: Reference): Edge {
  return { from, reference, to: targetOf(root, byPath, from.path, reference.specifier) }
}

function targetOf(root: string, byPath: Map<string, TreeFile>, from: string, specifier: string): Target {
  const bare = specifier.replace(/\?\w+$/, '')
  const path = bare.startsWith('.') ? posix.join(posix.dirname(from), bare) : ownPackagePath(bare)
  if (path === undefined) {
    if (isBuiltin(specifier)) return { kind: 'node', name: specifier.replace(/^node:/, '') }
    return { kind: 'npm', name: npmName(specifier) }
  }
  const file = byPath.get(path)
  if (file) return { kind: 'file', file }
  const generated = path.split('/').includes('generated')
  if (generated || (!sourceName.test(path) && existsSync(join(root, path)))) return { kind: 'asset', path }
  return { kind: 'missing', path }
}

/** The `exports` of our packages, as their package.json files have them. */
function ownPackagePath(specifier: string): string | undefined {
  const match = /^@watchfloor\/([^/]+)(?:\/(.+))?$/.exec(specifier)
  if (!match) return undefined
  const [, name, area] = match
  if (name === 'client') return area ? `packages/client/${area}` : 'packages/client/src/index.ts'
  if (name === 'server') return `packages/server/src/${area}.ts`
  return `packages/${name}/src/${area}/index.ts`
}

const npmName = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
