/**
 * From a clone to the first alert: clones HEAD into an empty folder, with empty caches, and runs `npm run demo -- --exit`.
 * `node bench/first-alert.ts` prints one JSON object. Compared with the same clone's second run, when everything is there.
 * Needs the network (npm's registry, through whatever npm is configured to use) and some 2 GB for temporary files.
 */
import { spawn, spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const runWithinMs = 15 * 60_000

interface Run {
  readonly totalMs: number
  /** Time between the lines with which the bootstrap reports, by what was done meanwhile. */
  readonly partsMs: Readonly<Record<string, number>>
  readonly demo: unknown
}

/** What the bootstrap says when a part is done. */
const parts: readonly [string, RegExp][] = [
  ['fetchNode', /Node [\d.]+ is in /],
  ['installPackages', /packages installed/],
  ['buildInterface', /web interface built/],
]

function demo(clone: string, env: NodeJS.ProcessEnv): Promise<Run> {
  return new Promise((resolve, reject) => {
    const startedMs = performance.now()
    const child = spawn('npm', ['run', '-s', 'demo', '--', '--exit'], {
      cwd: clone,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const timer = setTimeout(() => child.kill('SIGTERM'), runWithinMs)
    let stdout = ''
    let stderr = ''
    let lastMs = startedMs
    const partsMs: Record<string, number> = {}
    child.stdout.on('data', (part) => {
      stdout += part
    })
    child.stderr.on('data', (part) => {
      stderr += part
      for (const [name, done] of parts) {
        if (partsMs[name] !== undefined || !done.test(stderr)) continue
        partsMs[name] = Math.round(performance.now() - lastMs)
        lastMs = performance.now()
      }
    })
    child.on('error', reject)
    child.on('close', (code) => {
      clearTimeout(timer)
      const endedMs = performance.now()
      if (code !== 0) return reject(new Error(`the demo ended with ${code}:\n${stderr.slice(-2000)}`))
      partsMs.run = Math.round(endedMs - lastMs)
      resolve({ totalMs: Math.round(endedMs - startedMs), partsMs, demo: JSON.parse(stdout) })
    })
  })
}

const folder = await mkdtemp(join(tmpdir(), 'bench-clone-'))
try {
  const startedMs = performance.now()
  const clone = join(folder, 'clone')
  const cloned = spawnSync('git', ['clone', '--quiet', root, clone], { encoding: 'utf8' })
  if (cloned.status !== 0) throw new Error(`git clone failed: ${cloned.stderr}`)
  const cloneMs = Math.round(performance.now() - startedMs)

  // npm's settings stay (a company's registry), its cache and ours do not.
  const { NODE_COMPILE_CACHE: _compiled, ...given } = process.env
  const env = {
    ...given,
    XDG_CACHE_HOME: join(folder, 'cache'),
    npm_config_cache: join(folder, 'npm'),
    PATH: (given.PATH ?? '')
      .split(':')
      .filter((path) => !path.includes('node_modules'))
      .join(':'),
  }
  console.error('first-alert: a fresh clone')
  const fresh = await demo(clone, env)
  console.error('first-alert: the same again')
  const again = await demo(clone, env)
  console.log(JSON.stringify({ cloneMs, cloneToEndMs: cloneMs + fresh.totalMs, fresh, comparison: { again } }, null, 2))
} finally {
  await rm(folder, { recursive: true, force: true })
}
