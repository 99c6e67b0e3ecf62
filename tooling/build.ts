// npm run build: the production bundle in dist/: the programs as plain JavaScript, the web interface, and the list of npm packages.
import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { build, type Plugin } from 'esbuild'
import { relocate } from './build/module-urls.ts'
import { root } from './program.ts'

interface Manifest {
  readonly version: string
  readonly license: string
  readonly dependencies?: Readonly<Record<string, string>>
}

const dist = join(root, 'dist')
const draft = join(root, '.cache', 'dist-next')
const processes = join(root, 'packages/server/src/processes')

const manifestOf = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Manifest

/** Name in dist → source. The processes are those that can be started: files directly in the folder. */
function programs(): Map<string, string> {
  const servers = readdirSync(processes)
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name): [string, string] => [basename(name, '.ts'), join(processes, name)])
  return new Map([...servers, ['watchfloor', join(root, 'packages/cli/src/main.ts')]])
}

/** npm packages stay packages: some hold native parts. Ours are bundled. */
function external(used: Set<string>): Plugin {
  return {
    name: 'external',
    setup({ onResolve }) {
      onResolve({ filter: /^[^./]/ }, ({ path, kind }) => {
        if (kind === 'entry-point' || path.startsWith('@watchfloor/') || isBuiltin(path)) return undefined
        used.add(
          path
            .split('/')
            .slice(0, path.startsWith('@') ? 2 : 1)
            .join('/'),
        )
        return { path, external: true }
      })
    },
  }
}

function relocating(threads: Map<string, string>, assets: Map<string, string>): Plugin {
  return {
    name: 'module-urls',
    setup({ onLoad }) {
      onLoad({ filter: /packages[\\/]\w+[\\/]src[\\/].*\.ts$/ }, ({ path }) => {
        const found = relocate(root, path, readFileSync(path, 'utf8'))
        for (const [file, name] of found.threads) threads.set(file, name)
        for (const [file, name] of found.assets) assets.set(file, name)
        return { contents: found.text, loader: 'ts', resolveDir: dirname(path) }
      })
    },
  }
}

/** Bundles until no thread is left that has no file of its own: threads may start threads. */
async function bundle(): Promise<{ used: Set<string>; assets: Map<string, string>; entries: Map<string, string> }> {
  const used = new Set<string>()
  const threads = new Map<string, string>()
  const assets = new Map<string, string>()
  for (let known = -1; known !== threads.size; ) {
    known = threads.size
    const entries = new Map([...programs(), ...[...threads].map(([file, name]): [string, string] => [name, file])])
    await build({
      entryPoints: Object.fromEntries(entries),
      outdir: draft,
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      target: 'node24',
      sourcemap: 'linked',
      // One flat folder: what is found beside import.meta.url is found from every chunk.
      chunkNames: 'chunk-[hash]',
      logLevel: 'warning',
      plugins: [external(used), relocating(threads, assets)],
    })
    if (known === threads.size) return { used, assets, entries }
    rmSync(draft, { recursive: true })
  }
  throw new Error('unreachable: the loop above returns')
}

function versionsOf(used: ReadonlySet<string>): Record<string, string> {
  const declared = { ...manifestOf('packages/cli').dependencies, ...manifestOf('packages/server').dependencies }
  for (const name of ['contracts', 'engines', 'client'])
    Object.assign(declared, manifestOf(`packages/${name}`).dependencies)
  const unknown = [...used].filter((name) => !declared[name])
  if (unknown.length > 0) throw new Error(`imported but in no package.json: ${unknown.join(', ')}`)
  return Object.fromEntries(
    [...used]
      .filter((name) => declared[name])
      .sort()
      .map((name) => [name, declared[name] ?? '']),
  )
}

const startedMs = performance.now()
rmSync(draft, { recursive: true, force: true })
mkdirSync(draft, { recursive: true })
const { used, assets, entries } = await bundle()
assets.set(join(root, 'packages/web/dist'), 'assets/web/dist')
for (const [from, name] of assets) cpSync(from, join(draft, name), { recursive: true })
const { version, license } = manifestOf('.')
writeFileSync(
  join(draft, 'package.json'),
  `${JSON.stringify({ name: 'watchfloor', version, license, type: 'module', engines: { node: '>=24' }, bin: { watchfloor: 'watchfloor.js' }, dependencies: versionsOf(used) }, null, 2)}\n`,
)
for (const name of ['LICENSE', 'NOTICE']) cpSync(join(root, name), join(draft, name))
rmSync(dist, { recursive: true, force: true })
renameSync(draft, dist)
console.log(
  `dist: ${entries.size} programs and threads (${[...programs().keys()].join(', ')}), ${assets.size} assets, ${used.size} npm packages, ${((performance.now() - startedMs) / 1000).toFixed(1)} s`,
)
