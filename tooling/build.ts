// npm run build: the production bundle in dist/: the programs as plain JavaScript, the web interface, and the list of npm packages.
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { dirname, join } from 'node:path'
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

/** Name in dist → source. */
function programs(): Map<string, string> {
  const servers = ['all', 'api', 'ingest', 'worker', 'demo']
    .map((name): [string, string] => [name, join(processes, `${name}.ts`)])
    .filter(([, file]) => existsSync(file))
  return new Map([...servers, ['watchfloor', join(root, 'packages/cli/src/main.ts')]])
}

/**
 * npm packages stay packages: some hold native parts. Ours are bundled, and so are those of which the root has another version:
 * from dist/ that one would be found.
 */
function external(used: Set<string>): Plugin {
  return {
    name: 'external',
    setup({ onResolve }) {
      onResolve({ filter: /^[^./]/ }, ({ path, kind, importer }) => {
        if (kind === 'entry-point' || path.startsWith('@watchfloor/') || isBuiltin(path)) return undefined
        const name = path
          .split('/')
          .slice(0, path.startsWith('@') ? 2 : 1)
          .join('/')
        if (importer.includes('node_modules') || !isAtRoot(name)) return undefined
        used.add(name)
        return { path, external: true }
      })
    },
  }
}

const isAtRoot = (name: string): boolean => {
  const manifest = join(root, 'node_modules', name, 'package.json')
  return existsSync(manifest) && manifestOf(`node_modules/${name}`).version === declaredVersions()[name]
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

function declaredVersions(): Readonly<Record<string, string>> {
  const packages = ['cli', 'server', 'contracts', 'engines', 'client']
  return Object.assign({}, ...packages.map((name) => manifestOf(`packages/${name}`).dependencies))
}

function versionsOf(used: ReadonlySet<string>): Record<string, string> {
  const declared = declaredVersions()
  return Object.fromEntries([...used].sort().map((name) => [name, declared[name] ?? '']))
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
