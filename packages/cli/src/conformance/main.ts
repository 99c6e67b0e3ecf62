import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Suite, Verdict } from './suite.ts'

/** Loaded when asked for: each brings engines and parsers of its own. */
const suites: Readonly<Record<string, () => Promise<{ run: Suite }>>> = {
  'misp-events': () => import('./misp-events.ts'),
  'misp-stix-bundles': () => import('./misp-stix-bundles.ts'),
  'misp-stix': () => import('./misp-stix.ts'),
  mmdb: () => import('./mmdb.ts'),
  'sigma-load': () => import('./sigma-load.ts'),
  'sigma-regression': () => import('./sigma-regression.ts'),
  'stix-examples': () => import('./stix-examples.ts'),
  'stix-patterns': () => import('./stix-patterns.ts'),
  'stix-validator': () => import('./stix-validator.ts'),
  warninglists: () => import('./warninglists.ts'),
  'yara-vectors': () => import('./yara-vectors.ts'),
}

const usage = `usage: conformance SUITE DIR\nsuites: ${Object.keys(suites).join(', ')}`

/**
 * Runs one suite on a folder of cases that others published, prints what failed and why, and ends with a line of counts.
 * @returns the exit code: 0 all passed, 1 some failed or there was none, 2 wrongly called
 */
export async function main(argv: readonly string[], print: (line: string) => void = console.log): Promise<number> {
  const [name = '', folder] = argv.filter((word) => word !== '--verbose')
  const load = Object.hasOwn(suites, name) ? suites[name] : undefined
  if (load === undefined || folder === undefined) {
    print(name === '' || load !== undefined ? usage : `there is no suite "${name}"\n${usage}`)
    return 2
  }
  const path = resolve(folder)
  const counts = { passed: 0, failed: 0, skipped: 0 }
  if ((await stat(path).catch(() => undefined))?.isDirectory()) {
    const { run } = await load()
    for await (const { name: one, verdict, reason } of complete(run(path), name)) {
      if (verdict !== 'note') counts[verdict]++
      if (verdict !== 'passed' || argv.includes('--verbose'))
        print(`${verdict} ${one}${reason === undefined ? '' : `: ${reason}`}`)
    }
    if (counts.passed + counts.failed === 0) print(`no case of ${name} was found in ${path}`)
    if (counts.skipped > 0) print(`${counts.skipped} skipped`)
  } else print(`${path} is not a folder`)
  // Nothing stands on this line but the two counts, and nothing comes after it.
  print(`${counts.passed} passed, ${counts.failed} failed`)
  return counts.failed > 0 || counts.passed === 0 ? 1 : 0
}

/** What ends a suite early counts as a failure of it; the verdicts before it stand. */
async function* complete(verdicts: AsyncIterable<Verdict>, suite: string): AsyncIterable<Verdict> {
  try {
    yield* verdicts
  } catch (error) {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error)
    yield { name: `the suite ${suite}`, verdict: 'failed', reason: `it ended early: ${reason}` }
  }
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2))
